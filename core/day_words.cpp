#include "core/day_words.h"

#include <iterator>

namespace larum {

namespace {

struct Beginning {
    std::string_view letters;
    int number;
};

constexpr Beginning months[] = {
    {"stycz", 1},  {"lut", 2},    {"marz", 3},    {"marc", 3},   {"kwie", 4},  {"maj", 5},    {"czerw", 6},  {"lip", 7},
    {"sierp", 8},  {"wrze", 9},   {"pazdz", 10},  {"listop", 11}, {"grud", 12}, {"janu", 1},  {"febr", 2},   {"apri", 4},
    {"may", 5},    {"june", 6},   {"juni", 6},    {"july", 7},   {"juli", 7},  {"augu", 8},   {"sept", 9},   {"octo", 10},
    {"okto", 10},  {"nove", 11},  {"dece", 12},   {"deze", 12},  {"sicn", 1},  {"sichn", 1},  {"ljut", 2},   {"berez", 3},
    {"kvit", 4},   {"trav", 5},   {"cerv", 6},    {"cherv", 6},  {"lyp", 7},   {"serp", 8},   {"veres", 9},  {"zovt", 10},
    {"lystop", 11}, {"hrud", 12},
};

// Long enough not to take «piąty» (fifth), «środku» (middle) or «Montage» (assembly) for days.
constexpr Beginning weekdays[] = {
    {"poniedzial", 1}, {"wtorek", 2}, {"wtork", 2},    {"sroda", 3},     {"srode", 3},  {"srody", 3},    {"czwartek", 4},
    {"czwartk", 4},    {"piatek", 5}, {"piatk", 5},    {"sobot", 6},     {"niedziel", 7}, {"monday", 1}, {"tuesday", 2},
    {"wednesday", 3},  {"thursday", 4}, {"friday", 5}, {"saturday", 6},  {"sunday", 7}, {"montag", 1},   {"dienstag", 2},
    {"mittwoch", 3},   {"donnerstag", 4}, {"freitag", 5}, {"samstag", 6}, {"sonntag", 7}, {"ponedil", 1}, {"vivtor", 2},
    {"sereda", 3},     {"seredu", 3}, {"cetver", 4},   {"patnic", 5},    {"subot", 6},  {"nedil", 7},
};

constexpr Beginning near_days[] = {
    {"przedwczoraj", -2}, {"wczoraj", -1}, {"dzis", 0},    {"jutr", 1},  {"pojutrz", 2},  {"yesterday", -1}, {"today", 0},
    {"tonight", 0},       {"tomorrow", 1}, {"gestern", -1}, {"vorgestern", -2}, {"heute", 0}, {"morgen", 1}, {"vcora", -1},
    {"sogodni", 0},       {"zavtra", 1},
};

template <std::size_t N>
const Beginning* find(const Beginning (&list)[N], std::string_view word) {
    for (const auto& one : list)
        if (word.starts_with(one.letters)) return &one;
    return nullptr;
}

} // namespace

int month_word(std::string_view folded) {
    const auto* found = find(months, folded);
    return found ? found->number : 0;
}

int weekday_word(std::string_view folded) {
    const auto* found = find(weekdays, folded);
    return found && folded != "montage" ? found->number : 0;
}

bool near_day_word(std::string_view folded, int& days) {
    const auto* found = find(near_days, folded);
    if (found) days = found->number;
    return found;
}

} // namespace larum
