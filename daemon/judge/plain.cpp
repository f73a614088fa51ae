#include "daemon/judge/plain.h"

#include "core/text.h"

#include <unicode/uchar.h>
#include <unicode/utf8.h>

#include <algorithm>

namespace larum::judging {

namespace {

constexpr UChar32 glad[] = {0x1f601, 0x1f602, 0x1f603, 0x1f604, 0x1f605, 0x1f606, 0x1f607, 0x1f609, 0x1f60a, 0x1f60b,
                            0x1f60d, 0x1f60e, 0x1f618, 0x1f600, 0x1f917, 0x1f929, 0x1f970, 0x1f973, 0x1f44f, 0x1f44d,
                            0x1f389, 0x1f38a, 0x1f4aa, 0x1f64c, 0x2764,  0x1f495, 0x1f496, 0x1f497, 0x1f499, 0x1f49a,
                            0x1f49b, 0x1f49c, 0x1f5a4, 0x1f9e1, 0x1f31f, 0x2b50,  0x1f525, 0x1f63b, 0x263a,  0x1f48c};
constexpr UChar32 cross[] = {0x1f620, 0x1f621, 0x1f624, 0x1f92c, 0x1f92e, 0x1f922, 0x1f622, 0x1f62d, 0x1f62a, 0x1f61e,
                             0x1f614, 0x1f612, 0x1f644, 0x1f643, 0x1f926, 0x1f44e, 0x1f4a9, 0x1f610, 0x1f611, 0x1f613,
                             0x1f629, 0x1f62b, 0x1f92f, 0x1f928, 0x1f921, 0x1f6a9, 0x26a0,  0x1f480, 0x1f937};

template <std::size_t N>
bool in(const UChar32 (&list)[N], UChar32 c) {
    return std::find(std::begin(list), std::end(list), c) != std::end(list);
}

/// What folding drops but reading needs: new lines (as code point offsets), faces, capitals.
void look_over(std::string_view text, Plain& plain, std::vector<std::uint32_t>& new_lines) {
    const auto size = static_cast<std::int32_t>(text.size());
    std::uint32_t position = 0;
    for (std::int32_t i = 0; i < size; ++position) {
        UChar32 c;
        U8_NEXT(text.data(), i, size, c);
        if (c == '\n') new_lines.push_back(position);
        if (c == '!') ++plain.exclamations;
        if (c == '?') ++plain.questions;
        if (c >= 'a' && c <= 'z') ++plain.letters;
        if (c >= 'A' && c <= 'Z') ++plain.capitals, ++plain.letters;
        if (c < 0x2000) continue;
        plain.glad_emoji += in(glad, c);
        plain.cross_emoji += in(cross, c);
    }
}

bool is_letter(char c) { return c >= 'a' && c <= 'z'; }
bool is_word(char c) { return is_letter(c) || (c >= '0' && c <= '9') || static_cast<unsigned char>(c) >= 0x80; }

void copy_folded(const text::Folded& folded, const std::vector<std::uint32_t>& new_lines, Plain& plain) {
    const auto& from = folded.text;
    auto next_line = new_lines.begin();
    for (std::size_t i = 0; i < from.size(); ++i) {
        const char c = from[i];
        const auto place = folded.origin[i];
        while (next_line != new_lines.end() && *next_line <= place) {
            ++next_line;
            plain.text += '\n';
            plain.origin.push_back(place);
        }
        const auto length = plain.text.size();
        const bool inside = length > 0 && is_word(plain.text.back()) && i + 1 < from.size() && is_word(from[i + 1]);
        if ((c == '\'' || c == '`') && inside) continue;
        const auto run = is_letter(c) ? std::min(from.find_first_not_of(c, i), from.size()) - i : 1;
        if (run >= 3) i += run - 1;
        plain.text += c;
        plain.origin.push_back(place);
    }
}

bool ends_sentence(std::string_view text, std::size_t i) {
    const char c = text[i];
    if (c == '\n' || c == '!' || c == '?') return true;
    // A point inside «239.80» or «example.com» ends nothing.
    return (c == '.' || c == ';') && (i + 1 == text.size() || !is_word(text[i + 1]));
}

/// «@firmcares», «@firm_support», «@pomoc_firma».
bool names_help_desk(std::string_view handle) {
    constexpr std::string_view marks[] = {"help", "care", "support", "service", "serwis", "pomoc", "obsluga", "assist", "hilfe"};
    return std::any_of(std::begin(marks), std::end(marks), [&](auto mark) { return handle.find(mark) != handle.npos; });
}

/// Past the end of a handle («@ania.n_87») that begins at `i`; handles name people and say nothing.
std::size_t past_handle(std::string_view text, std::size_t i) {
    while (i < text.size() && (is_word(text[i]) || text[i] == '_' || text[i] == '.')) ++i;
    return i;
}

void split(Plain& plain) {
    const std::string_view text = plain.text;
    Sentence current;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '@') {
            if (plain.words.empty()) plain.mention_first = true;
            plain.mentions += 1;
            const auto start = i + 1;
            i = past_handle(text, start);
            plain.mention_help |= names_help_desk(text.substr(start, i - start));
            current.end = static_cast<std::uint32_t>(i);
            if (i >= text.size()) break;
        }
        plain.tags += text[i] == '#';
        if (is_word(text[i])) {
            Word word{static_cast<std::uint32_t>(i), 0, static_cast<std::uint16_t>(std::min<std::size_t>(plain.sentences.size(), 65535))};
            while (i < text.size() && is_word(text[i])) ++i;
            word.end = static_cast<std::uint32_t>(i);
            plain.words.push_back(word);
            current.end = word.end;
            if (i == text.size()) break;
        }
        if (!ends_sentence(text, i) || current.end <= current.start) continue;
        while (i < text.size() && !is_word(text[i]) && text[i] != '\n') current.question |= text[i++] == '?';
        current.end = static_cast<std::uint32_t>(i--);
        plain.sentences.push_back(current);
        current = {static_cast<std::uint32_t>(i + 1), static_cast<std::uint32_t>(i + 1), false};
    }
    if (current.end > current.start) plain.sentences.push_back(current);
}

} // namespace

void lay_out(std::string_view text, Plain& plain) {
    plain.text.clear();
    plain.origin.clear();
    plain.words.clear();
    plain.sentences.clear();
    plain.mentions = plain.tags = plain.exclamations = plain.questions = plain.glad_emoji = plain.cross_emoji = plain.letters = plain.capitals = 0;
    plain.mention_first = plain.mention_help = false;
    thread_local std::vector<std::uint32_t> new_lines;
    new_lines.clear();
    look_over(text, plain, new_lines);
    copy_folded(text::fold_with_origin(text), new_lines, plain);
    split(plain);
}

} // namespace larum::judging
