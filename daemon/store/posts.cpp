#include "daemon/store/posts.h"

#include "core/crypto.h"
#include "core/post_json.h"
#include "core/reported.h"
#include "daemon/store/answers.h"
#include "daemon/store/escalations.h"
#include "daemon/store/page_rest.h"
#include "daemon/store/refresh.h"
#include "daemon/store/reported.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <map>
#include <set>

namespace larum::store {

namespace {

using Texts = std::vector<std::optional<std::string>>;

/// Younger posts are never late, so nobody needs to know why they are.
constexpr Span late_at_all = std::chrono::hours{1};
/// Gaps of a source that are asked for an excuse, newest first.
constexpr int gaps_asked = 100;

/// What the store knew of a post before this page.
struct Known {
    Id id = 0;
    std::optional<std::int64_t> text_hash, earlier_hash;
    std::optional<Time> edited_at;
    std::optional<std::int64_t> rating;
    bool deleted = false;
    bool seen_here = false;
    bool nameless = false; ///< it came from somewhere that tells only the author's id
    Metrics metrics;
    std::optional<Time> answer_by;
    bool other_orders = false; ///< the page names orders that the store does not have
};

/// A post of the page on its way into the store.
struct Arriving {
    const Post* post = nullptr;
    std::int64_t text_hash = 0;
    std::optional<Known> known;
    Id id = 0;
};

std::optional<std::string> or_null(const std::string& text) {
    return text.empty() ? std::nullopt : std::optional<std::string>(text);
}

template <class T>
std::optional<std::string> number_or_null(const std::optional<T>& number) {
    return number ? std::optional<std::string>(std::to_string(*number)) : std::nullopt;
}

std::optional<std::string> time_or_null(const std::optional<Time>& time) {
    return time ? std::optional<std::string>(format_time(*time)) : std::nullopt;
}

std::optional<std::string> attachments_of(const Post& post) {
    if (post.attachments.empty()) return std::nullopt;
    auto list = nlohmann::json::array();
    for (const auto& one : post.attachments) list.push_back({{"kind", one.kind}, {"url", one.url}});
    return list.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

/// A page may hold a post twice (two edits of it): the later one counts.
std::vector<Arriving> arriving_of(const connectors::Page& page) {
    std::vector<Arriving> arriving;
    std::map<std::tuple<std::string_view, std::string_view, std::string_view>, std::size_t> places;
    for (const auto& post : page.posts) {
        if (post.deleted_at) continue;
        const Arriving one{&post, hash64(post.text), {}, 0};
        const auto [place, first] = places.emplace(std::tuple{std::string_view(post.platform), std::string_view(post.realm),
                                                              std::string_view(post.id)}, arriving.size());
        if (first)
            arriving.push_back(one);
        else
            arriving[place->second] = one;
    }
    return arriving;
}

void look_up(Transaction& transaction, const Reading& reading, std::vector<Arriving>& arriving) {
    std::vector<std::string> platforms, realms, native_ids;
    Texts orders;
    for (const auto& one : arriving) {
        platforms.push_back(one.post->platform);
        realms.push_back(one.post->realm);
        native_ids.push_back(one.post->id);
        orders.push_back(order_refs_of(*one.post));
    }
    const auto rows = transaction.run_prepared(
        // LIMIT makes it a look-up a row, whatever the planner believes of a table that was never analyzed: it would
        // read all posts of the brand.
        "SELECT w.place, p.post_id, p.text_hash, p.edited_at, p.deleted_at IS NOT NULL, p.likes, p.shares, p.comments, p.views,"
        " s.seen IS NOT NULL, p.rating, p.author_key IS NOT NULL AND p.author_handle IS NULL AND p.author_name IS NULL, p.earlier_hash,"
        " p.answer_by, w.orders IS NOT NULL AND p.order_refs IS DISTINCT FROM w.orders"
        " FROM unnest($2::text[], $3::text[], $4::text[], $6::jsonb[]) WITH ORDINALITY AS w(platform, realm, native_id, orders, place)"
        " CROSS JOIN LATERAL (SELECT * FROM post WHERE brand_id = $1 AND platform = w.platform AND realm = w.realm"
        " AND native_id = w.native_id LIMIT 1) AS p"
        " LEFT JOIN LATERAL (SELECT true AS seen FROM post_seen WHERE brand_id = $1 AND post_id = p.post_id AND source_id = $5 LIMIT 1) AS s ON true",
        {reading.brand, array_of(platforms), array_of(realms), array_of(native_ids), reading.source, array_of(orders)});
    for (std::size_t row = 0; row < rows.size(); ++row) {
        Known known;
        known.id = rows.at(row, 1).integer();
        known.text_hash = rows.at(row, 2).maybe_integer();
        known.edited_at = rows.at(row, 3).maybe_time();
        known.deleted = rows.at(row, 4).yes();
        known.metrics = {rows.at(row, 5).maybe_integer(), rows.at(row, 6).maybe_integer(), rows.at(row, 7).maybe_integer(),
                         rows.at(row, 8).maybe_integer()};
        known.seen_here = rows.at(row, 9).yes();
        known.rating = rows.at(row, 10).maybe_integer();
        known.nameless = rows.at(row, 11).yes();
        known.earlier_hash = rows.at(row, 12).maybe_integer();
        known.answer_by = rows.at(row, 13).maybe_time();
        known.other_orders = rows.at(row, 14).yes();
        arriving[static_cast<std::size_t>(rows.at(row, 0).integer() - 1)].known = known;
    }
}

// ---- new posts --------------------------------------------------------------------------------------

/// Says of each new post whether a known gap explains that it is seen only now.
class Excuses {
public:
    Excuses(Transaction& transaction, const Reading& reading, const connectors::Page& page, const std::vector<Arriving>& arriving)
        : reading_(reading), gaps_(page.gaps) {
        const bool any_late = std::any_of(arriving.begin(), arriving.end(), [&](const Arriving& one) { return !one.known && late(*one.post); });
        if (!any_late) return;
        const auto rows = transaction.run_prepared(
            "SELECT from_at, coalesce(to_at, $4) FROM source_gap WHERE brand_id = $1 AND source_id = $2 ORDER BY from_at DESC LIMIT $3",
            {reading.brand, reading.source, gaps_asked, reading.now});
        for (std::size_t row = 0; row < rows.size(); ++row)
            gaps_.push_back({rows.at(row, 0).time(), rows.at(row, 1).time(), {}});
    }

    bool excused(const Post& post) const {
        if (!late(post)) return false;
        if (reading_.unread_since && post.posted_at >= *reading_.unread_since) return true;
        return std::any_of(gaps_.begin(), gaps_.end(), [&](const connectors::Gap& gap) {
            return post.posted_at >= gap.from && post.posted_at <= gap.to;
        });
    }

private:
    bool late(const Post& post) const { return !reading_.seen_when_posted && reading_.now - post.posted_at > late_at_all; }

    const Reading& reading_;
    std::vector<connectors::Gap> gaps_;
};

const std::vector<std::string> post_columns = {
    "brand_id",      "post_id",     "platform",    "realm",       "native_id",     "parent_native_id", "source_id",  "kind",
    "author_key",    "author_handle", "author_name", "author_city", "author_followers", "author_url",   "text",       "text_hash",
    "lang",          "rating",      "attachments", "posted_at",   "first_seen_at", "edited_at",        "url",        "on_ad",
    "own",           "likes",       "shares",      "comments",    "views",         "late_excused", "reported_by", "backfilled",
    "link_hash",     "answer_by",   "answer_awaited", "order_refs"};

std::vector<Param> post_row(const Reading& reading, const Arriving& one, bool excused) {
    const auto& post = *one.post;
    return {reading.brand, one.id, post.platform, post.realm, post.id, or_null(post.parent_id), reading.source,
            static_cast<int>(post.kind), or_null(author_key(post)), or_null(post.author.handle), or_null(post.author.name),
            or_null(post.author.city), number_or_null(post.author.followers), or_null(post.author.url), post.text, one.text_hash,
            or_null(post.lang), number_or_null(post.rating), attachments_of(post), post.posted_at,
            reading.seen_when_posted ? post.posted_at : reading.now, time_or_null(post.edited_at), or_null(post.url), post.on_ad,
            post.own, number_or_null(post.metrics.likes), number_or_null(post.metrics.shares),
            number_or_null(post.metrics.comments), number_or_null(post.metrics.views), excused, or_null(post.reported_by), reading.backfill_before && post.posted_at < *reading.backfill_before,
            number_or_null(link_hash(post)), time_or_null(post.answer_by), post.answer_by && !post.own && !reading.seen_when_posted, order_refs_of(post)};
}

void copy_new(Transaction& transaction, const Reading& reading, const std::vector<const Arriving*>& fresh, const Excuses& excuses) {
    const auto copy = transaction.copy_into("post", post_columns);
    for (const auto* one : fresh) copy->row(post_row(reading, *one, excuses.excused(*one->post)));
    copy->finish();
}

/// The careful way: a row a statement, each of which may find that somebody else was faster. Only after a collision.
std::vector<const Arriving*> insert_new(Transaction& transaction, const Reading& reading, const std::vector<const Arriving*>& fresh,
                                        const Excuses& excuses) {
    std::string columns, places;
    for (std::size_t i = 0; i < post_columns.size(); ++i) {
        columns += (i ? "," : "") + post_columns[i];
        places += (i ? ",$" : "$") + std::to_string(i + 1);
    }
    const auto sql = "INSERT INTO post (" + columns + ") VALUES (" + places + ") ON CONFLICT DO NOTHING RETURNING post_id";
    std::vector<const Arriving*> inserted;
    for (const auto* one : fresh)
        if (!transaction.run(sql, post_row(reading, *one, excuses.excused(*one->post))).empty()) inserted.push_back(one);
    return inserted;
}

/// Whether a webhook should have brought a post that this reading brings.
bool awaited(const Reading& reading, const Post& post) {
    return !reading.by_webhook && reading.webhook_since && post.posted_at >= *reading.webhook_since;
}

/// Inserts the posts that are new and notes them as seen by this source.
void add_new(Transaction& transaction, IdMaker& ids, const Reading& reading, const connectors::Page& page,
             std::vector<Arriving>& arriving, Saved& saved) {
    const Excuses excuses(transaction, reading, page, arriving);
    std::vector<const Arriving*> fresh;
    for (auto& one : arriving) {
        if (one.known) continue;
        one.id = ids.next();
        fresh.push_back(&one);
    }
    if (fresh.empty()) return;
    if (reading.one_by_one)
        fresh = insert_new(transaction, reading, fresh, excuses);
    else
        copy_new(transaction, reading, fresh, excuses);
    const auto copy = transaction.copy_into("post_seen", {"brand_id", "post_id", "source_id", "seen_at", "by_webhook", "awaited"});
    for (const auto* one : fresh) {
        copy->row({reading.brand, one->id, reading.source, reading.now, reading.by_webhook, awaited(reading, *one->post)});
        saved.fresh.push_back(one->id);
        saved.fresh_posted.push_back(one->post->posted_at);
    }
    copy->finish();
}

// ---- posts that people handed in -------------------------------------------------------------------------

/// What the store knows of a post that has just become this one.
Known known_as(Id id, const Post& post, std::int64_t text_hash) {
    Known known;
    known.id = id;
    known.text_hash = text_hash;
    known.edited_at = post.edited_at;
    known.rating = post.rating;
    known.other_orders = !post.order_refs.empty();
    return known;
}

/// Finds posts that are there under another id, handed in or brought by a source, and makes one of the two. Those that
/// must be judged again for it.
std::vector<Id> join_reported(Transaction& transaction, const Reading& reading, std::vector<Arriving>& arriving) {
    std::vector<Arriving*> unknown;
    std::vector<const Post*> posts;
    bool handed_in = false;
    for (auto& one : arriving) {
        if (one.known) continue;
        unknown.push_back(&one);
        posts.push_back(one.post);
        handed_in = handed_in || is_reported(*one.post);
    }
    if (posts.empty()) return {};
    take_turns(transaction, reading.brand, handed_in ? Bringing::people : Bringing::sources);
    std::set<Id> taken;
    for (const auto& [place, id] : same_by_link(transaction, reading.brand, posts)) {
        auto& one = *unknown[place];
        const bool by_hand = is_reported(*one.post);
        if (!by_hand && !taken.insert(id).second) continue; // two posts of this page stand under one link
        if (by_hand && note_reported(transaction, reading.brand, id, *one.post)) taken.insert(id);
        if (!by_hand) take_over(transaction, reading.brand, id, reading.source, *one.post);
        one.known = known_as(id, *one.post, one.text_hash);
    }
    return {taken.begin(), taken.end()};
}

// ---- posts that were known ---------------------------------------------------------------------------

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

/// A count that the platform does not tell now keeps its last value.
bool counts_differ(const Metrics& now, const Metrics& before) {
    const auto differs = [](const auto& a, const auto& b) { return a && a != b; };
    return differs(now.likes, before.likes) || differs(now.shares, before.shares) || differs(now.comments, before.comments) ||
           differs(now.views, before.views);
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

/// Posts of which the platform now says something else beside the text. An older copy says nothing.
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

/// A line may bring a post with the author's id alone; whoever brings it next tells how they are called.
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

/// Notes that this source, too, saw posts that another brought.
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

/// A webhook brought what a poll had found before it: it was slower, and missed nothing.
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

} // namespace

Saved save_page(Transaction& transaction, IdMaker& ids, const Reading& reading, const connectors::Page& page,
                const std::string& source_name) {
    Saved saved;
    auto arriving = arriving_of(page);
    if (!arriving.empty()) {
        look_up(transaction, reading, arriving);
        saved.joined = join_reported(transaction, reading, arriving);
        add_new(transaction, ids, reading, page, arriving, saved);
        saved.edited = apply_edits(transaction, reading, arriving);
        saved.named = name_authors(transaction, reading, arriving);
        saved.restated = take_restated(transaction, reading, arriving);
        // What is judged again anyway need not be so twice.
        for (const auto* others : {&saved.edited, &saved.joined})
            std::erase_if(saved.restated, [&](Id id) { return std::find(others->begin(), others->end(), id) != others->end(); });
        update_counts(transaction, reading, arriving);
        note_seen(transaction, reading, arriving);
        end_awaiting(transaction, reading, arriving);
    }
    keep_refreshed(transaction, reading, saved.fresh);
    keep_refreshed(transaction, reading, saved.joined);
    saved.deleted = delete_posts(transaction, ids, reading, page);
    saved.contacts = save_contacts(transaction, ids, reading, page.contacts);
    save_gaps(transaction, ids, reading, page.gaps);
    saved.rejected = bury_rejected(transaction, ids, reading, page.rejected, source_name);
    queue_for_triage(transaction, ids, reading.brand, saved.fresh, "new");
    queue_for_triage(transaction, ids, reading.brand, saved.edited, "edit");
    queue_for_triage(transaction, ids, reading.brand, saved.named, "author");
    queue_for_triage(transaction, ids, reading.brand, saved.joined, "edit");
    queue_for_triage(transaction, ids, reading.brand, saved.restated, "platform");
    auto changed = saved.edited;
    changed.insert(changed.end(), saved.joined.begin(), saved.joined.end());
    changed.insert(changed.end(), saved.restated.begin(), saved.restated.end());
    changed.insert(changed.end(), saved.deleted.begin(), saved.deleted.end());
    if (!changed.empty()) note_news(transaction, reading.brand, changed, reading.now);
    return saved;
}

} // namespace larum::store
