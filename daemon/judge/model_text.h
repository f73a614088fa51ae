#pragma once

#include <cstddef>
#include <cstdint>
#include <set>
#include <string>
#include <string_view>

/// Model files taken apart and put together as texts.
namespace larum::judging {

/// `base` with the weights of `heads` taken from `other`; every other head keeps its own, to the hundredth.
std::string with_heads(std::string_view base, std::string_view other, const std::set<std::size_t>& heads);

/// The posts that a model learned from, by a short hash of their text: so that they are not used to measure it.
using Fingerprints = std::set<std::uint32_t>;
std::uint32_t fingerprint(std::string_view text);
Fingerprints fingerprints_in(std::string_view model);
std::string with_fingerprints(std::string model, const Fingerprints& posts);

} // namespace larum::judging
