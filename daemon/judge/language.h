#pragma once

#include "daemon/judge/plain.h"

#include <string_view>

namespace larum::judging {

/// The language of a post: «pl», «en», «de», «uk», or «und» when it is another or cannot be told. A platform's hint
/// decides only where the words leave it open.
std::string_view language_of(std::string_view text, std::string_view hint);

} // namespace larum::judging
