#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// What of a post's words may leave for another model. Pure.
namespace larum::second {

/// At most 2,000 characters of `text` without numbers, addresses, handles and names, a mark in their place. `known`
/// is what is known to name the author or the likeliest customer; `keep` are the brand's own words.
/// Cuts rather too much: the model is asked whether somebody complains, not who.
/// Nothing when anything of `known`, an address or a long number can still be found afterwards, or no words remain.
std::optional<std::string> redact(std::string_view text, const std::vector<std::string>& known, const std::vector<std::string>& keep);

} // namespace larum::second
