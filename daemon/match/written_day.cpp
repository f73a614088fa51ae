#include "daemon/match/written_day.h"

#include "core/day_words.h"
#include "core/text.h"

#include <charconv>
#include <optional>

namespace larum::match {

namespace {

constexpr std::size_t days_max = 6;

WrittenDay civil(std::chrono::sys_days day) {
    const std::chrono::year_month_day date(day);
    return {static_cast<int>(date.year()), static_cast<int>(static_cast<unsigned>(date.month())),
            static_cast<int>(static_cast<unsigned>(date.day()))};
}

/// «Yesterday», or the last such day of the week before the post.
std::optional<WrittenDay> day_before(std::string_view word, Time posted_at) {
    const auto today = std::chrono::floor<std::chrono::days>(posted_at);
    if (int off = 0; near_day_word(word, off)) return off < 0 ? std::optional(civil(today + std::chrono::days(off))) : std::nullopt;
    const int weekday = weekday_word(word);
    if (!weekday) return std::nullopt;
    const int back = (static_cast<int>(std::chrono::weekday(today).iso_encoding()) + 7 - weekday) % 7;
    return civil(today - std::chrono::days(back == 0 ? 7 : back));
}

int number(std::string_view digits) {
    int value = 0;
    std::from_chars(digits.data(), digits.data() + digits.size(), value);
    return value;
}

bool all_digits(std::string_view word) {
    return word.find_first_not_of("0123456789") == word.npos;
}

/// «27», «27th», «1st».
int day_number(std::string_view word) {
    std::size_t digits = 0;
    while (digits < word.size() && word[digits] >= '0' && word[digits] <= '9') ++digits;
    if (digits == 0 || digits > 2 || word.size() - digits > 2) return 0;
    const int day = number(word.substr(0, digits));
    return day <= 31 ? day : 0;
}

int year_of(std::string_view word) { return word.size() == 4 && all_digits(word) ? number(word) : 0; }

void keep(std::vector<WrittenDay>& days, const WrittenDay& day) {
    if (days.size() < days_max) days.push_back(day);
}

} // namespace

std::vector<WrittenDay> read_numeric_days(std::string_view text) {
    std::vector<WrittenDay> days;
    const auto words = text::folded_words(text);
    for (std::size_t i = 0; i + 2 < words.size(); ++i) {
        const auto one = words[i], two = words[i + 1], three = words[i + 2];
        if (!all_digits(one) || !all_digits(two) || !all_digits(three)) continue;
        if (one.end() + 1 != two.begin() || two.end() + 1 != three.begin()) continue;
        WrittenDay day;
        if (one.size() == 4)
            day = {number(one), number(two), number(three)};
        else
            day = {three.size() == 2 ? 2000 + number(three) : number(three), number(two), number(one)};
        if (day.month >= 1 && day.month <= 12 && day.day >= 1 && day.day <= 31 && day.year >= 2000 && day.year < 2100)
            keep(days, day);
    }
    return days;
}

std::vector<WrittenDay> read_days(const std::string& folded, Time posted_at) {
    auto days = read_numeric_days(folded);
    const auto words = text::folded_words(folded);
    for (std::size_t i = 0; i < words.size(); ++i) {
        if (const int month = words[i].size() > 2 ? month_word(words[i]) : 0) {
            const int before = i > 0 ? day_number(words[i - 1]) : 0;
            const int after = i + 1 < words.size() ? day_number(words[i + 1]) : 0;
            const int year = i + 1 < words.size() ? year_of(words[i + 1]) : 0;
            if (before || after) keep(days, {year, month, before ? before : after});
        } else if (const auto day = day_before(words[i], posted_at)) {
            keep(days, *day);
        }
    }
    return days;
}

bool same_day(const WrittenDay& written, const WrittenDay& record) {
    return written.day == record.day && written.month == record.month && (written.year == 0 || written.year == record.year);
}

WrittenDay day_of(Time time) { return civil(std::chrono::floor<std::chrono::days>(time)); }

} // namespace larum::match
