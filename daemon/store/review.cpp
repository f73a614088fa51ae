#include "daemon/store/review.h"

#include <nlohmann/json.hpp>

namespace larum::store {

using nlohmann::json;

namespace {

/// The first field of the first row, as JSON; null when there is none.
json only(const Rows& rows) {
    if (rows.empty() || rows.at(0, 0).null()) return nullptr;
    return json::parse(rows.at(0, 0).view());
}

json list(const Rows& rows) {
    auto all = only(rows);
    return all.is_null() ? json::array() : all;
}

std::string array_of_brands(const std::vector<BrandId>& brands) {
    return array_of(std::vector<std::int64_t>(brands.begin(), brands.end()));
}

Id id_at(Time time) {
    // Ids carry milliseconds since 2026 in their upper 41 bits (core/id.h).
    using namespace std::chrono;
    const auto since = duration_cast<milliseconds>(time - Time(sys_days{year{2026} / 1 / 1})).count();
    return since < 0 ? 0 : since << 22;
}

// What a row of the queue shows, whatever brought it there: `p` post, `d` its latest decision.
#define LARUM_QUEUE_COLUMNS                                                                                            \
    "b.name AS brand, p.post_id::text AS post, p.platform,"                                                            \
    " (ARRAY['post','comment','review','mention'])[p.kind + 1] AS kind,"                                               \
    " left(p.text, 400) AS text, p.author_name, p.author_handle, p.posted_at, p.first_seen_at, p.deleted_at,"          \
    " p.text_ended_at, p.likes, p.shares, p.comments, p.views, p.rating, p.reported_by IS NOT NULL AS reported,"       \
    " p.answer_by,"                                                                                                    \
    " d.rule, d.reasons, d.verdict, d.story, d.customer_id::text AS customer, d.probability, c.name AS customer_name," \
    " c.tier AS customer_tier, s.ref AS case_ref, s.promised_at,"                                                      \
    " EXISTS (SELECT FROM identity i"                                                                                  \
    "  WHERE i.brand_id = p.brand_id AND i.customer_id = d.customer_id AND i.state = 'confirmed'"                      \
    "    AND i.subject = coalesce('author:' || p.author_key, 'post:' || p.post_id)) AS confirmed"

#define LARUM_QUEUE_JOINS                                                                                              \
    " JOIN brand b ON b.brand_id = p.brand_id"                                                                         \
    " LEFT JOIN customer c ON c.brand_id = p.brand_id AND c.customer_id = d.customer_id"                               \
    " LEFT JOIN service_case s ON s.brand_id = p.brand_id AND s.case_id = d.case_id"

#define LARUM_LATEST_DECISION                                                                                          \
    " LEFT JOIN LATERAL (SELECT * FROM decision x"                                                                     \
    "  WHERE x.brand_id = p.brand_id AND x.post_id = p.post_id"                                                        \
    "  ORDER BY x.revision DESC LIMIT 1) d ON true"

#define LARUM_ESCALATIONS                                                                                              \
    "SELECT json_agg(q) FROM ("                                                                                        \
    "SELECT e.escalation_id::text AS escalation,"                                                                      \
    " (ARRAY['none','watch','flag','urgent'])[e.urgency + 1] AS urgency, e.state, e.outcome, e.posts, e.opened_at,"    \
    " e.changed_at, e.answered_at, e.next_at, e.shadow, e.revision,"                                                   \
    " by_.name AS acknowledged_by, to_.name AS assigned_to,"                                                           \
    " (SELECT count(*) FROM escalation f WHERE f.brand_id = e.brand_id AND f.folded_into = e.escalation_id) AS folded,"  \
    LARUM_QUEUE_COLUMNS                                                                                                \
    " FROM escalation e"                                                                                               \
    " JOIN post p ON p.brand_id = e.brand_id AND p.post_id = e.post_id" LARUM_LATEST_DECISION LARUM_QUEUE_JOINS        \
    " LEFT JOIN account by_ ON by_.account_id = e.acknowledged_by"                                                     \
    " LEFT JOIN account to_ ON to_.account_id = e.assigned_to"

json read_open(Transaction& tx, const std::string& brands) {
    return list(tx.run(LARUM_ESCALATIONS
                       " WHERE e.brand_id = ANY($1::int[]) AND e.state IN ('open', 'acknowledged')"
                       "   AND e.folded_into IS NULL"
                       " ORDER BY e.urgency DESC, e.state DESC, e.opened_at"
                       " LIMIT $2) q",
                       {brands, queue_most}));
}

json read_done(Transaction& tx, const std::string& brands, Time now) {
    return list(tx.run(LARUM_ESCALATIONS
                       " WHERE e.brand_id = ANY($1::int[]) AND e.state IN ('settled', 'dismissed', 'spent')"
                       "   AND e.changed_at > $3"
                       " ORDER BY e.changed_at DESC"
                       " LIMIT $2) q",
                       {brands, queue_most, now - std::chrono::hours(24 * 30)}));
}

json read_watched(Transaction& tx, const std::string& brands, Time now) {
    return list(tx.run("SELECT json_agg(q) FROM ("
                       "SELECT 'watch' AS urgency, 'open' AS state, p.first_seen_at AS opened_at, " LARUM_QUEUE_COLUMNS
                       " FROM decision d"
                       " JOIN post p ON p.brand_id = d.brand_id AND p.post_id = d.post_id" LARUM_QUEUE_JOINS
                       " WHERE d.brand_id = ANY($1::int[]) AND d.urgency = 1 AND d.post_id > $3"
                       "   AND NOT EXISTS (SELECT FROM decision later"
                       "    WHERE later.brand_id = d.brand_id AND later.post_id = d.post_id AND later.revision > d.revision)"
                       " ORDER BY d.post_id DESC"
                       " LIMIT $2) q",
                       {brands, queue_most, id_at(now - std::chrono::hours(24 * 14))}));
}

} // namespace

json read_queue(Transaction& tx, const std::vector<BrandId>& brands, QueueView view, Time now) {
    const auto wanted = array_of_brands(brands);
    switch (view) {
    case QueueView::open: return read_open(tx, wanted);
    case QueueView::watch: return read_watched(tx, wanted, now);
    case QueueView::done: return read_done(tx, wanted, now);
    }
    return json::array();
}

json read_post(Transaction& tx, BrandId brand, Id post) {
    return only(tx.run(
        "SELECT json_build_object("
        " 'post', json_build_object('id', p.post_id::text, 'platform', p.platform, 'native_id', p.native_id,"
        "  'parent', p.parent_native_id, 'kind', (ARRAY['post','comment','review','mention'])[p.kind + 1],"
        "  'text', p.text, 'lang', p.lang, 'rating', p.rating, 'attachments', p.attachments,"
        "  'author', json_build_object('name', p.author_name, 'handle', p.author_handle, 'city', p.author_city,"
        "   'followers', p.author_followers, 'url', p.author_url, 'hidden', p.author_key IS NULL),"
        "  'posted_at', p.posted_at, 'first_seen_at', p.first_seen_at, 'edited_at', p.edited_at,"
        "  'deleted_at', p.deleted_at, 'text_ended_at', p.text_ended_at, 'url', p.url, 'on_ad', p.on_ad,"
        "  'own', p.own, 'likes', p.likes, 'shares', p.shares, 'comments', p.comments, 'views', p.views,"
        "  'reported_by', p.reported_by, 'answer_by', p.answer_by, 'order_refs', p.order_refs,"
        "  'source', (SELECT name FROM source WHERE brand_id = p.brand_id AND source_id = p.source_id)),"
        " 'author_key', coalesce(p.author_key, ''),"
        " 'decisions', (SELECT json_agg(json_build_object('revision', d.revision, 'decided_at', d.decided_at,"
        "   'cause', d.cause, 'urgency', (ARRAY['none','watch','flag','urgent'])[d.urgency + 1], 'rule', d.rule,"
        "   'reasons', d.reasons, 'verdict', d.verdict, 'customer', d.customer_id::text,"
        "   'probability', d.probability, 'case', d.case_id::text, 'case_probability', d.case_probability,"
        "   'story', d.story) ORDER BY d.revision DESC)"
        "  FROM (SELECT * FROM decision x WHERE x.brand_id = p.brand_id AND x.post_id = p.post_id"
        "   ORDER BY x.revision DESC LIMIT 20) d),"
        " 'identities', (SELECT json_agg(json_build_object('customer', i.customer_id::text, 'ref', c.ref,"
        "   'state', i.state, 'probability', i.probability, 'evidence', i.evidence, 'updated_at', i.updated_at,"
        "   'by', (SELECT name FROM account WHERE account_id = i.account_id)) ORDER BY i.probability DESC)"
        "  FROM identity i JOIN customer c ON c.brand_id = i.brand_id AND c.customer_id = i.customer_id"
        "  WHERE i.brand_id = p.brand_id"
        "    AND i.subject = coalesce('author:' || p.author_key, 'post:' || p.post_id)),"
        " 'case', (SELECT json_build_object('id', s.case_id::text, 'ref', s.ref, 'status', s.status,"
        "   'topic', s.topic, 'subject', s.subject, 'channel', s.channel, 'opened_at', s.opened_at,"
        "   'closed_at', s.closed_at, 'promised_at', s.promised_at, 'order_ref', s.order_ref,"
        "   'owner', s.owner, 'team', s.team)"
        "  FROM decision d JOIN service_case s ON s.brand_id = d.brand_id AND s.case_id = d.case_id"
        "  WHERE d.brand_id = p.brand_id AND d.post_id = p.post_id"
        "  ORDER BY d.revision DESC LIMIT 1))"
        " FROM post p"
        " WHERE p.brand_id = $1 AND p.post_id = $2",
        {brand, post}));
}

json read_customers(Transaction& tx, BrandId brand, const std::vector<Id>& customers) {
    return list(tx.run("SELECT json_agg(json_build_object('id', customer_id::text, 'ref', ref, 'name', name,"
                       " 'tier', tier, 'city', city, 'language', language,"
                       " 'objected', do_not_match OR objected_at IS NOT NULL))"
                       " FROM customer"
                       " WHERE brand_id = $1 AND customer_id = ANY($2::bigint[])",
                       {brand, array_of(customers)}));
}

json read_timeline(Transaction& tx, BrandId brand, const std::vector<std::int64_t>& customers, const std::string& author_key, Time now) {
    const std::optional<std::string> author = author_key.empty() ? std::nullopt : std::optional(author_key);
    return list(tx.run(
        "WITH mine AS (SELECT substr(subject, 8) AS key FROM identity"
        "  WHERE brand_id = $1 AND customer_id = ANY($2::bigint[]) AND state = 'confirmed' AND subject LIKE 'author:%'"
        "  UNION SELECT $3::text WHERE $3::text IS NOT NULL)"
        " SELECT json_agg(t ORDER BY t.at DESC) FROM ("
        "  SELECT 'contact' AS what, k.at, k.contact_id::text AS id, s.ref AS case_ref,"
        "   (ARRAY['phone','email','chat','messenger','form','store','letter','app','social'])[k.channel + 1] AS channel,"
        "   (ARRAY['in','out'])[k.direction + 1] AS direction, left(k.summary, 600) AS text, k.agent AS who,"
        "   k.automatic, NULL::text AS urgency"
        "  FROM contact k"
        "  LEFT JOIN service_case s ON s.brand_id = k.brand_id AND s.case_id = k.case_id"
        "  WHERE k.brand_id = $1 AND (k.customer_id = ANY($2::bigint[]) OR k.author_key IN (SELECT key FROM mine)"
        "    OR k.case_id IN (SELECT case_id FROM service_case WHERE brand_id = $1 AND customer_id = ANY($2::bigint[])))"
        " UNION ALL"
        "  SELECT e.what, e.at, s.case_id::text, s.ref, NULL, NULL, s.subject, s.owner, false, NULL"
        "  FROM service_case s, LATERAL (VALUES ('case_opened', s.opened_at), ('promise', s.promised_at),"
        "   ('case_closed', s.closed_at)) e (what, at)"
        "  WHERE s.brand_id = $1 AND s.customer_id = ANY($2::bigint[]) AND e.at IS NOT NULL"
        "    AND (e.what <> 'promise' OR e.at < $4)"
        " UNION ALL"
        "  SELECT 'post', p.posted_at, p.post_id::text, NULL, p.platform, 'in', left(p.text, 600),"
        "   coalesce(p.author_name, p.author_handle), false,"
        "   (SELECT (ARRAY['none','watch','flag','urgent'])[d.urgency + 1] FROM decision d"
        "    WHERE d.brand_id = p.brand_id AND d.post_id = p.post_id ORDER BY d.revision DESC LIMIT 1)"
        "  FROM post p"
        "  WHERE p.brand_id = $1 AND p.author_key IN (SELECT key FROM mine)"
        " ORDER BY at DESC LIMIT 200) t",
        {brand, array_of(customers), author, now + std::chrono::hours(24 * 366)}));
}

json read_escalations(Transaction& tx, BrandId brand, Id post) {
    return list(tx.run(
        "SELECT json_agg(json_build_object('id', e.escalation_id::text, 'state', e.state, 'outcome', e.outcome,"
        "  'urgency', (ARRAY['none','watch','flag','urgent'])[e.urgency + 1], 'posts', e.posts,"
        "  'opened_at', e.opened_at, 'changed_at', e.changed_at, 'answered_at', e.answered_at, 'next_at', e.next_at,"
        "  'shadow', e.shadow, 'folded_into', e.folded_into::text, 'post', e.post_id::text,"
        "  'acknowledged_by', (SELECT name FROM account WHERE account_id = e.acknowledged_by),"
        "  'assigned_to', (SELECT name FROM account WHERE account_id = e.assigned_to),"
        "  'alerts', (SELECT json_agg(json_build_object('id', a.alert_id::text, 'kind', a.kind, 'step', a.step,"
        "    'channel', a.channel, 'recipient', a.recipient, 'state', a.state, 'due_at', a.due_at,"
        "    'ended_at', a.ended_at, 'tries', a.tries, 'reason', a.reason,"
        "    'deliveries', (SELECT json_agg(json_build_object('started_at', l.started_at, 'ended_at', l.ended_at,"
        "      'outcome', l.outcome, 'reason', l.reason) ORDER BY l.attempt)"
        "     FROM delivery l WHERE l.brand_id = a.brand_id AND l.alert_id = a.alert_id))"
        "    ORDER BY a.step, a.created_at)"
        "   FROM alert a WHERE a.brand_id = e.brand_id AND a.escalation_id = e.escalation_id))"
        "  ORDER BY e.opened_at DESC)"
        " FROM escalation e"
        " WHERE e.brand_id = $1 AND (e.post_id = $2 OR e.escalation_id IN"
        "  (SELECT escalation_id FROM escalation_post WHERE brand_id = $1 AND post_id = $2))",
        {brand, post}));
}

json read_replies(Transaction& tx, BrandId brand, Id post) {
    return list(tx.run("SELECT json_agg(json_build_object('id', r.post_id::text, 'at', r.posted_at,"
                       "  'text', left(r.text, 1000), 'by', r.author_name) ORDER BY r.posted_at)"
                       " FROM post p"
                       " JOIN post r ON r.brand_id = p.brand_id AND r.parent_native_id = p.native_id"
                       "  AND r.platform = p.platform AND r.own AND r.deleted_at IS NULL"
                       " WHERE p.brand_id = $1 AND p.post_id = $2",
                       {brand, post}));
}

json read_labels(Transaction& tx, BrandId brand, Id post) {
    return list(tx.run("SELECT json_agg(json_build_object('kind', l.kind, 'value', l.value, 'at', l.at,"
                       "  'by', (SELECT name FROM account WHERE account_id = l.account_id)) ORDER BY l.at DESC)"
                       " FROM (SELECT * FROM label WHERE brand_id = $1 AND post_id = $2"
                       "  ORDER BY label_id DESC LIMIT 50) l",
                       {brand, post}));
}

json read_dead_letters(Transaction& tx, const std::vector<BrandId>& brands) {
    return list(tx.run("SELECT json_agg(json_build_object('brand', q.brand, 'id', q.dead_letter_id::text,"
                       "  'kind', q.kind, 'source', q.source, 'reference', q.reference, 'reason', q.reason,"
                       "  'at', q.at, 'rerun_at', q.rerun_at, 'bytes', q.bytes) ORDER BY q.at DESC)"
                       " FROM (SELECT b.name AS brand, d.*, length(d.body) AS bytes"
                       "  FROM dead_letter d JOIN brand b USING (brand_id)"
                       "  WHERE d.brand_id = ANY($1::int[])"
                       "  ORDER BY d.dead_letter_id DESC LIMIT 200) q",
                       {array_of_brands(brands)}));
}

json read_people(Transaction& tx, BrandId brand) {
    return list(tx.run("SELECT json_agg(json_build_object('id', a.account_id::text, 'name', a.name) ORDER BY a.name)"
                       " FROM account_brand g JOIN account a USING (account_id)"
                       " WHERE g.brand_id = $1 AND g.role IN ('reviewer', 'admin') AND a.disabled_at IS NULL",
                       {brand}));
}

std::vector<Pulse> read_pulses(Transaction& tx, const std::vector<BrandId>& brands, Time since, Time now) {
    const auto rows = tx.run(
        "(SELECT brand_id, escalation_id, post_id,"
        "  concat_ws(' ', state, revision, posts, urgency, changed_at, answered_at, acknowledged_by, assigned_to)"
        " FROM escalation"
        " WHERE brand_id = ANY($1::int[]) AND (state IN ('open', 'acknowledged') OR changed_at > $2)"
        " ORDER BY escalation_id DESC LIMIT 2000)"
        " UNION ALL"
        " (SELECT brand_id, 0, post_id, revision::text"
        " FROM decision"
        " WHERE brand_id = ANY($1::int[]) AND urgency = 1 AND post_id > $3"
        " ORDER BY post_id DESC LIMIT 200)",
        {array_of_brands(brands), since, id_at(now - std::chrono::minutes(2))});
    std::vector<Pulse> pulses;
    for (std::size_t i = 0; i < rows.size(); ++i)
        pulses.push_back({static_cast<BrandId>(rows.at(i, 0).integer()), rows.at(i, 1).integer(),
                          rows.at(i, 2).integer(), rows.at(i, 3).text()});
    return pulses;
}

} // namespace larum::store
