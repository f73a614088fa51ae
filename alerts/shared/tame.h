#pragma once

#include <string>
#include <string_view>

namespace larum::alerts {

/// Text from outside as one line that can do nothing but be read: controls, direction overrides, invisible
/// characters and piles of accents are gone, line breaks are spaces, mentions («@here») and links are broken by an
/// invisible joiner, and it is at most `most` code points long. Markup is still the channel's to escape.
std::string tame(std::string_view text, std::size_t most = 1000);

} // namespace larum::alerts
