#include "daemon/review/story.h"

#include "daemon/review/fields.h"

#include <nlohmann/json.hpp>

namespace larum::review {

using nlohmann::json;

bool is_certain(const json& probability, bool confirmed, const config::Brand& brand) {
    return confirmed || (probability.is_number() && probability.get<double>() >= brand.link_min);
}

bool is_shown(const json& probability, bool confirmed, const config::Brand& brand) {
    return confirmed || (probability.is_number() && probability.get<double>() >= brand.suggest_min);
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
    if (field(row, "customer").is_string() && is_shown(field(row, "probability"), confirmed, brand)) {
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

} // namespace larum::review
