#pragma once

#include <string>
#include <string_view>

namespace larum::connectors {

/// HTML as a person reads it: tags gone, blocks and <br> as line ends, entities resolved, scripts and styles left
/// out, white space folded. Broken markup is read as browsers would. What holds neither tag nor entity stays as it is.
std::string html_to_text(std::string_view html);

} // namespace larum::connectors
