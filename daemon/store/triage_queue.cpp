#include "daemon/store/triage_queue.h"

#include <algorithm>

namespace larum::store {

namespace {

constexpr std::size_t row_posts_max = 100;
constexpr int rows_seen_max = 64;

void insert_row(Transaction& transaction, IdMaker& ids, BrandId brand, const std::vector<Id>& posts, const std::string& cause,
                int tries) {
    if (posts.empty()) return;
    transaction.run_prepared("INSERT INTO triage_queue (brand_id, queue_id, post_ids, cause, tries) VALUES ($1, $2, $3, $4, $5)",
                             {brand, ids.next(), array_of(posts), cause, tries});
}

/// Rows until their posts are enough; at least one.
std::vector<std::int64_t> enough(const Rows& rows, int posts_max) {
    std::vector<std::int64_t> chosen;
    std::int64_t posts = 0;
    for (std::size_t i = 0; i < rows.size() && (chosen.empty() || posts + rows.at(i, 1).integer() <= posts_max); ++i) {
        posts += rows.at(i, 1).integer();
        chosen.push_back(rows.at(i, 0).integer());
    }
    return chosen;
}

std::vector<Id> ids_of(const Rows& rows) {
    std::vector<Id> ids;
    for (std::size_t i = 0; i < rows.size(); ++i) ids.push_back(rows.at(i, 0).integer());
    return ids;
}

} // namespace

std::vector<Claim> claim_triage(Transaction& transaction, BrandId brand, int holder, int posts_max) {
    const auto waiting = transaction.run_prepared("SELECT queue_id, cardinality(post_ids) FROM triage_queue"
                                                  " WHERE brand_id = $1 AND (expires_at IS NULL OR expires_at < larum_now())"
                                                  " ORDER BY queue_id LIMIT $2 FOR UPDATE SKIP LOCKED",
                                                  {brand, rows_seen_max});
    const auto chosen = enough(waiting, posts_max);
    if (chosen.empty()) return {};
    const auto rows = transaction.run_prepared("UPDATE triage_queue SET holder = $3, fence = fence + 1, tries = tries + 1,"
                                               " expires_at = larum_now() + interval '8 s'"
                                               " WHERE brand_id = $1 AND queue_id = ANY($2)"
                                               " RETURNING queue_id, post_ids, cause, fence, tries",
                                               {brand, array_of(chosen), holder});
    std::vector<Claim> claims;
    for (std::size_t i = 0; i < rows.size(); ++i)
        claims.push_back({brand, rows.at(i, 0).integer(), rows.at(i, 1).integers(), rows.at(i, 2).text(),
                          rows.at(i, 3).integer(), static_cast<int>(rows.at(i, 4).integer())});
    std::sort(claims.begin(), claims.end(), [](const auto& a, const auto& b) { return a.queue_id < b.queue_id; });
    return claims;
}

bool finish_claim(Transaction& transaction, const Claim& claim) {
    const auto gone = transaction.run_prepared("DELETE FROM triage_queue WHERE brand_id = $1 AND queue_id = $2 AND fence = $3",
                                               {claim.brand, claim.queue_id, claim.fence});
    return gone.affected() == 1;
}

bool halve_claim(Transaction& transaction, IdMaker& ids, const Claim& claim) {
    if (!finish_claim(transaction, claim)) return false;
    const auto middle = claim.posts.begin() + static_cast<std::ptrdiff_t>(claim.posts.size() / 2);
    insert_row(transaction, ids, claim.brand, {claim.posts.begin(), middle}, claim.cause, claim.tries - 1);
    insert_row(transaction, ids, claim.brand, {middle, claim.posts.end()}, claim.cause, claim.tries - 1);
    return true;
}

void release_claim(Transaction& transaction, const Claim& claim) {
    transaction.run_prepared("UPDATE triage_queue SET expires_at = NULL, holder = NULL, tries = tries - 1"
                             " WHERE brand_id = $1 AND queue_id = $2 AND fence = $3",
                             {claim.brand, claim.queue_id, claim.fence});
}

void enqueue_again(Transaction& transaction, IdMaker& ids, BrandId brand, const std::vector<Id>& posts, const std::string& cause) {
    if (posts.empty()) return;
    const auto rows = transaction.run_prepared("SELECT unnest($2::bigint[])"
                                               " EXCEPT SELECT unnest(post_ids) FROM triage_queue WHERE brand_id = $1 AND expires_at IS NULL"
                                               " ORDER BY 1",
                                               {brand, array_of(posts)});
    const auto fresh = ids_of(rows);
    for (std::size_t at = 0; at < fresh.size(); at += row_posts_max) {
        const auto end = std::min(fresh.size(), at + row_posts_max);
        insert_row(transaction, ids, brand, {fresh.begin() + static_cast<std::ptrdiff_t>(at), fresh.begin() + static_cast<std::ptrdiff_t>(end)}, cause, 0);
    }
}

std::vector<Id> open_posts_of(Transaction& transaction, BrandId brand, const std::vector<Id>& customers) {
    if (customers.empty()) return {};
    return ids_of(transaction.run_prepared("SELECT e.post_id FROM unnest($2::bigint[]) AS q(id)"
                                           " CROSS JOIN LATERAL (SELECT post_id FROM escalation WHERE brand_id = $1"
                                           " AND customer_id = q.id AND state IN ('open', 'acknowledged')"
                                           " ORDER BY escalation_id DESC LIMIT 200) AS e"
                                           " UNION SELECT d.post_id FROM unnest($2::bigint[]) AS q(id)"
                                           " CROSS JOIN LATERAL (SELECT post_id FROM decision WHERE brand_id = $1"
                                           " AND customer_id = q.id AND urgency > 0 AND decided_at > larum_now() - interval '30 days'"
                                           " ORDER BY post_id DESC LIMIT 200) AS d",
                                           {brand, array_of(customers)}));
}

} // namespace larum::store
