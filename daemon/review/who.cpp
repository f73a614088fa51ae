#include "daemon/review/who.h"

#include "core/id.h"
#include "daemon/explain/waterfall.h"
#include "daemon/review/fields.h"
#include "daemon/review/story.h"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>

namespace larum::review {

using nlohmann::json;

namespace {

double number_of(const json& object, const char* name) {
    const auto found = field(object, name);
    return found.is_number() ? found.get<double>() : 0;
}

const json& latest(const json& raw) {
    static const json none = json::object();
    const auto found = raw.find("decisions");
    return found != raw.end() && found->is_array() && !found->empty() ? found->front() : none;
}

/// Candidates of the latest decision and identity rows, one per customer; what a person said wins.
std::map<std::string, json> candidates_by_customer(const json& raw) {
    std::map<std::string, json> all;
    for (const auto& one : field(field(latest(raw), "story"), "candidates"))
        if (const auto id = text_of(one, "customer_id"); !id.empty())
            all[id] = {{"probability", number_of(one, "probability")},
                       {"evidence", field(one, "evidence")},
                       {"linked", field(one, "linked")},
                       {"state", "suggested"}};
    for (const auto& row : field(raw, "identities")) {
        auto& one = all[text_of(row, "customer")];
        const auto evidence = field(one, "evidence");
        if (one.is_null()) one["probability"] = number_of(row, "probability");
        if (!evidence.is_array() || evidence.empty()) one["evidence"] = field(row, "evidence");
        one["state"] = text_of(row, "state");
        one["by"] = field(row, "by");
    }
    if (const auto best = text_of(latest(raw), "customer"); !best.empty() && all.count(best) == 0)
        all[best] = {{"probability", number_of(latest(raw), "probability")}, {"evidence", json::array()}, {"state", "suggested"}};
    return all;
}

json find_customer(const json& customers, const std::string& id) {
    for (const auto& one : customers)
        if (text_of(one, "id") == id) return one;
    return nullptr;
}

/// «a…@…», «…42»: enough to recognise what one knows already.
std::string cut_address(const std::string& written) {
    if (written.find('@') != std::string::npos)
        return (static_cast<unsigned char>(written[0]) < 0x80 ? written.substr(0, 1) : "") + "…@…";
    std::string digits;
    std::copy_if(written.begin(), written.end(), std::back_inserter(digits), [](char c) { return c >= '0' && c <= '9'; });
    return digits.empty() ? "" : "…" + digits.substr(digits.size() - std::min<std::size_t>(digits.size(), 2));
}

bool holds_name(const std::string& field) { return field == "name" || field == "name_in_text" || field == "handle"; }

/// What the page may show of the record's side of one comparison.
std::string shown_record(const Evidence& one, bool certain) {
    if (one.field == "prior" || one.field == "case" || one.field == "topic") return one.record; // no one's in particular
    if (!certain) return holds_name(one.field) ? initials(one.record) : std::string();
    if (one.field == "email" || one.field == "phone" || one.record.find('@') != std::string::npos) return cut_address(one.record);
    return one.record;
}

Candidate read_candidate(const json& one) {
    Candidate candidate;
    candidate.probability = number_of(one, "probability");
    const auto evidence = field(one, "evidence");
    if (!evidence.is_array()) return candidate;
    for (const auto& piece : evidence)
        candidate.evidence.push_back({text_of(piece, "field"), text_of(piece, "post"), text_of(piece, "record"), number_of(piece, "weight")});
    return candidate;
}

/// Where the walk began, for people: how many customers there are. Empty when match did not say.
std::string prior_record(const Candidate& candidate) {
    for (const auto& one : candidate.evidence)
        if (one.field == "prior") return one.record;
    return {};
}

void add_walk(json& one, double nobody, bool certain) {
    const auto candidate = read_candidate(one);
    const auto walk = explain::waterfall(candidate, nobody);
    one["start"] = walk.start;
    one["start_record"] = prior_record(candidate);
    one["sum"] = walk.sum;
    one["evidence"] = json::array();
    for (const auto& step : walk.steps)
        one["evidence"].push_back({{"field", step.evidence.field}, {"says", step.says}, {"post", step.evidence.post},
                                   {"record", shown_record(step.evidence, certain)}, {"weight", step.evidence.weight},
                                   {"sum", step.sum}, {"probability", step.probability}});
}

/// What people said first, then by probability; rejected ones last.
double rank(const json& one) {
    return one["state"] == "confirmed" ? 2.0 : one["state"] == "rejected" ? -1.0 : number_of(one, "probability");
}

json shown_candidate(const std::string& id, json one, const json& customer, double nobody, bool certain) {
    one["id"] = id;
    one["ref"] = customer["ref"];
    one["initials"] = initials(text_of(customer, "name"));
    one["certain"] = certain;
    one["band"] = certain ? "link" : "suggest";
    if (certain) one["name"] = customer["name"];
    add_walk(one, nobody, certain);
    one.erase("linked");
    return one;
}

} // namespace

std::vector<std::int64_t> named_customers(const json& raw) {
    std::vector<std::int64_t> ids;
    for (const auto& [id, candidate] : candidates_by_customer(raw)) ids.push_back(id_from_text(id));
    return ids;
}

json who(const json& raw, const json& customers, const config::Brand& brand) {
    const auto nobody = field(field(latest(raw), "story"), "nobody");
    json shown = json::array(), certain = nullptr;
    int hidden = 0;
    double hidden_share = 0;
    for (const auto& [id, one] : candidates_by_customer(raw)) {
        const auto customer = find_customer(customers, id);
        if (!customer.is_object()) continue; // erased since
        const auto state = text_of(one, "state");
        const bool confirmed = state == "confirmed", rejected = state == "rejected";
        if (!rejected && !is_shown(one["probability"], confirmed, brand)) {
            ++hidden;
            hidden_share += number_of(one, "probability");
            continue;
        }
        const bool known = !rejected && is_certain(one["probability"], confirmed, brand);
        if (known && (certain.is_null() || confirmed)) {
            certain = customer;
            certain["linked"] = field(one, "linked");
        }
        shown.push_back(shown_candidate(id, one, customer, nobody.is_number() ? nobody.get<double>() : 0, known));
    }
    std::sort(shown.begin(), shown.end(), [](const json& a, const json& b) { return rank(a) > rank(b); });
    return {{"customer", certain},
            {"candidates", shown},
            {"nobody", nobody},
            {"hidden", {{"count", hidden}, {"probability", hidden_share}}},
            {"bands", {{"link", brand.link_min}, {"suggest", brand.suggest_min}}}};
}

} // namespace larum::review
