#include "daemon/match/name.h"

#include "core/text.h"
#include "daemon/match/names/tables.h"

#include <algorithm>
#include <array>
#include <unordered_map>

namespace larum::match {

namespace {

constexpr std::size_t words_max = 4;   ///< of one name
constexpr std::size_t formals_max = 6; ///< a diminutive of more names says too little

struct HashText {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>()(text); }
};
using Table = std::unordered_map<std::string, FirstName, HashText, std::equal_to<>>;

void add_form(Table& table, const std::string& word, const std::string& formal, char gender, bool itself) {
    auto& entry = table[word];
    entry.gender = !entry.known || entry.gender == gender ? gender : '-';
    entry.known = true;
    entry.formal = entry.formal || itself;
    const auto there = std::find(entry.formals.begin(), entry.formals.end(), formal);
    if (there != entry.formals.end()) return;
    if (itself)
        entry.formals.insert(entry.formals.begin(), formal);
    else if (entry.formals.size() < formals_max)
        entry.formals.push_back(formal);
}

void add_line(Table& table, std::string_view line) {
    const auto words = text::folded_words(line);
    if (words.empty()) return;
    const auto mark = line.find(' ');
    const char gender = mark == line.npos ? '-' : line[mark + 1];
    const std::string formal = skeleton(words[0]);
    add_form(table, formal, formal, gender, true);
    // «-» is no word; a gender letter is one.
    for (std::size_t i = gender == '-' ? 1 : 2; i < words.size(); ++i)
        add_form(table, skeleton(words[i]), formal, gender, false);
}

Table read_tables() {
    Table table;
    for (const auto source : {polish_names, english_names})
        for (std::size_t at = 0; at < source.size();) {
            const auto end = std::min(source.find('\n', at), source.size());
            if (end > at) add_line(table, text::fold(source.substr(at, end - at)));
            at = end + 1;
        }
    return table;
}

/// Diminutives that any name may take and no table lists in full: «Albinka», «Julianek».
Table with_endings(Table table) {
    std::vector<std::pair<std::string, char>> formals;
    for (const auto& [word, entry] : table)
        if (entry.formal && word.size() >= 5) formals.emplace_back(word, entry.gender);
    for (const auto& [formal, gender] : formals) {
        const bool feminine = formal.back() == 'a';
        const std::string made = feminine ? formal.substr(0, formal.size() - 1) + "ka" : formal + "ek";
        if (!table.contains(made)) add_form(table, made, formal, gender, false);
    }
    return table;
}

bool is_vowel(char c) { return c == 'a' || c == 'e' || c == 'i' || c == 'o' || c == 'u'; }

/// Letter pairs that stand for one sound in Polish or in a transliteration; 0 when they are none.
char sound(char a, char b) {
    if ((a == 'c' && (b == 'z' || b == 'h')) || (a == 't' && b == 's')) return 'c';
    if (a == 's' && (b == 'z' || b == 'h')) return 's';
    if ((a == 'r' && b == 'z') || (a == 'z' && b == 'h')) return 'z';
    if (a == 'k' && b == 'h') return 'g';
    if (a == 'p' && b == 'h') return 'f';
    if (a == 't' && b == 'h') return 't';
    if (a == 'c' && b == 'k') return 'k';
    return 0;
}

char letter(char c) {
    switch (c) {
    case 'w': return 'v';
    case 'y':
    case 'j': return 'i';
    case 'q': return 'k';
    case 'h': return 'g';
    default: return c;
    }
}

constexpr std::array<std::string_view, 18> titles = {"mgr", "inz", "dr",   "prof", "hab", "lek", "adw", "mr",  "mrs",
                                                     "ms",  "sir", "pan",  "pani", "ks",  "st",  "jr",  "phd", "official"};

bool is_title(std::string_view word) { return std::find(titles.begin(), titles.end(), word) != titles.end(); }

bool has_digit(std::string_view word) {
    return std::any_of(word.begin(), word.end(), [](char c) { return c >= '0' && c <= '9'; });
}

/// Without what stands in brackets.
std::string without_remarks(std::string_view folded) {
    std::string out;
    int depth = 0;
    for (const char c : folded) {
        if (c == '(' || c == '[') ++depth;
        if (depth == 0) out += c;
        if ((c == ')' || c == ']') && depth > 0) --depth;
    }
    return out;
}

NameWord name_word(std::string_view folded, int group) {
    const auto& known = first_name(folded);
    NameWord word{std::string(folded), known.formals, known.known, known.formal, known.gender, group};
    if (word.forms.empty()) word.forms.push_back(surname_stem(folded));
    return word;
}

} // namespace

const FirstName& first_name(std::string_view folded) {
    static const Table table = with_endings(read_tables());
    static const FirstName unknown;
    const auto found = table.find(skeleton(folded));
    return found == table.end() ? unknown : found->second;
}

std::string skeleton(std::string_view folded) {
    std::string out;
    for (std::size_t i = 0; i < folded.size(); ++i) {
        char c = i + 1 < folded.size() ? sound(folded[i], folded[i + 1]) : '\0';
        if (c)
            ++i;
        else
            c = letter(folded[i]);
        if (c == 'x') {
            out += "ks";
            continue;
        }
        if (!out.empty() && out.back() == c) continue;
        if (out.size() > 1 && out.back() == 'i' && is_vowel(c)) out.pop_back(); // «Viktoriia», «Wiktoria»
        if (!out.empty() && out.back() == c) continue;
        out += c;
    }
    return out;
}

std::string surname_stem(std::string_view folded) {
    for (const std::string_view ending : {"skiego", "skiemu", "ckiego", "ckiemu", "skiej", "ckiej", "skich", "ckich", "skim", "ckim"})
        if (folded.size() > ending.size() + 1 && folded.ends_with(ending)) {
            folded.remove_suffix(ending.size() - 2);
            break;
        }
    std::string stem = skeleton(folded);
    while (stem.size() > 3 && is_vowel(stem.back())) stem.pop_back();
    // Swapped letters are the commonest slip in records: behind the first, their order does not count.
    if (stem.size() > 3) std::sort(stem.begin() + 1, stem.end());
    return stem;
}

Name parse_name(std::string_view written) {
    const std::string folded = without_remarks(text::fold(written));
    Name name;
    int group = 0;
    const char* before = nullptr;
    for (const auto word : text::folded_words(folded)) {
        const bool joined = before && before + 1 == word.data() && *before == '-';
        before = word.data() + word.size();
        if (!joined) ++group;
        if (has_digit(word) || is_title(word)) continue;
        if (word.size() == 1)
            name.initials.push_back(word[0]);
        else if (name.words.size() < words_max)
            name.words.push_back(name_word(word, group));
    }
    return name;
}

} // namespace larum::match
