#pragma once

#include "core/model.h"

#include <string>
#include <string_view>
#include <vector>

/// Puts into words what match and judge found, for people: the page, `larum match --explain`, `larum explain`.
/// Pure, and the only place that says what a piece of evidence means.
namespace larum::explain {

/// One piece of evidence on the way from «just any customer» to the probability.
struct Step {
    Evidence evidence;
    std::string_view says;  ///< one of `sayings()`: «name.rare», «city.against»
    double sum = 0;         ///< bits against nobody once this is known
    double probability = 0; ///< the same as a probability, other customers left aside
};

/// A candidate's evidence as a walk. It begins where any customer of the brand stands before anything is looked at
/// and ends at the candidate's odds against «nobody we know»; what other candidates take is the difference between
/// the last step's probability and `probability`.
struct Waterfall {
    double start = 0; ///< bits
    std::vector<Step> steps;
    double sum = 0;         ///< bits after the last step
    double probability = 0; ///< among all candidates and nobody
};

/// `nobody`: the probability of «nobody we know». Where match says how it began (a piece named «prior»), the walk
/// begins there, and what a rule took off at the end is a step of its own («limit»); else the beginning is what the
/// probabilities and the evidence leave over.
Waterfall waterfall(const Candidate& candidate, double nobody);

/// What a piece of evidence means; «other.for» or «other.against» for a field nobody has put into words yet.
std::string_view says(const Evidence& evidence);

/// A saying in plain English.
std::string_view sentence(std::string_view saying);

/// Every saying there is. The page has words for each in each of its languages.
std::vector<std::string_view> sayings();

/// Bits as a probability: 0 is one half.
double probability_of(double bits);

} // namespace larum::explain
