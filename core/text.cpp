#include "core/text.h"

#include "core/error.h"

#include <unicode/normalizer2.h>
#include <unicode/translit.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>
#include <unicode/utf8.h>

#include <memory>

namespace larum::text {

namespace {

const icu::Normalizer2& compatibility_fold() {
    UErrorCode status = U_ZERO_ERROR;
    static const auto* normalizer = icu::Normalizer2::getNFKCCasefoldInstance(status);
    if (!normalizer) throw Error(Error::Kind::bug, "ICU has no NFKC case folding");
    return *normalizer;
}

const icu::Normalizer2& decompose() {
    UErrorCode status = U_ZERO_ERROR;
    static const auto* normalizer = icu::Normalizer2::getNFDInstance(status);
    if (!normalizer) throw Error(Error::Kind::bug, "ICU has no NFD");
    return *normalizer;
}

/// Transliterators are not safe to share between threads, and dear to make.
const icu::Transliterator& to_latin() {
    thread_local const auto made = [] {
        UErrorCode status = U_ZERO_ERROR;
        return std::unique_ptr<icu::Transliterator>(
            icu::Transliterator::createInstance("Any-Latin; Latin-ASCII; Lower", UTRANS_FORWARD, status));
    }();
    if (!made) throw Error(Error::Kind::bug, "ICU has no Any-Latin transliteration");
    return *made;
}

/// Letters that no decomposition reduces to ASCII; empty when the transliterator is needed.
std::string_view plain_latin(UChar32 c) {
    switch (c) {
    case 0x142: return "l";
    case 0xf8: return "o";
    case 0x111: case 0xf0: return "d";
    case 0xe6: return "ae";
    case 0x153: return "oe";
    case 0xfe: return "th";
    case 0x131: return "i";
    default: return {};
    }
}

bool is_space(UChar32 c) { return u_isUWhiteSpace(c) || c == 0x200b || c == 0xfeff; }

/// Whether a character is kept at all: letters, digits and the punctuation that people type.
bool is_decoration(UChar32 c) {
    const auto type = u_charType(c);
    return type == U_OTHER_SYMBOL || type == U_MODIFIER_SYMBOL || type == U_FORMAT_CHAR || type == U_SURROGATE ||
           type == U_PRIVATE_USE_CHAR || type == U_UNASSIGNED || type == U_NON_SPACING_MARK ||
           type == U_ENCLOSING_MARK || (type == U_CONTROL_CHAR && !is_space(c));
}

/// Appends the folded form of one code point.
void append_folded(UChar32 c, std::string& out) {
    if (c < 0x80) {
        out += static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c);
        return;
    }
    icu::UnicodeString one(c), folded, parts;
    UErrorCode status = U_ZERO_ERROR;
    compatibility_fold().normalize(one, folded, status);
    decompose().normalize(folded, parts, status);
    for (std::int32_t i = 0; i < parts.length();) {
        const UChar32 part = parts.char32At(i);
        i += U16_LENGTH(part);
        if (part < 0x80) {
            out += static_cast<char>(part);
        } else if (const auto latin = plain_latin(part); !latin.empty()) {
            out += latin;
        } else if (u_isalpha(part)) {
            icu::UnicodeString letter(part);
            to_latin().transliterate(letter);
            letter.findAndReplace("'", ""); // the soft sign, which people leave out
            letter.toUTF8String(out);
        } else if (u_isdigit(part)) {
            out += static_cast<char>('0' + u_charDigitValue(part));
        } else if (part >= 0x2010 && part <= 0x2015) {
            out += '-';
        } else if (part == 0x2018 || part == 0x2019) {
            out += '\'';
        } else if (part == 0x201c || part == 0x201d || part == 0x201e || part == 0xab || part == 0xbb) {
            out += '"';
        } else if (!is_decoration(part)) {
            char bytes[4];
            int size = 0;
            U8_APPEND_UNSAFE(bytes, size, part);
            out.append(bytes, size);
        }
    }
}

/// The common Polish letters, so that folding ordinary text never enters ICU.
char polish(UChar32 c) {
    switch (c) {
    case 0x104: case 0x105: return 'a';
    case 0x106: case 0x107: return 'c';
    case 0x118: case 0x119: return 'e';
    case 0x141: case 0x142: return 'l';
    case 0x143: case 0x144: return 'n';
    case 0xd3: case 0xf3: return 'o';
    case 0x15a: case 0x15b: return 's';
    case 0x179: case 0x17a: case 0x17b: case 0x17c: return 'z';
    default: return 0;
    }
}

} // namespace

std::string valid_utf8(std::string_view bytes) {
    std::string out;
    out.reserve(bytes.size());
    const auto size = static_cast<std::int32_t>(bytes.size());
    for (std::int32_t i = 0; i < size;) {
        const auto start = i;
        UChar32 c;
        U8_NEXT(bytes.data(), i, size, c);
        if (c <= 0)
            out += "\xEF\xBF\xBD";
        else
            out.append(bytes.data() + start, i - start);
    }
    return out;
}

bool is_valid_utf8(std::string_view bytes) {
    const auto size = static_cast<std::int32_t>(bytes.size());
    for (std::int32_t i = 0; i < size;) {
        UChar32 c;
        U8_NEXT(bytes.data(), i, size, c);
        if (c <= 0) return false;
    }
    return true;
}

Folded fold_with_origin(std::string_view text) {
    Folded folded;
    folded.text.reserve(text.size());
    folded.origin.reserve(text.size());
    const auto size = static_cast<std::int32_t>(text.size());
    std::uint32_t position = 0;
    for (std::int32_t i = 0; i < size; ++position) {
        UChar32 c;
        U8_NEXT(text.data(), i, size, c);
        if (c < 0) continue;
        const auto before = folded.text.size();
        if (is_space(c)) {
            if (!folded.text.empty() && folded.text.back() != ' ') folded.text += ' ';
        } else if (const char plain = polish(c)) {
            folded.text += plain;
        } else {
            append_folded(c, folded.text);
        }
        folded.origin.insert(folded.origin.end(), folded.text.size() - before, position);
    }
    while (!folded.text.empty() && folded.text.back() == ' ') {
        folded.text.pop_back();
        folded.origin.pop_back();
    }
    return folded;
}

std::string fold(std::string_view text) { return fold_with_origin(text).text; }

std::vector<std::string_view> folded_words(std::string_view folded) {
    const auto is_word = [](unsigned char c) { return c >= 0x80 || std::isalnum(c); };
    std::vector<std::string_view> words;
    for (std::size_t i = 0; i < folded.size();) {
        while (i < folded.size() && !is_word(folded[i])) ++i;
        const auto start = i;
        while (i < folded.size() && is_word(folded[i])) ++i;
        if (i > start) words.push_back(folded.substr(start, i - start));
    }
    return words;
}

std::size_t code_points(std::string_view text) {
    std::size_t count = 0;
    for (const unsigned char byte : text) count += (byte & 0xC0) != 0x80;
    return count;
}

std::string slice(std::string_view text, int start, int end) {
    std::string out;
    int position = -1;
    for (const char byte : text) {
        if ((static_cast<unsigned char>(byte) & 0xC0) != 0x80) ++position;
        if (position >= end) break;
        if (position >= start) out += byte;
    }
    return out;
}

std::string shorten(std::string_view text, std::size_t most) {
    if (most == 0 || code_points(text) <= most) return most == 0 ? std::string() : std::string(text);
    std::string cut = slice(text, 0, static_cast<int>(most) - 1);
    const auto space = cut.find_last_of(" \n\t");
    if (space != std::string::npos && space > cut.size() / 2) cut.resize(space);
    return cut + "…";
}

std::string trim(std::string_view text) {
    const auto from = text.find_first_not_of(" \t\r\n");
    if (from == std::string_view::npos) return {};
    return std::string(text.substr(from, text.find_last_not_of(" \t\r\n") - from + 1));
}

} // namespace larum::text
