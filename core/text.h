#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

/// Text as typed by people, made comparable. All of it is UTF-8.
namespace larum::text {

/// `bytes` with U+0000 and every invalid sequence replaced by U+FFFD.
std::string valid_utf8(std::string_view bytes);
bool is_valid_utf8(std::string_view bytes);

/// Lower case, compatibility-normalized, without diacritics («Łódź» → «lodz»), Cyrillic transliterated,
/// decoration and emoji dropped, white space folded to single spaces.
std::string fold(std::string_view text);

/// Like `fold`, but letters keep their place: `origin[i]` is the code point offset in `text` of folded byte i.
struct Folded {
    std::string text;
    std::vector<std::uint32_t> origin;
};
Folded fold_with_origin(std::string_view text);

/// Runs of letters and digits of a folded text.
std::vector<std::string_view> folded_words(std::string_view folded);

std::size_t code_points(std::string_view text);

/// Code points `start`..`end` (end exclusive) of `text`.
std::string slice(std::string_view text, int start, int end);

/// At most `most` code points, cut at a word where possible, with «…» when cut. Never splits a sequence.
std::string shorten(std::string_view text, std::size_t most);

std::string trim(std::string_view text);

} // namespace larum::text
