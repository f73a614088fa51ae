#include "daemon/review/story.h"

#include "core/id.h"
#include "core/text.h"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>

namespace larum::review {

using nlohmann::json;

namespace {

std::string text_of(const json& object, const char* name) {
    const auto found = object.find(name);
    return found != object.end() && found->is_string() ? found->get<std::string>() : std::string{};
}

json field(const json& object, const char* name) {
    if (!object.is_object()) return nullptr;
    const auto found = object.find(name);
    return found == object.end() ? json(nullptr) : *found;
}

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
    return all;
}

/// Evidence compares the post with the record; a name in the record would give away who it is.
json masked_evidence(const json& evidence) {
    json masked = json::array();
    if (!evidence.is_array()) return masked;
    for (auto one : evidence) {
        if (one.is_object() && text_of(one, "field").find("name") != std::string::npos)
            one["record"] = initials(text_of(one, "record"));
        masked.push_back(std::move(one));
    }
    return masked;
}

json find_customer(const json& customers, const std::string& id) {
    for (const auto& one : customers)
        if (text_of(one, "id") == id) return one;
    return nullptr;
}

} // namespace

bool is_certain(const json& probability, bool confirmed, const config::Brand& brand) {
    return confirmed || (probability.is_number() && probability.get<double>() >= brand.link_min);
}

std::string initials(const std::string& name) {
    std::string all;
    bool begins = true;
    for (std::size_t i = 0; i < name.size(); ++i) {
        const auto byte = static_cast<unsigned char>(name[i]);
        if ((byte & 0xC0) == 0x80) continue;
        if (byte == ' ' || byte == '-') {
            begins = true;
            continue;
        }
        if (!begins) continue;
        const std::size_t size = byte < 0x80 ? 1 : byte < 0xE0 ? 2 : byte < 0xF0 ? 3 : 4;
        all += (all.empty() ? "" : " ") + name.substr(i, size) + ".";
        begins = false;
    }
    return all;
}

json shown_reasons(json reasons, bool certain) {
    // The sentence of this one names the case.
    if (reasons.is_array() && !certain)
        for (auto& one : reasons)
            if (text_of(one, "code") == "unsolved_case") one["text"] = "";
    return reasons;
}

json queue_item(json row, const config::Brand& brand) {
    const bool confirmed = field(row, "confirmed") == true;
    const bool certain = is_certain(field(row, "probability"), confirmed, brand);
    json customer = nullptr;
    if (field(row, "customer").is_string()) {
        customer = {{"certain", certain}};
        if (certain) customer.update({{"name", row["customer_name"]}, {"tier", row["customer_tier"]}});
    }
    row["customer"] = customer;
    row["topic"] = field(field(row, "verdict"), "topic");
    row["stated_contacts"] = field(field(row, "verdict"), "stated_contacts");
    row["reasons"] = shown_reasons(row["reasons"], certain);
    if (!certain) {
        row["story"] = nullptr;
        row["case_ref"] = nullptr;
        row["promised_at"] = nullptr;
    } else if (row["story"].is_object()) {
        row["story"].erase("candidates");
    }
    for (const auto* hidden : {"customer_name", "customer_tier", "probability", "confirmed", "verdict"}) row.erase(hidden);
    return row;
}

std::vector<std::int64_t> named_customers(const json& raw) {
    std::vector<std::int64_t> ids;
    for (const auto& [id, candidate] : candidates_by_customer(raw)) ids.push_back(id_from_text(id));
    if (const auto id = text_of(latest(raw), "customer"); !id.empty()) ids.push_back(id_from_text(id));
    return ids;
}

json who(const json& raw, const json& customers, const config::Brand& brand) {
    auto all = candidates_by_customer(raw);
    if (const auto best = text_of(latest(raw), "customer"); !best.empty() && all.count(best) == 0)
        all[best] = {{"probability", number_of(latest(raw), "probability")}, {"evidence", json::array()}, {"state", "suggested"}};

    json shown = json::array();
    json certain = nullptr;
    for (auto& [id, one] : all) {
        const auto customer = find_customer(customers, id);
        if (!customer.is_object()) continue; // erased since
        const bool confirmed = one["state"] == "confirmed";
        const bool known = one["state"] != "rejected" && is_certain(one["probability"], confirmed, brand);
        one["id"] = id;
        one["ref"] = customer["ref"];
        one["initials"] = initials(text_of(customer, "name"));
        one["certain"] = known;
        if (known) one["name"] = customer["name"];
        one["evidence"] = known ? field(one, "evidence") : masked_evidence(field(one, "evidence"));
        if (known && (certain.is_null() || confirmed)) {
            certain = customer;
            certain["linked"] = field(one, "linked");
        }
        one.erase("linked");
        shown.push_back(one);
    }
    std::sort(shown.begin(), shown.end(), [](const json& a, const json& b) {
        const auto rank = [](const json& one) {
            return one["state"] == "confirmed" ? 2.0 : one["state"] == "rejected" ? -1.0 : number_of(one, "probability");
        };
        return rank(a) > rank(b);
    });
    return {{"customer", certain}, {"candidates", shown}, {"nobody", field(field(latest(raw), "story"), "nobody")}};
}

} // namespace larum::review
