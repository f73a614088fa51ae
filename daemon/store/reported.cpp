#include "daemon/store/reported.h"

#include "core/crypto.h"
#include "core/link_key.h"
#include "core/post_json.h"
#include "core/reported.h"

#include <algorithm>

namespace larum::store {

namespace {

constexpr int turns_lock = 0x6c69; ///< with the brand: of nothing else in this database

std::optional<std::string> or_null(const std::string& text) { return text.empty() ? std::nullopt : std::optional(text); }

/// What people said of an author who was nobody but the writer of this post holds for whom the platform names.
void move_identities(Transaction& transaction, BrandId brand, Id post, const std::string& author_key) {
    if (author_key.empty()) return;
    transaction.run("UPDATE identity i SET subject = $3 WHERE brand_id = $1 AND subject = $2 AND NOT EXISTS"
                    " (SELECT FROM identity o WHERE o.brand_id = $1 AND o.subject = $3 AND o.customer_id = i.customer_id)",
                    {brand, "post:" + to_text(post), "author:" + author_key});
}

} // namespace

std::optional<std::int64_t> link_hash(const Post& post) {
    const auto key = is_reported(post) ? link_key(post.url) : link_key(post);
    return key.empty() ? std::nullopt : std::optional(hash64(key));
}

void take_turns(Transaction& transaction, BrandId brand, Bringing who) {
    transaction.run_prepared(who == Bringing::people ? "SELECT pg_advisory_xact_lock($1, $2)" : "SELECT pg_advisory_xact_lock_shared($1, $2)",
                             {turns_lock, brand});
}

namespace {

using Places = std::multimap<std::int64_t, std::size_t>; ///< in the page, by link hash

std::vector<std::int64_t> hashes_of(const Places& places) {
    std::vector<std::int64_t> hashes;
    for (const auto& [hash, place] : places)
        if (hashes.empty() || hashes.back() != hash) hashes.push_back(hash);
    return hashes;
}

/// Adds the posts that stand alone under their link.
void add_same(Transaction& transaction, BrandId brand, const Places& places, const char* sql, std::map<std::size_t, Id>& same) {
    if (places.empty()) return;
    const auto rows = transaction.run_prepared(sql, {brand, array_of(hashes_of(places))});
    for (std::size_t row = 0; row < rows.size(); ++row) {
        const auto [from, to] = places.equal_range(rows.at(row, 0).integer());
        for (auto one = from; one != to; ++one) same[one->second] = rows.at(row, 1).integer();
    }
}

} // namespace

std::map<std::size_t, Id> same_by_link(Transaction& transaction, BrandId brand, const std::vector<Linked>& posts) {
    Places brought, handed_in;
    for (std::size_t i = 0; i < posts.size(); ++i)
        if (posts[i].hash) (posts[i].handed_in ? handed_in : brought).emplace(*posts[i].hash, i);
    std::map<std::size_t, Id> same;
    // Every page of a source asks: few posts are handed in, and those have an index of their own.
    add_same(transaction, brand, brought,
             "SELECT link_hash, min(post_id) FROM post WHERE brand_id = $1 AND link_hash = ANY ($2::bigint[])"
             " AND starts_with(native_id, 'reported:') GROUP BY link_hash HAVING count(*) = 1",
             same);
    // Few people ask, but a link may stand on any number of posts.
    add_same(transaction, brand, handed_in,
             "SELECT w.hash, min(p.post_id) FROM unnest($2::bigint[]) AS w(hash)"
             " CROSS JOIN LATERAL (SELECT post_id FROM post WHERE brand_id = $1 AND link_hash = w.hash"
             "   AND NOT starts_with(native_id, 'reported:') LIMIT 2) AS p GROUP BY w.hash HAVING count(*) = 1",
             same);
    return same;
}

bool note_reported(Transaction& transaction, BrandId brand, Id known, const Post& reported) {
    transaction.run("UPDATE post SET reported_by = coalesce(reported_by, $3) WHERE brand_id = $1 AND post_id = $2",
                    {brand, known, or_null(reported.reported_by)});
    return transaction
               .run("UPDATE post SET text = $3, text_hash = $4, text_ended_at = NULL"
                    " WHERE brand_id = $1 AND post_id = $2 AND text IS NULL AND deleted_at IS NULL",
                    {brand, known, reported.text, hash64(reported.text)})
               .affected() == 1;
}

void take_over(Transaction& transaction, BrandId brand, Id reported, Id source, const Post& post) {
    transaction.run("UPDATE post SET platform = $3, realm = $4, native_id = $5, parent_native_id = $6, source_id = $7, kind = $8,"
                    " posted_at = $9, url = $10, on_ad = $11, own = $12 WHERE brand_id = $1 AND post_id = $2",
                    {brand, reported, post.platform, post.realm, post.id, or_null(post.parent_id), source, static_cast<int>(post.kind),
                     post.posted_at, or_null(post.url), post.on_ad, post.own});
    // Whom erasure, retention or a deletion made nameless stays so.
    const auto& author = post.author;
    const auto named = transaction.run(
        "UPDATE post SET author_key = $3, author_handle = $4, author_name = $5, author_city = $6, author_followers = $7, author_url = $8,"
        " text = $9, text_hash = $10, lang = $11, rating = $12, edited_at = $13"
        " WHERE brand_id = $1 AND post_id = $2 AND text IS NOT NULL",
        {brand, reported, or_null(author_key(post)), or_null(author.handle), or_null(author.name), or_null(author.city),
         author.followers ? std::optional(std::to_string(*author.followers)) : std::nullopt, or_null(author.url), post.text, hash64(post.text),
         or_null(post.lang), post.rating ? std::optional(std::to_string(*post.rating)) : std::nullopt,
         post.edited_at ? std::optional(format_time(*post.edited_at)) : std::nullopt});
    if (named.affected() == 1) move_identities(transaction, brand, reported, author_key(post));
}

} // namespace larum::store
