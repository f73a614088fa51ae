#include "daemon/store/answers.h"

#include "daemon/store/triage_queue.h"

#include <nlohmann/json.hpp>

namespace larum::store {

namespace {

constexpr std::size_t orders_most = 8;
constexpr std::size_t order_length_most = 64;
constexpr int due_most = 500; ///< in one step; the rest comes with the next

/// The platform wants no answer any more: what the timer waited for has come.
void stop_timers(Transaction& transaction, BrandId brand, const std::vector<std::int64_t>& posts, Time now) {
    transaction.run_prepared(
        "UPDATE escalation e SET answered_at = $3, next_at = NULL, revision = revision + 1, changed_at = $3"
        " FROM (SELECT DISTINCT ep.escalation_id FROM unnest($2::bigint[]) AS w(post_id)"
        "   CROSS JOIN LATERAL (SELECT escalation_id FROM escalation_post WHERE brand_id = $1 AND post_id = w.post_id LIMIT 100) ep) raised"
        " WHERE e.brand_id = $1 AND e.escalation_id = raised.escalation_id AND e.state IN ('open', 'acknowledged') AND e.answered_at IS NULL"
        " AND (SELECT p.post_id FROM escalation_post ep JOIN post p ON p.brand_id = ep.brand_id AND p.post_id = ep.post_id"
        "   WHERE ep.brand_id = $1 AND ep.escalation_id = e.escalation_id ORDER BY p.posted_at DESC, p.post_id DESC LIMIT 1) = ANY ($2::bigint[])",
        {brand, array_of(posts), now});
}

} // namespace

std::optional<std::string> order_refs_of(const Post& post) {
    auto list = nlohmann::json::array();
    for (const auto& one : post.order_refs)
        if (!one.empty() && one.size() <= order_length_most && list.size() < orders_most) list.push_back(one);
    if (list.empty()) return std::nullopt;
    return list.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

std::vector<Id> restate(Transaction& transaction, BrandId brand, const std::vector<Restated>& restated, bool awaits, Time now) {
    if (restated.empty()) return {};
    std::vector<std::int64_t> posts;
    std::vector<std::optional<std::string>> times, orders;
    for (const auto& one : restated) {
        posts.push_back(one.post);
        times.push_back(one.answer_by ? std::optional(format_time(*one.answer_by)) : std::nullopt);
        orders.push_back(one.order_refs);
    }
    const auto rows = transaction.run_prepared(
        "UPDATE post p SET answer_by = w.answer_by, order_refs = coalesce(w.order_refs, p.order_refs),"
        " answer_awaited = CASE WHEN p.answer_by IS DISTINCT FROM w.answer_by THEN $5 AND NOT p.own AND w.answer_by IS NOT NULL ELSE p.answer_awaited END"
        " FROM unnest($2::bigint[], $3::timestamptz[], $4::jsonb[]) AS w(post_id, answer_by, order_refs)"
        " WHERE p.brand_id = $1 AND p.post_id = w.post_id AND p.text IS NOT NULL AND p.deleted_at IS NULL"
        " RETURNING p.post_id, p.answer_by IS NULL",
        {brand, array_of(posts), array_of(times), array_of(orders), awaits});
    std::vector<Id> changed, over;
    for (std::size_t row = 0; row < rows.size(); ++row) {
        changed.push_back(rows.at(row, 0).integer());
        if (rows.at(row, 1).yes()) over.push_back(changed.back());
    }
    if (!over.empty()) stop_timers(transaction, brand, over, now);
    return changed;
}

bool queue_due_answers(Transaction& transaction, IdMaker& ids, BrandId brand, Time until) {
    // Whose row another daemon holds is queued by that one, in the transaction that takes the mark away.
    const auto rows = transaction.run_prepared(
        "WITH due AS MATERIALIZED (SELECT post_id FROM post WHERE brand_id = $1 AND answer_awaited AND answer_by <= $2"
        "   ORDER BY answer_by LIMIT $3 FOR UPDATE SKIP LOCKED)"
        " UPDATE post p SET answer_awaited = false FROM due WHERE p.brand_id = $1 AND p.post_id = due.post_id"
        " RETURNING p.post_id, p.text IS NOT NULL AND p.deleted_at IS NULL",
        {brand, until, due_most});
    std::vector<Id> posts;
    for (std::size_t row = 0; row < rows.size(); ++row)
        if (rows.at(row, 1).yes()) posts.push_back(rows.at(row, 0).integer());
    enqueue_again(transaction, ids, brand, posts, "deadline");
    return !posts.empty();
}

void note_due_seen(Transaction& transaction, BrandId brand, const std::vector<Id>& posts) {
    if (posts.empty()) return;
    transaction.run_prepared("UPDATE post p SET answer_awaited = false FROM unnest($2::bigint[]) AS w(post_id)"
                             " WHERE p.brand_id = $1 AND p.post_id = w.post_id AND p.answer_awaited",
                             {brand, array_of(posts)});
}

std::vector<bool> answered(Transaction& transaction, BrandId brand, const std::vector<const Post*>& posts) {
    std::vector<bool> answers(posts.size(), false);
    if (posts.empty()) return answers;
    std::vector<std::string> platforms, realms, native_ids;
    for (const auto* post : posts) {
        platforms.push_back(post->platform);
        realms.push_back(post->realm);
        native_ids.push_back(post->id);
    }
    const auto rows = transaction.run_prepared(
        "SELECT w.place FROM unnest($2::text[], $3::text[], $4::text[]) WITH ORDINALITY AS w(platform, realm, native_id, place)"
        " WHERE EXISTS (SELECT FROM post r WHERE r.brand_id = $1 AND r.parent_native_id = w.native_id AND r.platform = w.platform"
        "   AND r.realm = w.realm AND r.own AND r.deleted_at IS NULL)",
        {brand, array_of(platforms), array_of(realms), array_of(native_ids)});
    for (std::size_t row = 0; row < rows.size(); ++row) answers[static_cast<std::size_t>(rows.at(row, 0).integer() - 1)] = true;
    return answers;
}

} // namespace larum::store
