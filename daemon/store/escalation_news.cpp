#include "daemon/store/alerts.h"
#include "daemon/store/escalations.h"

#include <nlohmann/json.hpp>

namespace larum::store {

config::Mode mode_of(Transaction& transaction, BrandId brand_id, const config::Brand& brand) {
    if (brand.mode) return *brand.mode;
    const auto rows = transaction.run("SELECT mode FROM brand WHERE brand_id = $1", {brand_id});
    return !rows.empty() && rows.at(0, 0).view() == "live" ? config::Mode::live : config::Mode::shadow;
}

void note_news(Transaction& transaction, BrandId brand_id, const std::vector<Id>& post_ids, Time now) {
    if (post_ids.empty()) return;
    transaction.run("UPDATE escalation e SET revision = revision + 1, changed_at = $3 "
                    "WHERE e.brand_id = $1 AND e.escalation_id IN "
                    "(SELECT escalation_id FROM escalation_post WHERE brand_id = $1 AND post_id = ANY($2))",
                    {brand_id, array_of(post_ids), now});
}

bool note_answers(Transaction& transaction, BrandId brand_id, Time now) {
    const auto done = transaction.run(
        "UPDATE escalation e SET answered_at = seen.at, next_at = NULL, revision = revision + 1, changed_at = $2 "
        "FROM (SELECT w.escalation_id, max(r.posted_at) AS at, max(w.last_at) AS last_at "
        "      FROM (SELECT e.escalation_id, p.platform, p.realm, p.native_id, "
        "                   max(p.posted_at) OVER (PARTITION BY e.escalation_id) AS last_at "
        "            FROM escalation e "
        "            JOIN escalation_post ep ON ep.brand_id = e.brand_id AND ep.escalation_id = e.escalation_id "
        "            JOIN post p ON p.brand_id = ep.brand_id AND p.post_id = ep.post_id "
        "            WHERE e.brand_id = $1 AND e.state IN ('open', 'acknowledged') AND e.answered_at IS NULL) w "
        "      JOIN post r ON r.brand_id = $1 AND r.parent_native_id = w.native_id AND r.platform = w.platform "
        "           AND r.realm = w.realm AND r.own AND r.deleted_at IS NULL "
        "      GROUP BY w.escalation_id) seen "
        "WHERE e.brand_id = $1 AND e.escalation_id = seen.escalation_id AND e.answered_at IS NULL "
        "AND seen.at > seen.last_at",
        {brand_id, now});
    return done.affected() > 0;
}

void notice(Transaction& transaction, BrandId brand_id, const config::Brand& brand, const std::string& code,
            const nlohmann::json& body, const std::string& once, IdMaker& ids, Time now) {
    const auto to = service_addresses(brand.playbook);
    if (to.empty()) return;
    auto whole = body.is_object() ? body : nlohmann::json::object();
    whole["code"] = code;
    insert_standalone(transaction, brand_id, {{"notice", to.front(), whole.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace),
                                               once.empty() ? "" : code + ':' + once, now}},
                      ids, now);
}

} // namespace larum::store
