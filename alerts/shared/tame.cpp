#include "alerts/shared/tame.h"

#include "core/text.h"

#include <unicode/uchar.h>
#include <unicode/utf8.h>

namespace larum::alerts {

namespace {

constexpr UChar32 word_joiner = 0x2060;
constexpr UChar32 emoji_joiner = 0x200D;
constexpr int accents_most = 3;

void append(std::string& out, UChar32 c) {
    char bytes[U8_MAX_LENGTH];
    int32_t size = 0;
    U8_APPEND_UNSAFE(bytes, size, c);
    out.append(bytes, size);
}

bool is_space(UChar32 c) { return c == '\n' || c == '\r' || c == '\t' || u_isUWhiteSpace(c); }

/// Controls, format characters (overrides, zero-widths, tags), private use and what is no character.
bool is_unseen(UChar32 c) {
    const auto type = u_charType(c);
    return type == U_CONTROL_CHAR || type == U_FORMAT_CHAR || type == U_PRIVATE_USE_CHAR || type == U_SURROGATE ||
           type == U_UNASSIGNED || c == 0x034F || c == 0x115F || c == 0x1160 || c == 0x3164 || c == 0xFFA0;
}

bool is_accent(UChar32 c) {
    const auto type = u_charType(c);
    return type == U_NON_SPACING_MARK || type == U_ENCLOSING_MARK;
}

bool joins_emoji(UChar32 c) { return u_hasBinaryProperty(c, UCHAR_EXTENDED_PICTOGRAPHIC) || c == 0xFE0F; }

} // namespace

std::string tame(std::string_view text, std::size_t most) {
    // A prefix is enough: nothing below makes text longer than it was by more than the joiners.
    const std::string valid = text::valid_utf8(text.substr(0, most * 16));
    std::string out;
    UChar32 before = ' ';
    int accents = 0;
    for (int32_t at = 0, size = static_cast<int32_t>(valid.size()); at < size;) {
        UChar32 c = 0;
        U8_NEXT(valid.data(), at, size, c);
        if (c == emoji_joiner && joins_emoji(before)) {
            append(out, c);
            continue;
        }
        if (is_space(c)) {
            if (before != ' ') out += ' ';
            before = ' ';
            continue;
        }
        if (is_unseen(c)) continue;
        accents = is_accent(c) ? accents + 1 : 0;
        if (accents > accents_most) continue;
        append(out, c);
        if (c == '@' || (c == '/' && before == ':')) append(out, word_joiner);
        before = c;
    }
    return text::shorten(text::trim(out), most);
}

} // namespace larum::alerts
