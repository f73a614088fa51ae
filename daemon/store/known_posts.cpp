#include "daemon/store/page_posts.h"

#include "core/post_json.h"
#include "daemon/store/answers.h"
#include "daemon/store/page_rest.h"

namespace larum::store {

namespace {

/// Whether the platform's copy has another text or other stars than ours, and is not an older one. Where no time of the
/// edit is told, a poll shows the post as it stands; but a text that we had before is an old copy, or another list's.
bool is_edit(const Reading& reading, const Arriving& one) {
    if (!one.known || one.known->deleted) return false;
    const bool same_text = one.known->text_hash == one.text_hash;
    const bool other_stars = one.post->rating && one.known->rating != *one.post->rating;
    if (same_text && !other_stars) return false;
    if (!one.known->edited_at) return true;
    if (one.post->edited_at) return *one.post->edited_at >= *one.known->edited_at;
    return !reading.by_webhook && (same_text || one.known->earlier_hash != one.text_hash);
}

/// A count that the platform does not tell now keeps its last value.
bool counts_differ(const Metrics& now, const Metrics& before) {
    const auto differs = [](const auto& a, const auto& b) { return a && a != b; };
    return differs(now.likes, before.likes) || differs(now.shares, before.shares) || differs(now.comments, before.comments) ||
           differs(now.views, before.views);
}

} // namespace

std::vector<Id> apply_edits(Transaction& transaction, const Reading& reading, const std::vector<Arriving>& arriving) {
    std::vector<std::int64_t> edited, hashes;
    Texts texts, langs, ratings, attachments, times;
    for (const auto& one : arriving) {
        if (!is_edit(reading, one)) continue;
        edited.push_back(one.known->id);
        hashes.push_back(one.text_hash);
        texts.emplace_back(one.post->text);
        langs.push_back(or_null(one.post->lang));
        ratings.push_back(number_or_null(one.post->rating));
        attachments.push_back(attachments_of(*one.post));
        times.push_back(time_or_null(one.post->edited_at));
    }
    if (edited.empty()) return {};
    keep_held_texts(transaction, reading.brand, edited, reading.now);
    const auto rows = transaction.run_prepared(
        "UPDATE post p SET text = w.text, text_hash = w.hash, earlier_hash = CASE WHEN p.text_hash = w.hash THEN p.earlier_hash ELSE p.text_hash END,"
        " lang = coalesce(w.lang, p.lang), rating = coalesce(w.rating, p.rating),"
        " attachments = w.attachments, edited_at = coalesce(w.edited_at, $9), text_ended_at = NULL"
        " FROM unnest($2::bigint[], $3::text[], $4::bigint[], $5::text[], $6::smallint[], $7::jsonb[], $8::timestamptz[])"
        "   AS w(post_id, text, hash, lang, rating, attachments, edited_at)"
        " WHERE p.brand_id = $1 AND p.post_id = w.post_id AND p.deleted_at IS NULL RETURNING p.post_id",
        {reading.brand, array_of(edited), array_of(texts), array_of(hashes), array_of(langs), array_of(ratings),
         array_of(attachments), array_of(times), reading.now});
    std::vector<Id> done;
    for (std::size_t row = 0; row < rows.size(); ++row) done.push_back(rows.at(row, 0).integer());
    return done;
}

void update_counts(Transaction& transaction, const Reading& reading, const std::vector<Arriving>& arriving) {
    std::vector<std::int64_t> changed;
    Texts likes, shares, comments, views;
    for (const auto& one : arriving) {
        if (!one.known || one.known->deleted || !counts_differ(one.post->metrics, one.known->metrics)) continue;
        changed.push_back(one.known->id);
        likes.push_back(number_or_null(one.post->metrics.likes));
        shares.push_back(number_or_null(one.post->metrics.shares));
        comments.push_back(number_or_null(one.post->metrics.comments));
        views.push_back(number_or_null(one.post->metrics.views));
    }
    if (changed.empty()) return;
    transaction.run_prepared(
        "UPDATE post p SET likes = coalesce(w.likes, p.likes), shares = coalesce(w.shares, p.shares),"
        " comments = coalesce(w.comments, p.comments), views = coalesce(w.views, p.views)"
        " FROM unnest($2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[])"
        "   AS w(post_id, likes, shares, comments, views)"
        " WHERE p.brand_id = $1 AND p.post_id = w.post_id",
        {reading.brand, array_of(changed), array_of(likes), array_of(shares), array_of(comments), array_of(views)});
}

std::vector<Id> take_restated(Transaction& transaction, const Reading& reading, const std::vector<Arriving>& arriving) {
    std::vector<Restated> restated;
    for (const auto& one : arriving) {
        if (!one.known || one.known->deleted) continue;
        const auto& edited_at = one.known->edited_at;
        if (edited_at && one.post->edited_at && *one.post->edited_at < *edited_at) continue;
        const bool same_time = time_or_null(one.known->answer_by) == time_or_null(one.post->answer_by);
        if (!same_time || one.known->other_orders) restated.push_back({one.known->id, one.post->answer_by, order_refs_of(*one.post)});
    }
    return restate(transaction, reading.brand, restated, !reading.seen_when_posted, reading.now);
}

std::vector<Id> name_authors(Transaction& transaction, const Reading& reading, const std::vector<Arriving>& arriving) {
    std::vector<std::int64_t> named;
    Texts keys, handles, names, cities, followers, urls;
    for (const auto& one : arriving) {
        const auto& author = one.post->author;
        if (!one.known || !one.known->nameless || (author.handle.empty() && author.name.empty())) continue;
        named.push_back(one.known->id);
        keys.push_back(or_null(author_key(*one.post)));
        handles.push_back(or_null(author.handle));
        names.push_back(or_null(author.name));
        cities.push_back(or_null(author.city));
        followers.push_back(number_or_null(author.followers));
        urls.push_back(or_null(author.url));
    }
    if (named.empty()) return {};
    // Whom erasure or retention made nameless stays so.
    const auto rows = transaction.run_prepared(
        "UPDATE post p SET author_handle = w.handle, author_name = w.name, author_city = coalesce(w.city, p.author_city),"
        " author_followers = coalesce(w.followers, p.author_followers), author_url = coalesce(w.url, p.author_url)"
        " FROM unnest($2::bigint[], $3::text[], $4::text[], $5::text[], $6::text[], $7::bigint[], $8::text[])"
        "   AS w(post_id, key, handle, name, city, followers, url)"
        " WHERE p.brand_id = $1 AND p.post_id = w.post_id AND p.author_key = w.key AND p.text IS NOT NULL RETURNING p.post_id",
        {reading.brand, array_of(named), array_of(keys), array_of(handles), array_of(names), array_of(cities), array_of(followers),
         array_of(urls)});
    std::vector<Id> done;
    for (std::size_t row = 0; row < rows.size(); ++row) done.push_back(rows.at(row, 0).integer());
    return done;
}

void note_seen(Transaction& transaction, const Reading& reading, const std::vector<Arriving>& arriving) {
    std::vector<std::int64_t> seen, waited_for;
    for (const auto& one : arriving)
        if (one.known && !one.known->seen_here) (awaited(reading, *one.post) ? waited_for : seen).push_back(one.known->id);
    for (const auto& [posts, is_awaited] : {std::pair(&seen, false), std::pair(&waited_for, true)})
        if (!posts->empty())
            transaction.run_prepared(
                "INSERT INTO post_seen (brand_id, post_id, source_id, seen_at, by_webhook, awaited)"
                " SELECT $1, post_id, $3, $4, $5, $6 FROM unnest($2::bigint[]) AS w(post_id) ON CONFLICT DO NOTHING",
                {reading.brand, array_of(*posts), reading.source, reading.now, reading.by_webhook, is_awaited});
}

void end_awaiting(Transaction& transaction, const Reading& reading, const std::vector<Arriving>& arriving) {
    if (!reading.by_webhook) return;
    std::vector<std::int64_t> known;
    for (const auto& one : arriving)
        if (one.known && one.known->seen_here) known.push_back(one.known->id);
    if (known.empty()) return;
    transaction.run_prepared("UPDATE post_seen SET awaited = false, by_webhook = true"
                             " WHERE brand_id = $1 AND source_id = $2 AND post_id = ANY ($3::bigint[]) AND awaited",
                             {reading.brand, reading.source, array_of(known)});
}

} // namespace larum::store
