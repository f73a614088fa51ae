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

void open_gaps_of_credential(Transaction& transaction, IdMaker& ids, BrandId brand, const std::string& credential,
                             const std::string& reason, std::optional<Time> until, Span most) {
    const auto rows = transaction.run_prepared(
        // As if each had been asked in vain: that is why its next good answer ends the gap.
        "UPDATE stream t SET failures = greatest(t.failures, 1), failed_reason = coalesce(t.failed_reason, $3) FROM source s"
        " WHERE s.brand_id = $1 AND s.credential_id = $2 AND s.active AND t.brand_id = $1 AND t.source_id = s.source_id"
        " AND t.retire_at IS NULL AND NOT t.live AND ($4::timestamptz IS NULL OR coalesce(t.covered_to, s.created_at) < $4 - make_interval(secs => $5))"
        " RETURNING t.source_id, t.name, coalesce(t.covered_to, s.created_at)",
        {brand, credential, reason, until, std::chrono::duration<double>(most).count()});
    for (std::size_t row = 0; row < rows.size(); ++row)
        open_gap(transaction, ids, brand, rows.at(row, 0).integer(), rows.at(row, 1).text(), rows.at(row, 2).time(), reason, false);
}

void tell_of_end(Transaction& transaction, BrandId brand, Id source) {
    transaction.run_prepared("UPDATE source_gap SET told = true WHERE brand_id = $1 AND gap_id = (SELECT gap_id FROM source_gap"
                             " WHERE brand_id = $1 AND source_id = $2 AND to_at IS NULL ORDER BY stream LIMIT 1)",
                             {brand, source});
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
