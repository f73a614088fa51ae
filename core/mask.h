#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

/// Finds in a text what could name somebody: numbers, addresses, handles, names. Used wherever words leave for a third
/// party and wherever something is learned from them. A guess by rules, made to cut rather too much.
namespace larum {

enum class Private {
    no,
    address,   ///< e-mail address, link, handle
    number,    ///< three digits or more, a house number
    name,      ///< a name that was given, a common first name, what follows a title
    maybe_name ///< a capitalised word inside a sentence: nothing else speaks for a name
};

/// A run of letters, digits and signs between blanks.
struct TextPart {
    std::string_view written;
    std::string folded;       ///< its letters and digits
    std::uint32_t start = 0;  ///< code points
    std::uint32_t end = 0;
    Private why = Private::no;
};

/// The parts of `text`, in order. `names` are cut in any case ending; `keep` are words that are nobody's name: the
/// brand's own.
std::vector<TextPart> private_parts(std::string_view text, const std::vector<std::string>& names,
                                    const std::vector<std::string>& keep);

/// `sentence` with everything private cut, however little speaks for it, a mark in its place. One line.
std::string mask(std::string_view sentence, const std::vector<std::string>& names, const std::vector<std::string>& keep);

} // namespace larum
