#include "daemon/store/refresh.h"

#include "daemon/store/recheck.h"

namespace larum::store {

namespace {

std::string array_of_ids(const std::vector<Id>& ids) { return array_of(std::vector<std::int64_t>(ids.begin(), ids.end())); }

} // namespace

void keep_refreshed(Transaction& transaction, const Reading& reading, const std::vector<Id>& fresh) {
    if (fresh.empty() || reading.refresh_within <= Span{}) return;
    transaction.run_prepared("INSERT INTO post_refresh (brand_id, post_id, source_id, due_at, ends_at)"
                             " SELECT $1, id, $3, $4, $5 FROM unnest($2::bigint[]) AS w(id) ON CONFLICT DO NOTHING",
                             {reading.brand, array_of_ids(fresh), reading.source, reading.now + reading.refresh_within / 2,
                              reading.now + reading.refresh_within});
}

std::optional<Id> source_to_refresh(Transaction& transaction, BrandId brand, const std::vector<Id>& sources, Time now) {
    const auto rows = transaction.run_prepared("SELECT s.source_id FROM unnest($2::bigint[]) AS s(source_id) WHERE EXISTS"
                                               " (SELECT FROM post_refresh r WHERE r.brand_id = $1 AND r.source_id = s.source_id AND r.due_at <= $3) LIMIT 1",
                                               {brand, array_of_ids(sources), now});
    return rows.empty() ? std::nullopt : std::optional<Id>(rows.at(0, 0).integer());
}

Sought posts_to_refresh(Transaction& transaction, BrandId brand, Id source, std::size_t most, Time now) {
    transaction.run_prepared("DELETE FROM post_refresh r USING post p WHERE r.brand_id = $1 AND r.source_id = $2 AND r.due_at <= $3"
                             " AND p.brand_id = $1 AND p.post_id = r.post_id AND (p.text IS NULL OR p.deleted_at IS NOT NULL)",
                             {brand, source, now});
    const auto rows = transaction.run_prepared((std::string("SELECT p.post_id, ") + sought_columns +
                                                " FROM post_refresh r JOIN post p ON p.brand_id = r.brand_id AND p.post_id = r.post_id"
                                                " WHERE r.brand_id = $1 AND r.source_id = $2 AND r.due_at <= $3 ORDER BY r.due_at LIMIT $4").c_str(),
                                               {brand, source, now, static_cast<long long>(most)});
    Sought sought;
    for (std::size_t row = 0; row < rows.size(); ++row) {
        sought.ids.push_back(rows.at(row, 0).integer());
        sought.posts.push_back(read_sought(rows, row, 1));
    }
    return sought;
}

void note_refreshed(Transaction& transaction, BrandId brand, const std::vector<Id>& posts, Span within, Time now) {
    transaction.run_prepared("UPDATE post_refresh SET due_at = $3, ends_at = $4 WHERE brand_id = $1 AND post_id = ANY ($2::bigint[])",
                             {brand, array_of_ids(posts), now + within / 2, now + within});
}

void put_off_refresh(Transaction& transaction, BrandId brand, const std::vector<Id>& posts, Time next) {
    transaction.run_prepared("UPDATE post_refresh SET due_at = $3 WHERE brand_id = $1 AND post_id = ANY ($2::bigint[])",
                             {brand, array_of_ids(posts), next});
}

} // namespace larum::store
