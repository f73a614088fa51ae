#include "daemon/match/text_clues.h"

#include "core/text.h"
#include "daemon/match/cities.h"
#include "daemon/match/keys.h"
#include "daemon/match/written_day.h"

#include <algorithm>
#include <array>

namespace larum::match {

namespace {

constexpr std::size_t clues_max = 8;   ///< of each kind
constexpr std::size_t words_max = 160; ///< a long story repeats itself

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || static_cast<unsigned char>(c) >= 0x80; }

void keep(std::vector<std::string>& list, std::string value) {
    if (value.empty() || list.size() >= clues_max) return;
    if (std::find(list.begin(), list.end(), value) == list.end()) list.push_back(std::move(value));
}

// ---- addresses ------------------------------------------------------------------------------------

bool in_address(char c) { return is_letter(c) || is_digit(c) || c == '.' || c == '_' || c == '-' || c == '+' || c == '*'; }

/// «wojt...@», «r***k@», «alicja80@...»: dots in a row hide what stars hide.
std::string with_stars(std::string address) {
    for (auto at = address.find(".."); at != std::string::npos; at = address.find("..", at))
        address.replace(at, address.find_first_not_of('.', at) == std::string::npos ? std::string::npos : address.find_first_not_of('.', at) - at, "*");
    return address;
}

void read_addresses(const std::string& folded, TextClues& clues) {
    for (auto at = folded.find('@'); at != std::string::npos; at = folded.find('@', at + 1)) {
        auto start = at, end = at + 1;
        while (start > 0 && in_address(folded[start - 1])) --start;
        while (end < folded.size() && in_address(folded[end])) ++end;
        const bool hidden_server = folded.compare(at + 1, 2, "..") == 0 || folded.compare(at + 1, 1, "*") == 0;
        while (!hidden_server && end > at + 1 && !is_letter(folded[end - 1]) && folded[end - 1] != '*') --end;
        const std::string address = with_stars(folded.substr(start, end - start));
        const auto sign = address.find('@');
        if (sign == 0 || sign == std::string::npos || address[0] == '*') continue;
        if (address.find('*') != std::string::npos)
            keep(clues.masked, address);
        else if (address.find('.', sign) != std::string::npos)
            keep(clues.emails, address);
    }
}

// ---- numbers --------------------------------------------------------------------------------------

/// A run of digits and the signs people put between them.
struct Run {
    std::size_t start = 0, end = 0;
    std::string digits;
    bool hidden = false; ///< «...3308», «***123»: the end of a longer number
};

/// O and l inside a number are typing errors for 0 and 1.
char as_digit(const std::string& text, std::size_t i) {
    if (is_digit(text[i])) return text[i];
    const bool before = i > 0 && (is_digit(text[i - 1]) || text[i - 1] == '/' || text[i - 1] == '-');
    const bool after = i + 1 < text.size() && is_digit(text[i + 1]);
    if (!before || !after) return 0;
    return text[i] == 'o' ? '0' : text[i] == 'l' ? '1' : 0;
}

std::vector<Run> digit_runs(const std::string& folded) {
    std::vector<Run> runs;
    for (std::size_t i = 0; i < folded.size();) {
        if (!as_digit(folded, i)) {
            ++i;
            continue;
        }
        Run run{i, i, {}};
        const std::string_view before = std::string_view(folded).substr(i < 2 ? 0 : i - 2, std::min<std::size_t>(i, 2));
        run.hidden = before == ".." || before == "**" || before == "xx" || before == ".*";
        for (char digit; i < folded.size() && (digit = as_digit(folded, i)); ++i) run.digits += digit;
        run.end = i;
        runs.push_back(std::move(run));
    }
    return runs;
}

/// «502 111 222», «+48 502-111-222»: neighbouring runs that together are nine digits.
void read_phones(const std::string& folded, const std::vector<Run>& runs, TextClues& clues) {
    for (std::size_t i = 0; i < runs.size(); ++i) {
        std::string digits;
        for (std::size_t j = i; j < runs.size() && j < i + 5; ++j) {
            const bool adjoins = j == i || (runs[j].start == runs[j - 1].end + 1 &&
                                            std::string_view(" -.").find(folded[runs[j].start - 1]) != std::string_view::npos);
            if (!adjoins) break;
            digits += runs[j].digits;
            if (digits.size() == 9 || (digits.size() == 11 && digits.starts_with("48"))) keep(clues.phones, folded_phone(digits));
        }
    }
}

constexpr std::array<std::string_view, 13> ending_words = {"konc", "ends", "ending", "ostatni", "last", "закінч", "zakinc", "zakinch",
                                                           "endet", "endung", "zakonc", "finishing", "tail"};

/// Whether one of the four words before `at` says that a number's end follows.
bool says_ending(const std::string& folded, std::size_t at) {
    int spaces = 0;
    auto start = at;
    while (start > 0 && spaces < 5) spaces += folded[--start] == ' ';
    const std::string_view before(folded.data() + start, at - start);
    return std::any_of(ending_words.begin(), ending_words.end(), [&](std::string_view one) {
        for (auto found = before.find(one); found != before.npos; found = before.find(one, found + 1))
            if (found == 0 || before[found - 1] == ' ') return true;
        return false;
    });
}

constexpr std::array<std::string_view, 9> money = {"zl", "pln", "eur", "usd", "gbp", "€", "$", "£", "zlot"};

bool names_money(const std::string& folded, const Run& run) {
    auto at = run.end;
    if (at + 3 <= folded.size() && (folded[at] == ',' || folded[at] == '.') && is_digit(folded[at + 1])) at += 3;
    while (at < folded.size() && folded[at] == ' ') ++at;
    const std::string_view after = std::string_view(folded).substr(std::min(at, folded.size()), 6);
    return std::any_of(money.begin(), money.end(), [&](std::string_view one) { return after.starts_with(one); }) ||
           (run.start > 0 && (folded[run.start - 1] == '$' || folded.compare(run.start > 1 ? run.start - 2 : 0, 2, "£") == 0));
}

/// «6126 (bez początku)»: what comes before was left out.
bool lacks_beginning(const std::string& folded, std::size_t end) {
    const std::string_view after = std::string_view(folded).substr(end, 24);
    return after.find("bez pocz") != after.npos || after.find("without the beginning") != after.npos || after.find("to koncowka") != after.npos;
}

/// The 00 of «5439,00».
bool is_fraction(const std::string& folded, const Run& run) {
    if (run.start < 2 || run.digits.size() != 2) return false;
    return (folded[run.start - 1] == ',' || folded[run.start - 1] == '.') && is_digit(folded[run.start - 2]);
}

void read_numbers(const std::string& folded, const std::vector<Run>& runs, bool own_data_only, TextClues& clues) {
    for (std::size_t i = 0; i < runs.size(); ++i) {
        const auto& run = runs[i];
        const bool short_run = run.digits.size() >= 3 && run.digits.size() <= 6;
        if (run.digits.size() >= 2 && !is_fraction(folded, run) && names_money(folded, run)) {
            if (!own_data_only) keep(clues.amounts, run.digits);
        } else if (short_run && (run.hidden || says_ending(folded, run.start) || lacks_beginning(folded, run.end))) {
            keep(clues.endings, run.digits);
        } else if (run.digits.size() >= 5) {
            keep(clues.numbers, run.digits);
        }
        // «437 324»: halves of one number.
        const bool goes_on = i + 1 < runs.size() && runs[i + 1].start == run.end + 1 && folded[run.end] == ' ';
        if (goes_on && run.digits.size() == 3 && runs[i + 1].digits.size() == 3) keep(clues.numbers, run.digits + runs[i + 1].digits);
    }
}

// ---- numbers in the brand's own formats -------------------------------------------------------------

/// Whether `text` begins with something in `format` (N and Y a digit, A a letter, others themselves but signs,
/// which people drop); how many bytes of it.
std::size_t in_format(std::string_view text, std::string_view format) {
    std::size_t at = 0;
    for (const char wanted : format) {
        const bool sign = !is_digit(wanted) && !std::isalpha(static_cast<unsigned char>(wanted));
        if (sign) {
            if (at < text.size() && !is_digit(text[at]) && !is_letter(text[at])) ++at;
            continue;
        }
        if (at >= text.size()) return 0;
        const char c = text[at++];
        const bool fits = wanted == 'N' || wanted == 'Y' ? is_digit(c)
                          : wanted == 'A'                ? is_letter(c)
                                                         : c == static_cast<char>(std::tolower(wanted));
        if (!fits) return 0;
    }
    return at;
}

void read_codes(const std::string& folded, const std::vector<std::string>& formats, TextClues& clues) {
    for (std::size_t i = 0; i < folded.size() && !formats.empty(); ++i) {
        if (i > 0 && (is_letter(folded[i - 1]) || is_digit(folded[i - 1]))) continue;
        for (const auto& format : formats)
            if (const auto size = in_format(std::string_view(folded).substr(i), format))
                keep(clues.codes, folded_number(std::string_view(folded).substr(i, size)));
    }
}

/// What looks like a number of a case or an order in whatever format: digits joined with letters or other digits by
/// a sign, or standing beside letters.
void read_likely_codes(const std::string& folded, TextClues& clues) {
    const auto in_code = [](char c) { return is_digit(c) || (c >= 'a' && c <= 'z') || c == '/' || c == '-' || c == '_' || c == '.'; };
    for (std::size_t i = 0; i < folded.size();) {
        auto end = i;
        int digits = 0;
        while (end < folded.size() && in_code(folded[end])) digits += is_digit(folded[end++]);
        const auto token = std::string_view(folded).substr(i, end - i);
        i = std::max(end, i + 1);
        const bool whole_word = token.size() < 5 || token.size() > 24 || digits < 3;
        if (whole_word || token.find_first_not_of("0123456789.") == token.npos) continue;
        keep(clues.codes, folded_number(token));
    }
}

// ---- names ----------------------------------------------------------------------------------------

bool capital(std::string_view text, std::size_t i) {
    const unsigned char a = text[i], b = i + 1 < text.size() ? text[i + 1] : 0;
    if (a < 0x80) return a >= 'A' && a <= 'Z';
    if (a == 0xc4) return b == 0x84 || b == 0x86 || b == 0x98; // Ą Ć Ę
    if (a == 0xc5) return b == 0x81 || b == 0x83 || b == 0x9a || b == 0xb9 || b == 0xbb; // Ł Ń Ś Ź Ż
    if (a == 0xc3) return b == 0x93; // Ó
    return a == 0xd0 && b >= 0x84 && b < 0xb0; // Cyrillic
}

/// The nominative of a declined first name, or nothing when none is known.
std::string given_name(const std::string& word) {
    if (first_name(word).known) return word;
    if (word.size() < 4) return {};
    const std::string cut = word.substr(0, word.size() - 1);
    for (const auto& guess : {cut + 'a', cut, cut + "ia", word.substr(0, word.size() - 2)})
        if (first_name(guess).known) return guess;
    return {};
}

/// A capitalised first name and a capitalised word beside it.
void read_names(std::string_view text, TextClues& clues) {
    std::vector<std::pair<std::string_view, bool>> words; // and whether it adjoins the one before
    for (std::size_t i = 0; i < text.size();) {
        const bool starts = capital(text, i);
        auto end = i;
        while (end < text.size() && (is_letter(static_cast<char>(text[end] | 0x20)) || text[end] == '-')) ++end;
        if (end > i && starts && end - i > 2 && words.size() < 400)
            words.emplace_back(text.substr(i, end - i), i > 0 && text[i - 1] == ' ');
        else if (end > i)
            words.emplace_back(std::string_view(), false);
        i = std::max(end, i + 1);
    }
    for (std::size_t i = 0; i + 1 < words.size() && clues.names.size() < 3; ++i) {
        const auto& [one, ignored] = words[i];
        const auto& [two, adjoins] = words[i + 1];
        if (one.empty() || two.empty() || !adjoins || one.end() + 1 != two.begin()) continue;
        const std::string first = given_name(text::fold(one)), second = given_name(text::fold(two));
        if (first.empty() && second.empty()) continue;
        auto name = first.empty() ? parse_name(second + ' ' + std::string(one)) : parse_name(first + ' ' + std::string(two));
        if (name.words.size() >= 2) clues.names.push_back(std::move(name));
    }
}

/// Whether the author's own verbs are a woman's or a man's: Polish «czekałam», «dzwoniłem».
char read_sex(const std::string& folded) {
    int feminine = 0, masculine = 0;
    for (const auto word : text::folded_words(folded)) {
        if (word.size() < 6) continue;
        feminine += word.ends_with("alam") || word.ends_with("ilam") || word.ends_with("ylam");
        masculine += word.ends_with("alem") || word.ends_with("ilem") || word.ends_with("ylem");
    }
    return feminine > 0 && masculine == 0 ? 'f' : masculine > 0 && feminine == 0 ? 'm' : '-';
}

// ---- words ----------------------------------------------------------------------------------------

void read_words(const std::string& folded, TextClues& clues) {
    for (const auto word : text::folded_words(folded))
        if (word.size() >= 4 && clues.words.size() < words_max && !is_digit(word[0])) clues.words.emplace_back(word);
    std::sort(clues.words.begin(), clues.words.end());
    clues.words.erase(std::unique(clues.words.begin(), clues.words.end()), clues.words.end());
}

} // namespace

TextClues read_text(std::string_view text, Time posted_at, bool own_data_only, const std::vector<std::string>& formats) {
    TextClues clues;
    const std::string folded = text::fold(text);
    read_addresses(folded, clues);
    const auto runs = digit_runs(folded);
    if (!runs.empty()) {
        read_phones(folded, runs, clues);
        read_numbers(folded, runs, own_data_only, clues);
        read_codes(folded, formats, clues);
        read_likely_codes(folded, clues);
    }
    if (own_data_only) return clues;
    clues.days = read_days(folded, posted_at);
    clues.spans = read_spans(folded);
    clues.cities = cities_in(folded);
    clues.sex = read_sex(folded);
    read_names(text, clues);
    read_words(folded, clues);
    return clues;
}

bool same_word(std::string_view a, std::string_view b) {
    std::size_t same = 0;
    while (same < a.size() && same < b.size() && a[same] == b[same]) ++same;
    const auto longer = std::max(a.size(), b.size());
    if (same == longer) return true;
    return same >= 4 && longer - same <= 4 && same * 10 >= longer * 6;
}

bool has_word(const std::vector<std::string>& words, std::string_view word) {
    // Forms of one word share their first four letters, so they stand together.
    const auto begin = std::lower_bound(words.begin(), words.end(), word.substr(0, 4));
    for (auto one = begin; one != words.end() && one->starts_with(word.substr(0, 4)); ++one)
        if (same_word(*one, word)) return true;
    return false;
}

} // namespace larum::match
