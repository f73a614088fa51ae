#include "daemon/dispatch/sentence.h"

#include "core/text.h"

#include <unicode/uchar.h>
#include <unicode/unistr.h>

#include <algorithm>

namespace larum::dispatch {

namespace {

std::u32string to_code_points(std::string_view text) {
    const auto utf16 = icu::UnicodeString::fromUTF8(icu::StringPiece(text.data(), static_cast<int32_t>(text.size())));
    std::u32string points;
    for (int32_t at = 0; at < utf16.length(); at = utf16.moveIndex32(at, 1))
        points += static_cast<char32_t>(utf16.char32At(at));
    return points;
}

bool is_space(char32_t c) { return c == '\n' || u_isUWhiteSpace(static_cast<UChar32>(c)); }

/// Whether a sentence ends behind `at`. A full stop counts only before a capital and not behind a
/// short word, so that «ul. Długa», «tel. 600» and «12.03» do not break.
bool ends_sentence(const std::u32string& text, std::size_t at) {
    const char32_t c = text[at];
    if (c == '\n') return true;
    if (c != '.' && c != '!' && c != '?' && c != U'…') return false;
    std::size_t next = at + 1;
    if (next == text.size()) return true;
    if (!is_space(text[next])) return false;
    while (next < text.size() && is_space(text[next])) ++next;
    if (c != '.') return true;
    const bool short_word = at >= 2 && (is_space(text[at - 2]) || (at >= 3 && is_space(text[at - 3])));
    if (next == text.size()) return true;
    const auto follows = static_cast<UChar32>(text[next]);
    return !u_islower(follows) && !u_isdigit(follows) && !short_word;
}

/// Lower is stronger.
int rank(std::string_view signal) {
    static constexpr std::string_view order[] = {"hazard", "repeat_contact", "broken_promise", "not_solved", "threat", "complaint"};
    for (int i = 0; i < 6; ++i)
        if (signal.rfind(order[i], 0) == 0) return i;
    return 6;
}

std::string to_line(std::u32string_view points) {
    std::string line;
    bool gap = false;
    for (const char32_t c : points) {
        if (is_space(c)) {
            gap = !line.empty();
            continue;
        }
        if (gap) line += ' ';
        gap = false;
        icu::UnicodeString(static_cast<UChar32>(c)).toUTF8String(line);
    }
    return line;
}

} // namespace

std::string key_sentence(std::string_view text, const std::vector<WordSpan>& spans, std::size_t most) {
    const auto points = to_code_points(text::valid_utf8(text));
    const auto size = points.size();
    std::size_t from = 0, to = 0;
    const auto best = std::min_element(spans.begin(), spans.end(), [](const auto& a, const auto& b) {
        return std::pair(rank(a.signal), a.start) < std::pair(rank(b.signal), b.start);
    });
    // A text that was edited since may be shorter than its spans say.
    if (best != spans.end() && best->start >= 0 && static_cast<std::size_t>(best->start) < size) {
        from = static_cast<std::size_t>(best->start);
        to = std::clamp<std::size_t>(static_cast<std::size_t>(std::max(best->end, 0)), from, size);
    } else {
        while (from < size && is_space(points[from])) ++from;
        to = from;
    }
    std::size_t begin = from, end = to > from ? to - 1 : to;
    while (begin > 0 && !ends_sentence(points, begin - 1)) --begin;
    while (end < size && !ends_sentence(points, end)) ++end;
    end = std::min(end + 1, size);
    if (end - begin <= most) return to_line(std::u32string_view(points).substr(begin, end - begin));

    // The words that matter stand in the first third of what is shown.
    const auto lead = std::min(from - begin, most / 3);
    auto first = from - lead;
    while (first > begin && first < from && !is_space(points[first - 1])) ++first;
    auto last = std::min(first + most - 2, end);
    for (auto cut = last; cut > first + most / 2 && last < end; --cut)
        if (is_space(points[cut])) {
            last = cut;
            break;
        }
    return (first > begin ? "…" : "") + to_line(std::u32string_view(points).substr(first, last - first)) +
           (last < end ? "…" : "");
}

std::string initials(std::string_view name) {
    std::string out;
    bool start = true;
    int count = 0;
    for (const char32_t c : to_code_points(text::valid_utf8(name))) {
        const auto point = static_cast<UChar32>(c);
        if (start && u_isalpha(point) && count < 3) {
            icu::UnicodeString(u_toupper(point)).toUTF8String(out);
            out += '.';
            ++count;
        }
        start = is_space(c) || c == '-';
    }
    return out;
}

} // namespace larum::dispatch
