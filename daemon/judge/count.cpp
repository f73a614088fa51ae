#include "daemon/judge/count.h"

#include <algorithm>
#include <charconv>

namespace larum::judging {

namespace {

/// More attempts than this are a figure of speech.
constexpr int believable = 60;

bool all_digits(std::string_view word) { return word.find_first_not_of("0123456789") == word.npos; }

int number_in(std::string_view text) {
    int value = 0;
    std::from_chars(text.data(), text.data() + text.size(), value);
    return value;
}

/// Letters after a digit that make it «third» or «three times».
bool is_ordinal_ending(std::string_view ending) {
    constexpr std::string_view known[] = {"ci", "cia", "cie", "gi", "ga", "ty", "ta", "te", "ly", "my", "th", "rd", "nd", "st", "szy", "sza"};
    return std::find(std::begin(known), std::end(known), ending) != std::end(known);
}

} // namespace

CountReader::CountReader(const Lexicon& lexicon) {
    for (const auto& name : lexicon.concepts()) {
        const std::string_view title = name;
        const auto dot = title.find('.');
        const int value = dot == title.npos ? 0 : number_in(title.substr(dot + 1));
        auto& meaning = meanings_.emplace_back();
        if (title.starts_with("number.")) meaning = {Kind::cardinal, value};
        if (title.starts_with("ordinal.")) meaning = {Kind::ordinal, value};
        if (title.starts_with("times.")) meaning = {Kind::times, value};
        if (title == "count.times") meaning = {Kind::time_word, 0};
        if (title == "count.noun") meaning = {Kind::noun, 0};
        if (title == "count.verb") meaning = {Kind::verb, 0};
    }
}

void CountReader::mark(const Reading& reading, std::vector<Mark>& marks) const {
    const auto& plain = reading.plain;
    const auto word_at = [&](std::uint32_t byte) {
        const auto after = std::upper_bound(plain.words.begin(), plain.words.end(), byte,
                                            [](std::uint32_t b, const Word& word) { return b < word.start; });
        return static_cast<std::uint32_t>(after - plain.words.begin()) - 1;
    };
    for (const auto& hit : reading.hits)
        if (meanings_[hit.concept_id].kind != Kind::none)
            marks.push_back({meanings_[hit.concept_id], word_at(hit.start), word_at(hit.end - 1), hit.sentence});
    for (std::uint32_t i = 0; i < plain.words.size(); ++i) {
        const auto word = plain.word(i);
        if (word.front() < '0' || word.front() > '9') continue;
        const auto digits = std::min(word.find_first_not_of("0123456789"), word.size());
        const int value = digits <= 2 ? number_in(word) : 0;
        if (value == 0) continue;
        const auto ending = word.substr(digits);
        const auto kind = all_digits(word)            ? Kind::cardinal
                          : ending == "x"             ? Kind::times
                          : is_ordinal_ending(ending) ? Kind::ordinal
                                                      : Kind::none;
        if (kind != Kind::none) marks.push_back({{kind, value}, i, i, plain.words[i].sentence});
    }
    std::sort(marks.begin(), marks.end(), [](const Mark& a, const Mark& b) { return a.first < b.first; });
}

std::optional<StatedCount> CountReader::read(const Reading& reading) const {
    thread_local std::vector<Mark> marks;
    marks.clear();
    mark(reading, marks);
    const auto near = [&](const Mark& from, Kind kind, int before, int after) {
        return std::any_of(marks.begin(), marks.end(), [&](const Mark& one) {
            return one.meaning.kind == kind && one.sentence == from.sentence &&
                   static_cast<int>(one.first) >= static_cast<int>(from.first) - before &&
                   one.first <= from.last + static_cast<unsigned>(after) && &one != &from;
        });
    };
    int sum = 0, highest = 0, ones = 0;
    std::uint32_t first = 0, last = 0;
    const auto rest_on = [&](const Mark& one) {
        if (last == 0) first = one.first;
        last = one.last + 1;
    };
    for (const auto& one : marks) {
        const auto [kind, value] = one.meaning;
        if (value > believable) continue;
        if (kind == Kind::cardinal && near(one, Kind::time_word, 0, 1)) {
            if (value > 1 && near(one, Kind::verb, 8, 8)) sum += value, rest_on(one);
        } else if (kind == Kind::cardinal && near(one, Kind::noun, 0, value == 1 ? 2 : 3)) {
            value == 1 ? ++ones : sum += value;
            if (value > 1) rest_on(one);
        } else if (kind == Kind::times && near(one, Kind::verb, 8, 8)) {
            // «dwa razy» is also a number before «razy».
            if (value > 0) sum += value, rest_on(one);
        } else if (kind == Kind::ordinal &&
                   (near(one, Kind::noun, 0, 2) || (near(one, Kind::time_word, 2, 1) && near(one, Kind::verb, 10, 10)))) {
            if (value > highest) highest = value, rest_on(one);
        }
    }
    const int value = std::max(highest, sum ? sum + ones : 0);
    if (value == 0 || value > believable || last == 0) return {};
    return StatedCount{value, reading.plain.words[first].start, reading.plain.words[last - 1].end};
}

} // namespace larum::judging
