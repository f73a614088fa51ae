#include "daemon/store/page_rest.h"

namespace larum::store {

namespace {

/// Items longer than this are cut before they are buried: enough for a person to see what they are.
constexpr std::size_t letter_bytes_max = 64u << 10;

struct Tombstones {
    std::vector<std::string> platforms, realms, native_ids, posted_at, deleted_at;
    std::vector<std::optional<std::string>> post_ids; ///< for those that were never seen; none: those leave no trace

    void add(std::optional<Id> fresh, const std::string& platform, const std::string& realm, const std::string& id, Time posted, Time deleted) {
        platforms.push_back(platform);
        realms.push_back(realm);
        native_ids.push_back(id);
        posted_at.push_back(format_time(posted));
        deleted_at.push_back(format_time(deleted));
        post_ids.push_back(fresh ? std::optional<std::string>(std::to_string(*fresh)) : std::nullopt);
    }
};

Tombstones tombstones_of(IdMaker& ids, const Reading& reading, const connectors::Page& page) {
    Tombstones all;
    for (const auto& post : page.posts)
        if (post.deleted_at) all.add(ids.next(), post.platform, post.realm, post.id, post.posted_at, *post.deleted_at);
    for (const auto& one : page.deletions) {
        const auto at = one.at == Time{} ? reading.now : one.at;
        all.add(one.only_known ? std::nullopt : std::optional<Id>(ids.next()), one.platform, one.realm, one.id, at, at);
    }
    return all;
}

std::vector<std::int64_t> living(Transaction& transaction, const Reading& reading, const Tombstones& stones) {
    const auto rows = transaction.run_prepared(
        // Locked in the order of their ids, which is the same for everybody.
        "WITH found AS MATERIALIZED (SELECT p.post_id FROM unnest($2::text[], $3::text[], $4::text[]) AS w(platform, realm, native_id)"
        "   CROSS JOIN LATERAL (SELECT post_id FROM post WHERE brand_id = $1 AND platform = w.platform AND realm = w.realm"
        "   AND native_id = w.native_id LIMIT 1) AS p ORDER BY p.post_id)"
        " SELECT found.post_id FROM found CROSS JOIN LATERAL (SELECT FROM post WHERE brand_id = $1 AND post_id = found.post_id"
        " AND deleted_at IS NULL LIMIT 1 FOR UPDATE) AS living",
        {reading.brand, array_of(stones.platforms), array_of(stones.realms), array_of(stones.native_ids)});
    std::vector<std::int64_t> posts;
    for (std::size_t row = 0; row < rows.size(); ++row) posts.push_back(rows.at(row, 0).integer());
    return posts;
}

/// A webhook brought what a poll had found before it: it was slower, and missed nothing.
void end_awaiting(Transaction& transaction, const Reading& reading, const std::vector<std::string>& refs) {
    if (!reading.by_webhook) return;
    transaction.run_prepared("UPDATE contact c SET awaited_by = NULL, awaited_since = NULL FROM unnest($3::text[]) AS w(ref)"
                             " WHERE c.brand_id = $1 AND c.ref = w.ref AND c.awaited_by = $2",
                             {reading.brand, reading.source, array_of(refs)});
}

} // namespace

void keep_held_texts(Transaction& transaction, BrandId brand, const std::vector<std::int64_t>& posts, Time now) {
    transaction.run_prepared(
        "INSERT INTO post_version (brand_id, post_id, version, text, seen_at)"
        " SELECT p.brand_id, p.post_id, coalesce((extract(epoch FROM p.edited_at) * 1000000)::bigint, p.text_hash, 0), p.text, $3"
        " FROM unnest($2::bigint[]) AS w(post_id)"
        " CROSS JOIN LATERAL (SELECT * FROM post WHERE brand_id = $1 AND post_id = w.post_id LIMIT 1) AS p"
        " CROSS JOIN LATERAL (SELECT FROM hold WHERE brand_id = $1 AND post_id = w.post_id AND ends_at > $3 LIMIT 1) AS held"
        " WHERE p.text IS NOT NULL"
        " ON CONFLICT DO NOTHING",
        {brand, array_of(posts), now});
}

std::vector<Id> delete_posts(Transaction& transaction, IdMaker& ids, const Reading& reading, const connectors::Page& page) {
    const auto stones = tombstones_of(ids, reading, page);
    if (stones.post_ids.empty()) return {};
    const auto posts = living(transaction, reading, stones);
    if (!posts.empty()) {
        keep_held_texts(transaction, reading.brand, posts, reading.now);
        transaction.run_prepared(
            "DELETE FROM post_version v USING unnest($2::bigint[]) AS w(post_id)"
            " LEFT JOIN LATERAL (SELECT true AS yes FROM hold WHERE brand_id = $1 AND post_id = w.post_id AND ends_at > $3 LIMIT 1) AS held ON true"
            " WHERE v.brand_id = $1 AND v.post_id = w.post_id AND held.yes IS NULL",
            {reading.brand, array_of(posts), reading.now});
        transaction.run_prepared(
            "UPDATE post p SET text = NULL, attachments = NULL, order_refs = NULL, answer_awaited = false, deleted_at = $3 FROM unnest($2::bigint[]) AS w(post_id)"
            " WHERE p.brand_id = $1 AND p.post_id = w.post_id",
            {reading.brand, array_of(posts), reading.now});
    }
    // A deletion that overtook its post: the row is there before the post, and the post stays blank.
    transaction.run_prepared(
        "INSERT INTO post (brand_id, post_id, platform, realm, native_id, source_id, kind, posted_at, first_seen_at, deleted_at)"
        " SELECT $1, w.post_id, w.platform, w.realm, w.native_id, $7, 0, w.posted_at, $8, w.deleted_at"
        " FROM unnest($2::bigint[], $3::text[], $4::text[], $5::text[], $6::timestamptz[], $9::timestamptz[])"
        "   AS w(post_id, platform, realm, native_id, posted_at, deleted_at) WHERE w.post_id IS NOT NULL"
        " ON CONFLICT DO NOTHING",
        {reading.brand, array_of(stones.post_ids), array_of(stones.platforms), array_of(stones.realms), array_of(stones.native_ids),
         array_of(stones.posted_at), reading.source, reading.now, array_of(stones.deleted_at)});
    return posts;
}

std::size_t save_contacts(Transaction& transaction, IdMaker& ids, const Reading& reading, const std::vector<Contact>& contacts) {
    if (contacts.empty()) return 0;
    std::vector<std::int64_t> contact_ids, channels, directions;
    std::vector<std::string> refs, authors, times, agents, summaries, automatic, awaited;
    for (const auto& one : contacts) {
        contact_ids.push_back(ids.next());
        refs.push_back(one.ref);
        authors.push_back(one.author);
        channels.push_back(static_cast<int>(one.channel));
        directions.push_back(static_cast<int>(one.direction));
        times.push_back(format_time(one.at));
        agents.push_back(one.agent);
        summaries.push_back(one.summary);
        automatic.push_back(one.automatic ? "t" : "f");
        awaited.push_back(!reading.by_webhook && reading.webhook_since && one.at >= *reading.webhook_since ? "t" : "f");
    }
    end_awaiting(transaction, reading, refs);
    const auto rows = transaction.run_prepared(
        "INSERT INTO contact (brand_id, contact_id, ref, author_key, channel, direction, at, agent, summary, automatic,"
        "   awaited_by, awaited_since)"
        " SELECT DISTINCT ON (w.ref) $1, w.contact_id, w.ref, nullif(w.author, ''), w.channel, w.direction, w.at, w.agent, w.summary, w.automatic,"
        "   CASE WHEN w.awaited THEN $12::bigint END, CASE WHEN w.awaited THEN $13::timestamptz END"
        " FROM unnest($2::bigint[], $3::text[], $4::text[], $5::smallint[], $6::smallint[], $7::timestamptz[], $8::text[], $9::text[],"
        "   $10::boolean[], $11::boolean[]) AS w(contact_id, ref, author, channel, direction, at, agent, summary, automatic, awaited)"
        " ON CONFLICT (brand_id, ref) DO UPDATE SET summary = excluded.summary, automatic = excluded.automatic"
        " WHERE (contact.summary, contact.automatic) IS DISTINCT FROM (excluded.summary, excluded.automatic)"
        " RETURNING author_key",
        {reading.brand, array_of(contact_ids), array_of(refs), array_of(authors), array_of(channels), array_of(directions),
         array_of(times), array_of(agents), array_of(summaries), array_of(automatic), array_of(awaited), reading.source, reading.now});
    std::vector<std::string> subjects;
    for (std::size_t row = 0; row < rows.size(); ++row)
        if (!rows.at(row, 0).null()) subjects.push_back("author:" + rows.at(row, 0).text());
    if (subjects.empty()) return rows.size();
    // News for the open posts of whoever these authors are taken for.
    transaction.run_prepared(
        "INSERT INTO triage_queue (brand_id, queue_id, post_ids, cause)"
        " SELECT $1, $3, array_agg(post_id), 'contact' FROM"
        " (SELECT DISTINCT ep.post_id FROM unnest($2::text[]) AS w(subject)"
        "   CROSS JOIN LATERAL (SELECT customer_id FROM identity WHERE brand_id = $1 AND subject = w.subject"
        "     AND state <> 'rejected' ORDER BY state LIMIT 20) i"
        "   CROSS JOIN LATERAL (SELECT escalation_id FROM escalation WHERE brand_id = $1 AND customer_id = i.customer_id"
        "     AND state IN ('open', 'acknowledged') ORDER BY escalation_id DESC LIMIT 100) e"
        "   CROSS JOIN LATERAL (SELECT post_id FROM escalation_post WHERE brand_id = $1 AND escalation_id = e.escalation_id"
        "     ORDER BY post_id DESC LIMIT 100) ep LIMIT 500) open_posts"
        " HAVING count(*) > 0",
        {reading.brand, array_of(subjects), ids.next()});
    return rows.size();
}

void save_gaps(Transaction& transaction, IdMaker& ids, const Reading& reading, const std::vector<connectors::Gap>& gaps) {
    if (gaps.empty()) return;
    std::vector<std::int64_t> gap_ids;
    std::vector<std::string> from, to, reasons;
    for (const auto& one : gaps) {
        gap_ids.push_back(ids.next());
        from.push_back(format_time(one.from));
        to.push_back(format_time(one.to));
        reasons.push_back(one.reason);
    }
    transaction.run_prepared(
        "INSERT INTO source_gap (brand_id, gap_id, source_id, stream, from_at, to_at, reason, lost)"
        " SELECT $1, w.gap_id, $6, $7, w.from_at, w.to_at, w.reason, true"
        " FROM unnest($2::bigint[], $3::timestamptz[], $4::timestamptz[], $5::text[]) AS w(gap_id, from_at, to_at, reason)",
        {reading.brand, array_of(gap_ids), array_of(from), array_of(to), array_of(reasons), reading.source, reading.stream});
}

std::size_t bury_rejected(Transaction& transaction, IdMaker& ids, const Reading& reading, const std::vector<std::string>& rejected,
                          const std::string& source_name) {
    std::vector<DeadLetter> letters;
    for (const auto& one : rejected) {
        const auto tab = one.find('\t');
        const auto reason = one.substr(0, tab);
        letters.push_back({"item", source_name, {}, reason, tab == std::string::npos ? std::string() : one.substr(tab + 1)});
    }
    bury(transaction, ids, reading.brand, letters, reading.now);
    return letters.size();
}

void bury(Transaction& transaction, IdMaker& ids, BrandId brand, const std::vector<DeadLetter>& letters, Time now) {
    if (letters.empty()) return;
    const auto copy = transaction.copy_into("dead_letter", {"brand_id", "dead_letter_id", "kind", "source", "reference", "reason", "body", "at"});
    for (const auto& one : letters)
        copy->row({brand, ids.next(), one.kind, one.source, one.reference, one.reason, to_bytea(one.body.substr(0, letter_bytes_max)), now});
    copy->finish();
}

void queue_for_triage(Transaction& transaction, IdMaker& ids, BrandId brand, const std::vector<Id>& posts, const std::string& cause) {
    if (posts.empty()) return;
    transaction.run_prepared("INSERT INTO triage_queue (brand_id, queue_id, post_ids, cause) VALUES ($1, $2, $3, $4)",
                             {brand, ids.next(), array_of(posts), cause});
}

} // namespace larum::store
