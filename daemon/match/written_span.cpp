#include "daemon/match/written_span.h"

#include "core/text.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <string_view>

namespace larum::match {

namespace {

constexpr std::size_t spans_max = 4;

struct Beginning {
    std::string_view text;
    int value;
};

// Polish, English, German, and Ukrainian as transliterated.
constexpr std::array<Beginning, 25> units = {{
    {"dni", 1}, {"dniach", 1}, {"dzien", 1}, {"dnia", 1}, {"day", 1}, {"days", 1}, {"tag", 1}, {"tage", 1}, {"tagen", 1}, {"dniv", 1},
    {"tydzien", 7}, {"tygodnia", 7}, {"tygodnie", 7}, {"tygodni", 7}, {"tygodniach", 7}, {"tygodniu", 7}, {"week", 7}, {"weeks", 7},
    {"woche", 7}, {"wochen", 7}, {"tizni", 7}, {"tizniv", 7}, {"tizden", 7}, {"month", 30}, {"months", 30},
}};
constexpr std::array<std::string_view, 3> month_beginnings = {"miesi", "monat", "misac"};

// Beginnings, longer ones before what they begin with.
constexpr std::array<Beginning, 50> numbers = {{
    {"dwunast", 12}, {"dw", 2},    {"trzec", 3},  {"trze", 3},  {"trzy", 3},  {"czter", 4}, {"piec", 5},   {"pieci", 5},  {"szesc", 6},
    {"szesci", 6},   {"siedem", 7}, {"siedmi", 7}, {"osiem", 8}, {"osmi", 8},  {"dziewi", 9}, {"dziesi", 10}, {"two", 2},  {"three", 3},
    {"four", 4},     {"five", 5},  {"six", 6},    {"seven", 7}, {"eight", 8}, {"nine", 9},  {"ten", 10},   {"zwei", 2},   {"drei", 3},
    {"vier", 4},     {"funf", 5},  {"sechs", 6},  {"sieben", 7}, {"acht", 8}, {"neun", 9},  {"zehn", 10},  {"dva", 2},    {"dvi", 2},
    {"tri", 3},      {"coti", 4},  {"p'at", 5},   {"pat", 5},   {"sist", 6},  {"sim", 7},   {"visim", 8},  {"devat", 9},  {"desat", 10},
    {"one", 1},      {"jeden", 1}, {"ein", 1},    {"odin", 1},  {"couple", 2},
}};

// What follows these is a rule or a promise, not a time that has passed.
constexpr std::array<std::string_view, 22> not_passed = {"w",   "within", "in",  "do",   "co",    "jest",  "maja", "ma",    "byc",   "every", "said",
                                                         "max", "next",   "za",  "the",  "this",  "take",  "kwestia", "obiecali", "binnen", "agreed", "przyszly"};

int unit_of(std::string_view word) {
    for (const auto& one : units)
        if (word == one.text) return one.value;
    const bool month = std::any_of(month_beginnings.begin(), month_beginnings.end(), [&](auto one) { return word.starts_with(one); });
    return month ? 30 : 0;
}

int number_of(std::string_view word) {
    int value = 0;
    const auto end = std::from_chars(word.data(), word.data() + word.size(), value).ptr;
    if (end == word.data() + word.size() && word.size() <= 3) return value;
    for (const auto& one : numbers)
        if (word.starts_with(one.text) && word.size() <= one.text.size() + 4) return one.value;
    return 0;
}

bool follows_rule(const std::vector<std::string_view>& words, std::size_t at) {
    return at > 0 && std::find(not_passed.begin(), not_passed.end(), words[at - 1]) != not_passed.end();
}

/// «od tygodnia», «over a week»: one, where something says that it has passed.
bool says_passed(const std::vector<std::string_view>& words, std::size_t at) {
    static constexpr std::array<std::string_view, 12> passed = {"od", "ponad", "over", "for", "since", "uber", "seit", "mija", "minal", "trwa", "ago", "temu"};
    const auto is_one = [&](std::size_t i) { return i < words.size() && std::find(passed.begin(), passed.end(), words[i]) != passed.end(); };
    const bool article = at > 0 && (words[at - 1] == "a" || words[at - 1] == "einer" || words[at - 1] == "einem");
    return is_one(at + 1) || (at > 0 && is_one(at - 1)) || (article && at > 1 && is_one(at - 2));
}

} // namespace

std::vector<WrittenSpan> read_spans(const std::string& folded) {
    std::vector<WrittenSpan> spans;
    const auto words = text::folded_words(folded);
    for (std::size_t i = 0; i < words.size() && spans.size() < spans_max; ++i) {
        const int unit = unit_of(words[i]);
        if (!unit) continue;
        if (i > 0 && (words[i - 1] == "poltora" || words[i - 1] == "pivtora")) {
            spans.push_back({unit * 3 / 2, unit});
        } else if (const int number = i > 0 ? number_of(words[i - 1]) : 0) {
            if (!follows_rule(words, i - 1)) spans.push_back({number * unit, unit});
        } else if (says_passed(words, i)) {
            spans.push_back({unit, unit});
        }
    }
    return spans;
}

} // namespace larum::match
