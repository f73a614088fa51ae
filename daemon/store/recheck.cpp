#include "daemon/store/recheck.h"

#include <algorithm>

namespace larum::store {

Post read_sought(const Rows& rows, std::size_t row, int from) {
    Post post;
    post.platform = rows.at(row, from).text();
    post.realm = rows.at(row, from + 1).text();
    post.id = rows.at(row, from + 2).text();
    post.parent_id = rows.at(row, from + 3).text();
    post.kind = static_cast<PostKind>(rows.at(row, from + 4).integer());
    const auto key = rows.at(row, from + 5).text(); // platform:scope:id
    const auto scope_end = key.find(':', key.find(':') + 1);
    if (scope_end != std::string::npos) {
        post.author_scope = key.substr(key.find(':') + 1, scope_end - key.find(':') - 1);
        post.author.id = key.substr(scope_end + 1);
    }
    post.author.handle = rows.at(row, from + 6).text();
    post.posted_at = rows.at(row, from + 7).time();
    post.url = rows.at(row, from + 8).text();
    post.author.name = rows.at(row, from + 9).text();
    post.text = rows.at(row, from + 10).text();
    post.own = rows.at(row, from + 11).yes();
    return post;
}

std::optional<Id> source_to_recheck(Transaction& transaction, BrandId brand, const std::vector<Id>& sources, Time now) {
    const auto row = transaction.run_prepared(
        "SELECT p.source_id FROM escalation e"
        " JOIN escalation_post ep ON ep.brand_id = e.brand_id AND ep.escalation_id = e.escalation_id"
        " JOIN post p ON p.brand_id = ep.brand_id AND p.post_id = ep.post_id"
        " WHERE e.brand_id = $1 AND e.recheck_at <= $3 AND e.state IN ('open', 'acknowledged')"
        " AND p.source_id = ANY ($2::bigint[]) AND p.deleted_at IS NULL"
        " ORDER BY e.recheck_at LIMIT 1",
        {brand, array_of(sources), now});
    return row.empty() ? std::nullopt : std::optional<Id>(row.at(0, 0).integer());
}

Recheck posts_to_recheck(Transaction& transaction, BrandId brand, Id source, std::size_t most, Time now) {
    const auto rows = transaction.run_prepared(
        (std::string("SELECT e.escalation_id, e.opened_at, ") + sought_columns +
        " FROM escalation e JOIN escalation_post ep ON ep.brand_id = e.brand_id AND ep.escalation_id = e.escalation_id"
        " JOIN post p ON p.brand_id = ep.brand_id AND p.post_id = ep.post_id"
        " WHERE e.brand_id = $1 AND e.recheck_at <= $4 AND e.state IN ('open', 'acknowledged')"
        " AND p.source_id = $2 AND p.deleted_at IS NULL ORDER BY e.recheck_at, p.post_id DESC LIMIT $3").c_str(),
        {brand, source, static_cast<long long>(most), now});
    Recheck work;
    for (std::size_t row = 0; row < rows.size(); ++row) {
        const Recheck::Escalation escalation{rows.at(row, 0).integer(), rows.at(row, 1).time(), {}};
        const bool known = std::any_of(work.escalations.begin(), work.escalations.end(), [&](const auto& one) { return one.id == escalation.id; });
        if (!known) work.escalations.push_back(escalation);
        work.posts.push_back(read_sought(rows, row, 2));
    }
    return work;
}

void set_rechecks(Transaction& transaction, BrandId brand, const std::vector<Recheck::Escalation>& escalations) {
    std::vector<std::int64_t> ids;
    std::vector<std::string> times;
    for (const auto& one : escalations) {
        ids.push_back(one.id);
        times.push_back(format_time(one.next));
    }
    if (ids.empty()) return;
    transaction.run_prepared("UPDATE escalation e SET recheck_at = w.next FROM unnest($2::bigint[], $3::timestamptz[]) AS w(id, next)"
                             " WHERE e.brand_id = $1 AND e.escalation_id = w.id",
                             {brand, array_of(ids), array_of(times)});
}

} // namespace larum::store
