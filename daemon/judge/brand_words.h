#pragma once

#include "config/config.h"

#include <array>
#include <string>
#include <vector>

namespace larum {

/// How people name the brand that is judged, and whom they may mean instead. Folded (core/text.h), so that
/// case, diacritics and decoration do not matter. And the days on which it works, for «within three working days».
struct BrandWords {
    std::vector<std::string> own;         ///< names, handles without platform and @, tags without #
    std::vector<std::string> competitors; ///< complaints about these are none about the brand
    std::array<bool, 7> works = {true, true, true, true, true, false, false}; ///< Monday to Sunday

    bool empty() const { return own.empty() && competitors.empty(); }
};

/// The words of a configured brand: its name, names, handles, tags, competitors.
BrandWords brand_words(const config::Brand& brand);

/// Only a name is known, as in a labelled file.
BrandWords brand_words(const std::string& name);

} // namespace larum
