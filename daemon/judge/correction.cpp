#include "daemon/judge/correction.h"

namespace larum {

namespace {

/// People err too, but seldom.
constexpr double surely = 0.99;

void overrule(double& probability, std::optional<bool> said) {
    if (said) probability = *said ? surely : 1 - surely;
}

} // namespace

void correct(Verdict& verdict, const Correction& correction) {
    overrule(verdict.complaint, correction.complaint);
    overrule(verdict.repeat_contact, correction.repeat_contact);
    overrule(verdict.broken_promise, correction.broken_promise);
    overrule(verdict.not_solved, correction.not_solved);
    if (correction.topic) verdict.topic = *correction.topic, verdict.topic_scores = {};
}

} // namespace larum
