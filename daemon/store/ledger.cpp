#include "daemon/store/ledger.h"

namespace larum::store {

namespace {

std::string array_of_times(const std::vector<Time>& times) {
    std::vector<std::string> texts;
    for (const auto time : times) texts.push_back(format_time(time));
    return array_of(texts);
}

LedgerGap read_gap(const Rows& rows, std::size_t row) {
    return {rows.at(row, 0).integer(),     rows.at(row, 1).text(), rows.at(row, 2).time(), rows.at(row, 3).maybe_time(), rows.at(row, 4).text(),
            static_cast<int>(rows.at(row, 5).integer()), rows.at(row, 6).yes(), rows.at(row, 7).yes()};
}

constexpr const char* gap_columns = "gap_id, stream, from_at, to_at, reason, recovered, lost, told";

} // namespace

void open_gap(Transaction& transaction, IdMaker& ids, BrandId brand, Id source, const std::string& stream, Time since,
              const std::string& reason, bool told) {
    transaction.run_prepared(
        "WITH known AS (UPDATE source_gap SET told = told OR $7 WHERE brand_id = $1 AND source_id = $3 AND stream = $4"
        "   AND to_at IS NULL RETURNING 1)"
        " INSERT INTO source_gap (brand_id, gap_id, source_id, stream, from_at, reason, told)"
        " SELECT $1, $2, $3, $4, $5, $6, $7 WHERE NOT EXISTS (SELECT FROM known)",
        {brand, ids.next(), source, stream, since, reason, told});
}

std::optional<LedgerGap> close_gap(Transaction& transaction, BrandId brand, Id source, const std::string& stream, Time now) {
    const auto rows = transaction.run_prepared(
        (std::string("UPDATE source_gap SET to_at = greatest(from_at, $4) WHERE brand_id = $1 AND source_id = $2 AND stream = $3"
                     " AND to_at IS NULL RETURNING ") + gap_columns).c_str(),
        {brand, source, stream, now});
    return rows.empty() ? std::nullopt : std::optional(read_gap(rows, 0));
}

void count_recovered(Transaction& transaction, BrandId brand, Id source, const std::string& stream, bool standing,
                     const std::vector<Time>& posted, Time now) {
    if (posted.empty()) return;
    // Each post counts once: for the newest gap that it was written in.
    transaction.run_prepared(
        "WITH hit AS (SELECT g.gap_id, count(*) AS posts FROM unnest($5::timestamptz[]) AS w(at)"
        "   CROSS JOIN LATERAL (SELECT gap_id FROM source_gap WHERE brand_id = $1 AND source_id = $2 AND NOT lost"
        "     AND (stream = $3 OR NOT $4) AND from_at <= w.at AND coalesce(to_at, $6) >= w.at ORDER BY from_at DESC LIMIT 1) g"
        "   GROUP BY g.gap_id)"
        " UPDATE source_gap s SET recovered = s.recovered + hit.posts FROM hit WHERE s.brand_id = $1 AND s.gap_id = hit.gap_id",
        {brand, source, stream, standing, array_of_times(posted), now});
}

void count_hours(Transaction& transaction, BrandId brand, Id source, const std::vector<Time>& posted) {
    if (posted.empty()) return;
    transaction.run_prepared(
        "INSERT INTO source_hour (brand_id, source_id, hour_at, posts)"
        " SELECT $1, $2, date_trunc('hour', w.at, 'UTC'), count(*) FROM unnest($3::timestamptz[]) AS w(at) GROUP BY 3"
        " ON CONFLICT (brand_id, source_id, hour_at) DO UPDATE SET posts = source_hour.posts + excluded.posts",
        {brand, source, array_of_times(posted)});
}

} // namespace larum::store
