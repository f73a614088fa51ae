#pragma once

#include <cstddef>
#include <span>
#include <string_view>

namespace larum::judging {

/// What a phrase is known to mean before any example is seen. Weights are drawn towards these instead of towards
/// nothing, so that few examples need not teach that «no answer» is no praise.
struct Expectation {
    std::string_view feature;
    std::size_t head;
    double weight; ///< log-odds
};

std::span<const Expectation> expectations();

} // namespace larum::judging
