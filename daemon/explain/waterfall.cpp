#include "daemon/explain/waterfall.h"

#include <algorithm>
#include <cmath>

namespace larum::explain {

namespace {

/// What is kept of a probability is rounded to thousandths: below half of one it is just small.
constexpr double least = 0.0005;
/// Nobody begins lower than one of a million customers.
constexpr double lowest_start = -20;
/// Less than this is rounding, not a step.
constexpr double worth_a_step = 0.5;

double odds(double probability, double nobody) { return std::log2(std::max(probability, least) / std::max(nobody, least)); }

void walk(Waterfall& made, Evidence evidence) {
    made.sum += evidence.weight;
    const auto what = says(evidence);
    made.steps.push_back({std::move(evidence), what, made.sum, probability_of(made.sum)});
}

} // namespace

double probability_of(double bits) { return 1 / (1 + std::exp2(-bits)); }

Waterfall waterfall(const Candidate& candidate, double nobody) {
    Waterfall made;
    made.probability = candidate.probability;
    const double end = odds(candidate.probability, nobody);
    const auto& list = candidate.evidence;
    const auto prior = std::find_if(list.begin(), list.end(), [](const Evidence& one) { return one.field == "prior"; });
    if (prior != list.end()) {
        made.start = prior->weight;
    } else {
        double sum = 0;
        for (const auto& one : list) sum += one.weight;
        made.start = std::max(end - sum, lowest_start);
    }
    made.sum = made.start;
    for (const auto& one : list)
        if (one.field != "prior") walk(made, one);
    // Beyond what thousandths can tell, the end says nothing of the way.
    const bool told = nobody > least && candidate.probability > least;
    if (prior != list.end() && told && made.sum - end > worth_a_step) walk(made, {"limit", "", "", end - made.sum});
    return made;
}

} // namespace larum::explain
