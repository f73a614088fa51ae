#include "daemon/store/upkeep.h"

namespace larum::store {

namespace {

constexpr int quiet_most = 50; ///< looked at in one step; the others follow in the next

/// Due for ten of its intervals, and ten minutes, although neither its credential nor a failure keeps it.
constexpr const char* behind_sql =
    "SELECT s.source_id, min(t.due_at) FROM source s JOIN stream t USING (brand_id, source_id)"
    " LEFT JOIN credential c ON c.credential_id = s.credential_id"
    " WHERE s.brand_id = $1 AND s.active AND s.behind_told_at IS NULL AND t.failures = 0"
    " AND t.due_at <= $2::timestamptz - interval '10 minutes' - 10 * make_interval(secs => coalesce(t.interval_seconds, 60))"
    " AND c.dead_since IS NULL AND (c.blocked_until IS NULL OR c.blocked_until <= $2)"
    " GROUP BY s.source_id";

} // namespace

std::vector<QuietSource> quiet_sources(Transaction& transaction, BrandId brand, Time since, Time from) {
    const auto rows = transaction.run_prepared(
        "SELECT s.source_id, s.last_item_at, h.hour_at, h.posts FROM"
        " (SELECT source_id, last_item_at FROM source WHERE brand_id = $1 AND active AND quiet_told_at IS NULL AND last_item_at < $2"
        "   AND last_ok_at > last_item_at AND last_error IS NULL ORDER BY last_item_at DESC LIMIT $4) s"
        " JOIN source_hour h ON h.brand_id = $1 AND h.source_id = s.source_id AND h.hour_at >= $3"
        " ORDER BY s.source_id, h.hour_at",
        {brand, since, from, quiet_most});
    std::vector<QuietSource> all;
    for (std::size_t row = 0; row < rows.size(); ++row) {
        const auto hour = rows.at(row, 2).time();
        if (all.empty() || all.back().id != rows.at(row, 0).integer()) all.push_back({rows.at(row, 0).integer(), rows.at(row, 1).time(), hour, {}});
        all.back().hours[hour] = static_cast<int>(rows.at(row, 3).integer());
    }
    return all;
}

bool quiet_to_tell(Transaction& transaction, BrandId brand, Id source, Time now) {
    return transaction
               .run_prepared("UPDATE source SET quiet_told_at = $3 WHERE brand_id = $1 AND source_id = $2 AND quiet_told_at IS NULL",
                             {brand, source, now})
               .affected() == 1;
}

std::vector<BehindSource> behind_sources(Transaction& transaction, BrandId brand, Time now) {
    const auto rows = transaction.run_prepared(behind_sql, {brand, now});
    std::vector<BehindSource> all;
    for (std::size_t row = 0; row < rows.size(); ++row) all.push_back({rows.at(row, 0).integer(), rows.at(row, 1).time()});
    return all;
}

bool behind_to_tell(Transaction& transaction, BrandId brand, Id source, Time now) {
    return transaction
               .run_prepared("UPDATE source SET behind_told_at = $3 WHERE brand_id = $1 AND source_id = $2 AND behind_told_at IS NULL",
                             {brand, source, now})
               .affected() == 1;
}

void heed_clock(Transaction& transaction, BrandId brand, Time now) {
    // Clocks of two machines may differ by a little.
    const auto wrong = now + std::chrono::minutes{5};
    transaction.run_prepared("UPDATE stream SET covered_from = CASE WHEN covered_from > $2 THEN $2 ELSE covered_from END,"
                             " covered_to = CASE WHEN covered_to > $2 THEN $2 ELSE covered_to END,"
                             " walk_at = CASE WHEN walk_at > $2 THEN $2 ELSE walk_at END, due_at = $2"
                             " WHERE brand_id = $1 AND NOT live AND (greatest(covered_to, walk_at) > $3"
                             "   OR (covered_to IS NULL AND walk_at IS NULL AND failures = 0 AND due_at > $3))",
                             {brand, now, wrong});
    transaction.run_prepared("UPDATE stream t SET due_at = least(t.due_at, $2) FROM source s WHERE s.brand_id = $1 AND s.last_error_at > $3"
                             " AND t.brand_id = $1 AND t.source_id = s.source_id AND NOT t.live AND t.failures > 0",
                             {brand, now + std::chrono::minutes{15}, wrong});
    transaction.run_prepared("UPDATE source SET last_ok_at = CASE WHEN last_ok_at > $2 THEN $2 ELSE last_ok_at END,"
                             " last_error_at = CASE WHEN last_error_at > $2 THEN $2 ELSE last_error_at END"
                             " WHERE brand_id = $1 AND greatest(last_ok_at, last_error_at) > $3",
                             {brand, now, wrong});
    transaction.run_prepared("UPDATE credential c SET probed_at = $2 FROM source s WHERE s.brand_id = $1 AND c.credential_id = s.credential_id AND c.probed_at > $3",
                             {brand, now, wrong});
}

std::vector<Expiry> expiries(Transaction& transaction, BrandId brand, Time before) {
    const auto rows = transaction.run_prepared(
        "SELECT s.source_id, c.expires_at FROM source s JOIN credential c USING (credential_id)"
        " WHERE s.brand_id = $1 AND s.active AND c.expires_at < $2 AND c.dead_since IS NULL",
        {brand, before});
    std::vector<Expiry> all;
    for (std::size_t row = 0; row < rows.size(); ++row) all.push_back({rows.at(row, 0).integer(), rows.at(row, 1).time()});
    return all;
}

std::optional<Id> source_to_probe(Transaction& transaction, BrandId brand, const std::vector<Id>& mine, Time before) {
    const auto rows = transaction.run_prepared(
        "SELECT s.source_id FROM source s LEFT JOIN credential c ON c.credential_id = s.credential_id"
        " WHERE s.brand_id = $1 AND s.source_id = ANY ($2::bigint[]) AND s.active AND (s.probed_at IS NULL OR s.probed_at < $3)"
        " AND c.dead_since IS NULL ORDER BY s.probed_at NULLS FIRST LIMIT 1",
        {brand, array_of(std::vector<std::int64_t>(mine.begin(), mine.end())), before});
    return rows.empty() ? std::nullopt : std::optional<Id>(rows.at(0, 0).integer());
}

std::vector<std::string> note_probe(Transaction& transaction, BrandId brand, Id source, const std::vector<std::string>& missing,
                                    const std::vector<std::string>& notes, Time now) {
    const auto rows = transaction.run_prepared(
        "WITH known AS (SELECT missing FROM source WHERE brand_id = $1 AND source_id = $2 FOR UPDATE)"
        " UPDATE source s SET probed_at = $3, missing = $4::text[], notes = $5::text[] FROM known"
        " WHERE s.brand_id = $1 AND s.source_id = $2"
        " RETURNING ARRAY(SELECT unnest($4::text[]) EXCEPT SELECT unnest(known.missing))",
        {brand, source, now, array_of(missing), array_of(notes)});
    return rows.empty() ? std::vector<std::string>{} : rows.at(0, 0).texts();
}

} // namespace larum::store
