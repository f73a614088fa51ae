#include "daemon/review/story.h"
#include "daemon/review/visit.h"
#include "daemon/review/who.h"
#include "daemon/store/acts.h"
#include "daemon/store/review.h"

#include <nlohmann/json.hpp>

/// Reading: the queue, and one post with everything that hangs on it.
namespace larum::review {

using nlohmann::json;

namespace {

std::vector<BrandId> wanted_brands(const Visit& visit) {
    const auto name = visit.request.query("brand");
    if (name.empty()) return visit.brands();
    for (const auto& one : visit.account.brands)
        if (one.name == name) return {one.brand};
    throw Refusal(404, "not_found", "There is no such brand for you.");
}

web::Response show_queue(Visit& visit) {
    const auto name = visit.request.query("view");
    const auto view = name.empty() ? store::QueueView::open : from_word<store::QueueView>(name);
    if (!view) throw Refusal(400, "input", "view: expected one of " + all_words<store::QueueView>() + ".");
    json items = json::array();
    for (auto& row : store::read_queue(visit.transaction, wanted_brands(visit), *view, visit.now)) {
        const auto brand = visit.brand_settings(row["brand"].get<std::string>());
        items.push_back(queue_item(std::move(row), brand));
    }
    return answer({{"view", word(*view)}, {"items", items}, {"most", store::queue_most}, {"now", format_time(visit.now)}});
}

Id certain_customer(const json& identity) {
    return identity["customer"].is_object() ? id_from_text(identity["customer"]["id"].get<std::string>()) : 0;
}

/// The certain customer's records: theirs and those that are known to be the same person's.
std::vector<std::int64_t> records_of(const json& identity) {
    std::vector<std::int64_t> records;
    if (!identity["customer"].is_object()) return records;
    records.push_back(certain_customer(identity));
    if (identity["customer"]["linked"].is_array())
        for (const auto& one : identity["customer"]["linked"]) records.push_back(id_from_text(one.get<std::string>()));
    return records;
}

/// What the story of the latest decision says beside its candidates.
json told(const json& raw) {
    if (!raw["decisions"].is_array() || raw["decisions"].empty()) return nullptr;
    auto story = raw["decisions"][0]["story"];
    if (story.is_object()) story.erase("candidates");
    return story;
}

web::Response show_post(Visit& visit) {
    auto& tx = visit.transaction;
    const auto brand = visit.grant->brand;
    const auto post = visit.id("id");
    const auto settings = visit.brand_settings();
    auto raw = store::read_post(tx, brand, post);
    if (!raw.is_object()) throw Refusal(404, "not_found", "There is no such post.");

    const auto identity = who(raw, store::read_customers(tx, brand, named_customers(raw)), settings);
    const auto customer = certain_customer(identity);
    json detail = {{"brand", visit.grant->name},
                   {"role", word(visit.grant->role)},
                   {"post", raw["post"]},
                   {"identity", identity},
                   {"case", customer != 0 ? raw["case"] : json(nullptr)},
                   {"story", customer != 0 ? told(raw) : json(nullptr)},
                   {"timeline", store::read_timeline(tx, brand, records_of(identity), raw["author_key"].get<std::string>(), visit.now)},
                   {"escalations", store::read_escalations(tx, brand, post)},
                   {"replies", store::read_replies(tx, brand, post)},
                   {"labels", store::read_labels(tx, brand, post)},
                   {"now", format_time(visit.now)}};
    for (auto& decision : raw["decisions"]) decision["reasons"] = shown_reasons(decision["reasons"], customer != 0);
    for (auto& decision : raw["decisions"])
        for (const auto* hidden : {"story", "customer", "probability", "case", "case_probability"}) decision.erase(hidden);
    detail["decisions"] = raw["decisions"];

    // Looking at a customer's story, or at who may have one, leaves a trace.
    if (!identity["candidates"].empty())
        store::audit(tx, visit.house.ids, {brand, visit.account.id, visit.now}, "viewed",
                     "post:" + to_text(post) + (customer != 0 ? " customer:" + to_text(customer) : ""));
    return answer(detail);
}

} // namespace

std::vector<ApiRoute> queue_routes() {
    return {
        {"GET", "/api/queue", Need::account, show_queue},
        {"GET", "/api/brands/{brand}/posts/{id}", Need::viewer, show_post},
    };
}

} // namespace larum::review
