#include "daemon/store/threads.h"

#include "core/post_json.h"

namespace larum::store {

std::vector<Unanswered> unanswered_before(Transaction& transaction, BrandId brand, const std::vector<const Post*>& posts) {
    std::vector<std::int64_t> places;
    std::vector<std::string> parents, authors, times, platforms, realms;
    for (std::size_t i = 0; i < posts.size(); ++i) {
        const auto author = posts[i]->parent_id.empty() || posts[i]->own ? std::string() : author_key(*posts[i]);
        if (author.empty()) continue;
        places.push_back(static_cast<std::int64_t>(i));
        parents.push_back(posts[i]->parent_id);
        authors.push_back(author);
        times.push_back(format_time(posts[i]->posted_at));
        platforms.push_back(posts[i]->platform);
        realms.push_back(posts[i]->realm);
    }
    if (places.empty()) return {};
    const auto rows = transaction.run(R"(
        SELECT asked.place, earlier.text, earlier.lang, earlier.posted_at
        FROM unnest($2::bigint[], $3::text[], $4::text[], $5::timestamptz[], $6::text[], $7::text[])
            AS asked (place, parent, author, posted_at, platform, realm)
        CROSS JOIN LATERAL (
            SELECT p.native_id, p.text, p.lang, p.posted_at FROM post p
            WHERE p.brand_id = $1 AND p.author_key = asked.author AND p.posted_at < asked.posted_at
                AND p.platform = asked.platform AND p.realm = asked.realm
                AND (p.parent_native_id = asked.parent OR p.native_id = asked.parent)
                AND NOT p.own AND p.deleted_at IS NULL AND p.text IS NOT NULL
            ORDER BY p.posted_at DESC LIMIT 1) earlier
        WHERE NOT EXISTS (
            SELECT 1 FROM post r
            WHERE r.brand_id = $1 AND r.own AND r.deleted_at IS NULL AND r.parent_native_id IN (asked.parent, earlier.native_id)
                AND r.platform = asked.platform AND r.realm = asked.realm
                AND r.posted_at >= earlier.posted_at AND r.posted_at <= asked.posted_at))",
                                      {brand, array_of(places), array_of(parents), array_of(authors), array_of(times),
                                       array_of(platforms), array_of(realms)});
    std::vector<Unanswered> found;
    for (std::size_t i = 0; i < rows.size(); ++i)
        found.push_back({static_cast<std::size_t>(rows.at(i, 0).integer()), std::string(rows.at(i, 1).view()), std::string(rows.at(i, 2).view()),
                         rows.at(i, 3).time()});
    return found;
}

} // namespace larum::store
