#include "soak/kept.h"

namespace larum::soak {

namespace {

constexpr const char* posts_sql =
    "SELECT p.platform, p.native_id, s.name, p.text, p.posted_at, p.first_seen_at, p.deleted_at IS NOT NULL,"
    " coalesce((SELECT bool_or(by_webhook) FROM post_seen x WHERE x.brand_id = p.brand_id AND x.post_id = p.post_id), false),"
    " (SELECT count(*) FROM triage_queue q WHERE q.brand_id = p.brand_id AND p.post_id = ANY (q.post_ids) AND q.cause = 'new')"
    " FROM post p LEFT JOIN source s USING (brand_id, source_id)";

constexpr const char* gaps_sql =
    "SELECT s.name || '/' || g.stream, g.from_at, g.to_at, g.reason, g.recovered, g.lost FROM source_gap g"
    " JOIN source s USING (brand_id, source_id) ORDER BY g.from_at, 1";

constexpr const char* coverage_sql =
    "SELECT s.name || '/' || t.name, t.covered_from, t.covered_to FROM stream t JOIN source s USING (brand_id, source_id)"
    " WHERE t.retire_at IS NULL ORDER BY 1";

} // namespace

Kept read_kept(test::TestDatabase& database) {
    Kept kept;
    database.pool().with([&](store::Transaction& transaction) {
        const auto posts = transaction.run(posts_sql);
        for (std::size_t row = 0; row < posts.size(); ++row) {
            KeptPost one{posts.at(row, 0).text(), posts.at(row, 1).text(), posts.at(row, 2).text(), {}, posts.at(row, 4).time(),
                         posts.at(row, 5).time(), posts.at(row, 6).yes(), posts.at(row, 7).yes(), static_cast<int>(posts.at(row, 8).integer()), 1};
            if (!posts.at(row, 3).null()) one.text = posts.at(row, 3).text();
            const auto [place, first] = kept.posts.emplace(one.id, one);
            if (!first) ++place->second.rows;
        }
        const auto gaps = transaction.run(gaps_sql);
        for (std::size_t row = 0; row < gaps.size(); ++row)
            kept.gaps.push_back({gaps.at(row, 0).text(), gaps.at(row, 1).time(), gaps.at(row, 2).maybe_time(), gaps.at(row, 3).text(),
                                 static_cast<int>(gaps.at(row, 4).integer()), gaps.at(row, 5).yes()});
        const auto coverage = transaction.run(coverage_sql);
        for (std::size_t row = 0; row < coverage.size(); ++row)
            kept.coverage.push_back({coverage.at(row, 0).text(), coverage.at(row, 1).maybe_time(), coverage.at(row, 2).maybe_time()});
        const auto misses = transaction.run("SELECT name, webhook_misses + (SELECT count(*) FROM post_seen p WHERE p.source_id = s.source_id AND awaited)"
                                             " FROM source s");
        for (std::size_t row = 0; row < misses.size(); ++row) kept.misses[misses.at(row, 0).text()] = static_cast<int>(misses.at(row, 1).integer());
        const auto counts = transaction.run("SELECT (SELECT count(*) FROM raw_webhook), (SELECT count(*) FROM raw_webhook WHERE done_at IS NULL),"
                                            " (SELECT count(*) FROM dead_letter)");
        kept.webhooks = static_cast<int>(counts.at(0, 0).integer());
        kept.webhooks_waiting = static_cast<int>(counts.at(0, 1).integer());
        kept.dead_letters = static_cast<int>(counts.at(0, 2).integer());
    });
    return kept;
}

} // namespace larum::soak
