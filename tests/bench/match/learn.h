#pragma once

#include "bench/match/world.h"
#include "daemon/match/sign.h"

#include <vector>

namespace larum::bench {

/// Posts of one brand, and how much each counts.
struct Lesson {
    std::vector<const Told*> posts;
    double weight = 1;
};

/// Weights under which what is true of the posts is likeliest: a logistic choice among all ways in which all candidates
/// may have come to write, and nobody. Kept near `from`, so that a sign that hardly occurs keeps what it was given.
match::Weights learn_weights(const std::vector<Lesson>& lessons, const match::Weights& from, double strength);

/// The text of weights.cpp.
void print_weights(const match::Weights& weights);

} // namespace larum::bench
