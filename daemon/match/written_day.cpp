#include "daemon/match/written_day.h"

#include "core/text.h"

#include <array>
#include <charconv>

namespace larum::match {

namespace {

constexpr std::size_t days_max = 6;

struct Month {
    std::string_view beginning;
    int number;
};
// Polish (nominative and genitive), English, German, Ukrainian as transliterated.
constexpr std::array<Month, 44> months = {{
    {"stycz", 1},  {"lut", 2},    {"marz", 3},  {"marc", 3},   {"kwie", 4},  {"kwiet", 4}, {"maj", 5},    {"czerw", 6},
    {"lip", 7},    {"sierp", 8},  {"wrze", 9},  {"pazdz", 10}, {"listop", 11}, {"grud", 12}, {"janu", 1},  {"febr", 2},
    {"march", 3},  {"apri", 4},   {"may", 5},   {"june", 6},   {"juni", 6},  {"july", 7},  {"juli", 7},   {"augu", 8},
    {"sept", 9},   {"octo", 10},  {"okto", 10}, {"nove", 11},  {"dece", 12}, {"deze", 12}, {"sicn", 1},   {"sichn", 1},
    {"ljut", 2},   {"berez", 3},  {"kvit", 4},  {"trav", 5},   {"cerv", 6},  {"cherv", 6}, {"lyp", 7},    {"serp", 8},
    {"veres", 9},  {"zovt", 10},  {"lystop", 11}, {"hrud", 12},
}};

int month_of(std::string_view word) {
    for (const auto& month : months)
        if (word.starts_with(month.beginning)) return month.number;
    return 0;
}

struct Weekday {
    std::string_view beginning;
    unsigned iso; ///< 1 is Monday; 8: yesterday, 9: the day before
};
constexpr std::array<Weekday, 17> weekdays = {{
    {"poniedzial", 1}, {"wtor", 2}, {"srod", 3}, {"czwart", 4}, {"piat", 5}, {"sobot", 6}, {"niedziel", 7}, {"wczoraj", 8},
    {"przedwczoraj", 9}, {"monday", 1}, {"tuesday", 2}, {"wednesday", 3}, {"thursday", 4}, {"friday", 5}, {"saturday", 6},
    {"sunday", 7}, {"yesterday", 8},
}};

WrittenDay civil(std::chrono::sys_days day) {
    const std::chrono::year_month_day date(day);
    return {static_cast<int>(date.year()), static_cast<int>(static_cast<unsigned>(date.month())),
            static_cast<int>(static_cast<unsigned>(date.day()))};
}

std::optional<WrittenDay> weekday_before(std::string_view word, Time posted_at) {
    for (const auto& one : weekdays) {
        if (!word.starts_with(one.beginning) || word.starts_with("srodk") || word.size() > one.beginning.size() + 4) continue;
        const auto today = std::chrono::floor<std::chrono::days>(posted_at);
        if (one.iso >= 8) return civil(today - std::chrono::days(one.iso - 7));
        const unsigned now = std::chrono::weekday(today).iso_encoding();
        const unsigned back = (now + 7 - one.iso) % 7;
        return civil(today - std::chrono::days(back == 0 ? 7 : back));
    }
    return std::nullopt;
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
        if (const int month = words[i].size() > 2 ? month_of(words[i]) : 0) {
            const int before = i > 0 ? day_number(words[i - 1]) : 0;
            const int after = i + 1 < words.size() ? day_number(words[i + 1]) : 0;
            const int year = i + 1 < words.size() ? year_of(words[i + 1]) : 0;
            if (before || after) keep(days, {year, month, before ? before : after});
        } else if (const auto day = weekday_before(words[i], posted_at)) {
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
