#include "daemon/triage/assessment_json.h"

#include "core/post_json.h"

#include <nlohmann/json.hpp>

namespace larum::triage {

namespace {

using nlohmann::json;

double rounded(double p) { return static_cast<double>(static_cast<long>(p * 1000 + 0.5)) / 1000; }

json evidence_json(const Candidate& candidate) {
    json list = json::array();
    for (const auto& one : candidate.evidence) list.push_back(to_json(one));
    return list;
}

json candidate_json(const Candidate& candidate) {
    return {{"ref", candidate.ref}, {"probability", rounded(candidate.probability)}, {"evidence", evidence_json(candidate)}};
}

} // namespace

json decision_json(const std::string& id, const Assessment& assessment) {
    const Decision& decision = assessment.decision;
    json line = to_json(assessment.verdict);
    line["id"] = id;
    line["urgency"] = word(decision.urgency);
    line["reasons"] = json::array();
    for (const auto& one : decision.reasons) line["reasons"].push_back({{"code", one.code}, {"text", one.text}});
    line["customer"] = decision.customer ? candidate_json(*decision.customer) : json();
    line["case"] = decision.matter ? json{{"ref", decision.case_ref}, {"probability", rounded(decision.case_probability)}} : json();
    line["recorded_contacts"] = decision.recorded_contacts;
    line["recorded_attempts"] = decision.recorded_attempts;
    line["recorded_channels"] = json::array();
    for (const auto channel : decision.recorded_channels) line["recorded_channels"].push_back(word(channel));
    line["rule"] = decision.rule;
    return line;
}

json candidates_json(const std::string& id, const MatchResult& match) {
    json line = {{"id", id}, {"candidates", json::array()}, {"nobody", rounded(match.nobody)}};
    for (const auto& one : match.candidates) line["candidates"].push_back(candidate_json(one));
    return line;
}

} // namespace larum::triage
