#include "daemon/review/visit.h"
#include "daemon/store/acts.h"

#include <nlohmann/json.hpp>

/// Acting on an escalation, an identity, a verdict.
namespace larum::review {

using nlohmann::json;

namespace {

constexpr std::size_t note_bytes_max = 2000;

store::Actor actor(const Visit& visit) { return {visit.grant->brand, visit.account.id, visit.now}; }

web::Response done() { return answer({{"done", true}}); }

store::Standing lock(Visit& visit) {
    auto standing = store::lock_escalation(visit.transaction, visit.grant->brand, visit.id("id"));
    if (!standing) throw Refusal(404, "not_found", "There is no such escalation.");
    return *standing;
}

/// For acts that need it not yet ended.
store::Standing lock_live(Visit& visit) {
    auto standing = lock(visit);
    if (standing.state == store::EscalationState::settled || standing.state == store::EscalationState::dismissed)
        throw Refusal(409, "ended", "Somebody has ended this escalation already.");
    return standing;
}

/// For acts that leave it live: two live ones of one subject there cannot be.
store::Standing lock_workable(Visit& visit) {
    auto standing = lock_live(visit);
    if (standing.followed) throw Refusal(409, "followed", "A newer escalation of the same matter is open; act there.");
    return standing;
}

web::Response acknowledge(Visit& visit) {
    const auto standing = lock_workable(visit);
    const bool others = standing.state == store::EscalationState::acknowledged &&
                        standing.acknowledged_by != visit.account.name;
    if (others && visit.body().value("take_over", false) != true)
        throw Refusal(409, "taken", standing.acknowledged_by + " has it already.");
    store::acknowledge(visit.transaction, visit.house.ids, actor(visit), visit.id("id"));
    return done();
}

web::Response release(Visit& visit) {
    lock_workable(visit);
    store::release(visit.transaction, visit.house.ids, actor(visit), visit.id("id"));
    return done();
}

web::Response assign(Visit& visit) {
    lock_workable(visit);
    const auto to = id_from_text(text_field(visit.body(), "account", 20));
    if (!store::assign(visit.transaction, visit.house.ids, actor(visit), visit.id("id"), to))
        throw Refusal(400, "input", "account: nobody of that id may act for this brand.");
    return done();
}

web::Response settle(Visit& visit) {
    lock_live(visit);
    const auto body = visit.body();
    const auto outcome = word_field(body, "outcome", {"solved", "compensated", "explained", "handed_over", "unreachable", "other"});
    store::settle(visit.transaction, visit.house.ids, actor(visit), visit.id("id"), outcome,
                  optional_text_field(body, "note", note_bytes_max));
    return done();
}

web::Response dismiss(Visit& visit) {
    lock_live(visit);
    const auto body = visit.body();
    const auto reason = word_field(body, "reason", {"not_complaint", "wrong_person", "duplicate", "not_ours", "spam", "other"});
    store::dismiss(visit.transaction, visit.house.ids, actor(visit), visit.id("id"), reason,
                   optional_text_field(body, "note", note_bytes_max));
    return done();
}

/// «suggested» takes back what was said before.
web::Response settle_identity(Visit& visit) {
    const auto body = visit.body();
    const auto state = *from_word<IdentityState>(word_field(body, "state", {"confirmed", "rejected", "suggested"}));
    const auto customer = id_from_text(text_field(body, "customer", 20));
    if (state == IdentityState::suggested) {
        if (!store::withdraw_identity(visit.transaction, visit.house.ids, actor(visit), visit.id("id"), customer))
            throw Refusal(404, "not_found", "There is no such post, or nobody said anything of this customer.");
        return done();
    }
    if (!store::settle_identity(visit.transaction, visit.house.ids, actor(visit), visit.id("id"), customer, state))
        throw Refusal(404, "not_found", "There is no such post, or no such customer who may be matched.");
    return done();
}

std::optional<bool> yes_or_no(const json& body, const char* name) {
    const auto found = body.find(name);
    if (found == body.end()) return std::nullopt;
    if (!found->is_boolean()) throw Refusal(400, "input", std::string(name) + ": expected true or false.");
    return found->get<bool>();
}

web::Response correct_verdict(Visit& visit) {
    const auto body = visit.body();
    json verdict = json::object();
    for (const auto* signal : {"complaint", "repeat_contact", "broken_promise", "not_solved"})
        if (const auto value = yes_or_no(body, signal)) verdict[signal] = *value;
    if (body.contains("topic")) {
        const auto topic = text_field(body, "topic", 32);
        if (!from_word<Topic>(topic)) throw Refusal(400, "input", "topic: expected one of " + all_words<Topic>() + ".");
        verdict["topic"] = topic;
    }
    if (verdict.empty()) throw Refusal(400, "input", "Nothing is corrected: name complaint, repeat_contact, broken_promise, not_solved or topic.");
    if (!store::correct_verdict(visit.transaction, visit.house.ids, actor(visit), visit.id("id"), verdict))
        throw Refusal(404, "not_found", "There is no such post.");
    return done();
}

} // namespace

std::vector<ApiRoute> act_routes() {
    return {
        {"POST", "/api/brands/{brand}/escalations/{id}/acknowledge", Need::reviewer, acknowledge},
        {"POST", "/api/brands/{brand}/escalations/{id}/release", Need::reviewer, release},
        {"POST", "/api/brands/{brand}/escalations/{id}/assign", Need::reviewer, assign},
        {"POST", "/api/brands/{brand}/escalations/{id}/settle", Need::reviewer, settle},
        {"POST", "/api/brands/{brand}/escalations/{id}/dismiss", Need::reviewer, dismiss},
        {"POST", "/api/brands/{brand}/posts/{id}/identity", Need::reviewer, settle_identity},
        {"POST", "/api/brands/{brand}/posts/{id}/verdict", Need::reviewer, correct_verdict},
    };
}

} // namespace larum::review
