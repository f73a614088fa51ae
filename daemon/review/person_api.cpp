#include "daemon/review/visit.h"
#include "daemon/store/person.h"
#include "daemon/store/review.h"

#include <nlohmann/json.hpp>

/// What a customer may ask for: not to be matched any more, or to be forgotten.
namespace larum::review {

using nlohmann::json;

namespace {

/// The reference by which the brand knows the customer of the path.
std::string reference_of(Visit& visit) {
    if (visit.house.key == nullptr) throw Refusal(404, "not_found", "There is nothing here.");
    const auto found = store::read_customers(visit.transaction, visit.grant->brand, {visit.id("id")});
    if (found.empty()) throw Refusal(404, "not_found", "There is no such customer.");
    return found[0]["ref"].get<std::string>();
}

store::Desk desk(const Visit& visit) { return {visit.grant->brand, *visit.house.key, visit.account.id, visit.now}; }

web::Response report_of(const store::PersonReport& report) {
    json counts = json::object();
    for (const auto& [what, count] : report.counts) counts[what] = count;
    return answer({{"done", counts}});
}

web::Response object(Visit& visit) {
    const auto reference = reference_of(visit);
    return report_of(store::record_objection(visit.transaction, visit.house.ids, desk(visit), reference));
}

/// Nothing brings an erased customer back, so whoever asks for it types the reference.
web::Response erase(Visit& visit) {
    const auto reference = reference_of(visit);
    if (text_field(visit.body(), "confirm", 200) != reference)
        throw Refusal(400, "input", "confirm: expected the customer's reference, exactly as shown.");
    return report_of(store::erase_person(visit.transaction, visit.house.ids, desk(visit), {store::PersonBy::customer, reference}));
}

} // namespace

std::vector<ApiRoute> person_routes() {
    return {
        {"POST", "/api/brands/{brand}/customers/{id}/objection", Need::reviewer, object},
        {"POST", "/api/brands/{brand}/customers/{id}/erasure", Need::admin, erase},
    };
}

} // namespace larum::review
