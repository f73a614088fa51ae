#include "daemon/store/alerts.h"
#include "daemon/store/escalations.h"

#include <nlohmann/json.hpp>

namespace larum::store {

namespace {
constexpr int newest_replies = 2000; ///< older ones were seen long ago
} // namespace

config::Mode mode_of(Transaction& transaction, BrandId brand_id, const config::Brand& brand) {
    if (brand.mode) return *brand.mode;
    const auto rows = transaction.run("SELECT mode FROM brand WHERE brand_id = $1", {brand_id});
    return !rows.empty() && rows.at(0, 0).view() == "live" ? config::Mode::live : config::Mode::shadow;
}

void note_news(Transaction& transaction, BrandId brand_id, const std::vector<Id>& post_ids, Time now) {
    if (post_ids.empty()) return;
    transaction.run("WITH raised AS MATERIALIZED (SELECT DISTINCT ep.escalation_id FROM unnest($2::bigint[]) AS q (post_id) "
                    "CROSS JOIN LATERAL (SELECT escalation_id FROM escalation_post "
                    "WHERE brand_id = $1 AND post_id = q.post_id LIMIT 100) ep) "
                    "UPDATE escalation e SET revision = revision + 1, changed_at = $3 FROM raised "
                    "WHERE e.brand_id = $1 AND e.escalation_id = raised.escalation_id",
                    {brand_id, array_of(post_ids), now});
}

bool note_answers(Transaction& transaction, BrandId brand_id, Time now) {
    // Beginning with the brand's own replies, which are few, and going on by single look-ups: from the escalations'
    // side the planner reads every post.
    const auto done = transaction.run(R"(
        WITH replies AS MATERIALIZED (
            SELECT platform, realm, parent_native_id, max(posted_at) AS at
            FROM (SELECT platform, realm, parent_native_id, posted_at FROM post
                  WHERE brand_id = $1 AND own AND parent_native_id IS NOT NULL AND deleted_at IS NULL
                  ORDER BY post_id DESC
                  LIMIT $3) newest
            GROUP BY platform, realm, parent_native_id
        ), answered AS MATERIALIZED (
            SELECT raised.escalation_id, max(r.at) AS at
            FROM replies r
            CROSS JOIN LATERAL (
                SELECT p.post_id FROM post p
                WHERE p.brand_id = $1 AND p.platform = r.platform AND p.realm = r.realm AND p.native_id = r.parent_native_id
                LIMIT 1) answers
            CROSS JOIN LATERAL (
                SELECT ep.escalation_id FROM escalation_post ep
                WHERE ep.brand_id = $1 AND ep.post_id = answers.post_id
                LIMIT 100) raised
            GROUP BY raised.escalation_id
        )
        UPDATE escalation e
        SET answered_at = a.at, next_at = NULL, revision = revision + 1, changed_at = $2
        FROM answered a
        WHERE e.brand_id = $1 AND e.escalation_id = a.escalation_id AND e.state IN ('open', 'acknowledged')
            AND e.answered_at IS NULL
            AND a.at > (SELECT max(p.posted_at) FROM escalation_post ep
                        JOIN post p ON p.brand_id = ep.brand_id AND p.post_id = ep.post_id
                        WHERE ep.brand_id = $1 AND ep.escalation_id = e.escalation_id))",
                                      {brand_id, now, newest_replies});
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
