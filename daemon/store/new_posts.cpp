#include "daemon/store/page_posts.h"

#include "core/post_json.h"
#include "daemon/store/answers.h"

#include <algorithm>

namespace larum::store {

namespace {

/// Younger posts are never late, so nobody needs to know why they are.
constexpr Span late_at_all = std::chrono::hours{1};
/// Gaps of a source that are asked for an excuse, newest first.
constexpr int gaps_asked = 100;

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
            number_or_null(one.link_hash), time_or_null(post.answer_by), post.answer_by && !post.own && !reading.seen_when_posted, order_refs_of(post)};
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

} // namespace

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

} // namespace larum::store
