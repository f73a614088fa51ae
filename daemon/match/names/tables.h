#pragma once

#include <string_view>

namespace larum::match {

/// A line per formal first name: the name, its gender (f, m or -), its diminutives. Where the words come from
/// stands in NOTICE.
extern const std::string_view polish_names;
extern const std::string_view english_names;

/// A town a line.
extern const std::string_view polish_cities;

} // namespace larum::match
