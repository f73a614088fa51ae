#include "daemon/store/retention_steps.h"

#include "daemon/store/escalations.h"
#include "daemon/store/story_json.h"

#include <algorithm>

namespace larum::store {

namespace {

/// Rows of `page` were looked at; it was the last one when it was not full.
Walked walked(const Rows& page, const RetentionStep& step) {
    if (page.at(0, 0).null()) return {step.after, true};
    return {page.at(0, 0).integer(), page.at(0, 1).integer() < step.rows};
}

/// What decisions said of posts whose text ended.
void end_stories(Transaction& transaction, BrandId brand, const std::vector<std::int64_t>& posts, Time now) {
    transaction.run("UPDATE decision "
                    "SET story = " + std::string(counts_of_story) + " "
                    "WHERE brand_id = $1 AND post_id = ANY ($2::bigint[]) AND story IS NOT NULL",
                    {brand, array_of(posts)});
    note_news(transaction, brand, posts, now);
}

/// Texts of posts by their urgency, with what names or shows the author and what was said of both in decisions.
/// The text's hash stays: it tells that the platform's copy is not an edit.
Walked end_texts(Transaction& transaction, const RetentionStep& step) {
    const auto& settings = step.kept.settings;
    const auto latest = step.now - std::min({settings.text_none, settings.text_watch, settings.text_raised});
    const Rows page = transaction.run(
        "WITH page AS ("
        "  SELECT post_id, num_nonnulls(text, attachments, order_refs, author_handle, author_name, author_city, author_url) > 0 AS kept"
        "  FROM post"
        "  WHERE brand_id = $1 AND post_id > $2 AND post_id < $3"
        "  ORDER BY post_id"
        "  LIMIT $4"
        "), due AS ("
        "  SELECT page.post_id"
        "  FROM page"
        "  LEFT JOIN LATERAL ("
        "    SELECT urgency FROM decision d WHERE d.brand_id = $1 AND d.post_id = page.post_id ORDER BY revision DESC LIMIT 1"
        "  ) decided ON true"
        "  WHERE kept AND page.post_id < CASE coalesce(urgency, 0) WHEN 0 THEN $5::bigint WHEN 1 THEN $6 ELSE $7 END"
        "  AND NOT EXISTS ("
        "    SELECT FROM hold h WHERE h.brand_id = $1 AND h.post_id = page.post_id AND h.ends_at > $8)"
        "), ended AS ("
        "  UPDATE post"
        "  SET text = NULL, attachments = NULL, order_refs = NULL, author_handle = NULL, author_name = NULL, author_city = NULL,"
        "    author_url = NULL, text_ended_at = $8"
        "  FROM due"
        "  WHERE post.brand_id = $1 AND post.post_id = due.post_id"
        "  RETURNING post.post_id"
        ") "
        "SELECT (SELECT max(post_id) FROM page), (SELECT count(*) FROM page), (SELECT array_agg(post_id) FROM ended)",
        {step.kept.brand, static_cast<long long>(step.after), static_cast<long long>(first_id_at(latest)), step.rows,
         static_cast<long long>(first_id_at(step.now - settings.text_none)),
         static_cast<long long>(first_id_at(step.now - settings.text_watch)),
         static_cast<long long>(first_id_at(step.now - settings.text_raised)), step.now});
    if (!page.at(0, 2).null()) end_stories(transaction, step.kept.brand, page.at(0, 2).integers(), step.now);
    return walked(page, step);
}

/// Opinions on texts that ended or were deleted. Those on an earlier text of an edited post end with it.
Walked end_opinions(Transaction& transaction, const RetentionStep& step) {
    const Rows page = transaction.run(
        "WITH page AS ("
        "  SELECT DISTINCT post_id FROM second_opinion WHERE brand_id = $1 AND post_id > $2 ORDER BY post_id LIMIT $3"
        "), due AS ("
        "  SELECT page.post_id FROM page"
        "  LEFT JOIN LATERAL (SELECT text FROM post p WHERE p.brand_id = $1 AND p.post_id = page.post_id) known ON true"
        "  WHERE known.text IS NULL"
        "), ended AS ("
        "  DELETE FROM second_opinion o USING due WHERE o.brand_id = $1 AND o.post_id = due.post_id"
        ") "
        "SELECT max(post_id), count(*) FROM page",
        {step.kept.brand, static_cast<long long>(step.after), step.rows});
    return walked(page, step);
}

/// Earlier texts that nobody holds any more, and holds that are themselves as old as the audit log may be.
Walked end_versions(Transaction& transaction, const RetentionStep& step) {
    const auto ended = transaction.run(
        "DELETE FROM post_version v "
        "WHERE v.brand_id = $1 AND (v.post_id, v.version) IN ("
        "  SELECT post_id, version"
        "  FROM post_version w"
        "  WHERE w.brand_id = $1"
        "  AND NOT EXISTS (SELECT FROM hold h WHERE h.brand_id = $1 AND h.post_id = w.post_id AND h.ends_at > $2)"
        "  LIMIT $3)",
        {step.kept.brand, step.now, step.rows});
    transaction.run("DELETE FROM hold WHERE brand_id = $1 AND ends_at < $2",
                    {step.kept.brand, step.now - step.kept.settings.audit});
    return {0, ended.affected() == 0};
}

/// Whom a post might also have been by: of decisions, all candidates but the one that was chosen; of rejected
/// identities, what was compared. The pair and its weights stay, so that the rejection lasts.
Walked end_candidates(Transaction& transaction, const RetentionStep& step) {
    const Time before = step.now - step.kept.settings.rejected_candidates;
    const Rows page = transaction.run(
        "WITH page AS ("
        "  SELECT DISTINCT post_id"
        "  FROM decision"
        "  WHERE brand_id = $1 AND post_id > $2 AND post_id < $3"
        "  ORDER BY post_id"
        "  LIMIT $4"
        "), ended AS ("
        "  UPDATE decision d"
        "  SET story = " + std::string(story_of_chosen) +
        "  FROM page"
        "  WHERE d.brand_id = $1 AND d.post_id = page.post_id AND story IS NOT NULL"
        "  AND story IS DISTINCT FROM " + std::string(story_of_chosen) +
        "  RETURNING d.post_id"
        ") "
        "SELECT (SELECT max(post_id) FROM page), (SELECT count(*) FROM page), (SELECT count(*) FROM ended)",
        {step.kept.brand, static_cast<long long>(step.after), static_cast<long long>(first_id_at(before)), step.rows});
    if (step.after == 0)
        transaction.run("UPDATE identity "
                        "SET evidence = " + std::string(bare_evidence) + " "
                        "WHERE brand_id = $1 AND state = 'rejected' AND updated_at < $2"
                        " AND evidence IS DISTINCT FROM " + std::string(bare_evidence),
                        {step.kept.brand, before});
    return walked(page, step);
}

/// What chats were told. The sent messages become stubs: dispatch edits whatever has `stub_due_at`.
Walked end_alerts(Transaction& transaction, const RetentionStep& step) {
    const Rows page = transaction.run(
        "WITH page AS ("
        "  SELECT alert_id, escalation_id, stub_due_at IS NULL AS kept"
        "  FROM alert"
        "  WHERE brand_id = $1 AND alert_id > $2 AND alert_id < $3"
        "  ORDER BY alert_id"
        "  LIMIT $4"
        "), ended AS ("
        "  UPDATE alert"
        "  SET body = NULL, stub_due_at = $5, text_ended_at = CASE WHEN message_id IS NULL THEN $5 ELSE text_ended_at END"
        "  FROM page"
        "  WHERE alert.brand_id = $1 AND alert.alert_id = page.alert_id AND page.kept"
        "  RETURNING alert.escalation_id"
        "), news AS ("
        "  UPDATE escalation"
        "  SET revision = revision + 1, changed_at = $5"
        "  WHERE brand_id = $1 AND escalation_id IN (SELECT escalation_id FROM ended)"
        ") "
        "SELECT (SELECT max(alert_id) FROM page), (SELECT count(*) FROM page)",
        {step.kept.brand, static_cast<long long>(step.after),
         static_cast<long long>(first_id_at(step.now - step.kept.settings.alert_text)), step.rows, step.now});
    return walked(page, step);
}

/// Bodies as platforms sent them: what could not be read, and what webhooks brought to all brands together (the
/// brand that keeps least decides).
Walked end_raw_bodies(Transaction& transaction, const RetentionStep& step) {
    const auto before = static_cast<long long>(first_id_at(step.now - step.kept.settings.raw_bodies));
    const auto letters = transaction.run("UPDATE dead_letter "
                                         "SET body = NULL "
                                         "WHERE brand_id = $1 AND dead_letter_id IN ("
                                         "  SELECT dead_letter_id FROM dead_letter"
                                         "  WHERE brand_id = $1 AND dead_letter_id < $2 AND body IS NOT NULL LIMIT $3)",
                                         {step.kept.brand, before, step.rows});
    const auto webhooks = transaction.run("DELETE FROM raw_webhook "
                                          "WHERE raw_webhook_id IN ("
                                          "  SELECT raw_webhook_id FROM raw_webhook WHERE raw_webhook_id < $1 LIMIT $2)",
                                          {before, step.rows});
    return {0, letters.affected() + webhooks.affected() == 0};
}

Walked end_audit(Transaction& transaction, const RetentionStep& step) {
    const auto ended = transaction.run("DELETE FROM audit "
                                       "WHERE brand_id = $1 AND audit_id IN ("
                                       "  SELECT audit_id FROM audit WHERE brand_id = $1 AND audit_id < $2 LIMIT $3)",
                                       {step.kept.brand,
                                        static_cast<long long>(first_id_at(step.now - step.kept.settings.audit)), step.rows});
    return {0, ended.affected() == 0};
}

/// Hours that no silence is measured by any more, and gaps as old as the audit log may be.
Walked end_ledger(Transaction& transaction, const RetentionStep& step) {
    constexpr auto hours_kept = std::chrono::hours{24 * 63};
    transaction.run("DELETE FROM source_hour WHERE brand_id = $1 AND hour_at < $2", {step.kept.brand, step.now - hours_kept});
    transaction.run("DELETE FROM source_gap WHERE brand_id = $1 AND to_at < $2", {step.kept.brand, step.now - step.kept.settings.audit});
    return {0, true};
}

} // namespace

std::size_t end_unrefreshed(Transaction& transaction, BrandId brand, Time now, int most) {
    const auto rows = transaction.run(
        "WITH due AS (DELETE FROM post_refresh WHERE brand_id = $1 AND post_id IN ("
        "    SELECT post_id FROM post_refresh r WHERE brand_id = $1 AND ends_at < $2"
        "    AND NOT EXISTS (SELECT FROM hold h WHERE h.brand_id = $1 AND h.post_id = r.post_id AND h.ends_at > $2) LIMIT $3)"
        "  RETURNING post_id)"
        " UPDATE post SET text = NULL, attachments = NULL, order_refs = NULL, author_handle = NULL, author_name = NULL, author_city = NULL,"
        "   author_url = NULL, text_ended_at = $2"
        " FROM due WHERE post.brand_id = $1 AND post.post_id = due.post_id AND post.text IS NOT NULL RETURNING post.post_id",
        {brand, now, most});
    std::vector<std::int64_t> ended;
    for (std::size_t row = 0; row < rows.size(); ++row) ended.push_back(rows.at(row, 0).integer());
    if (!ended.empty()) end_stories(transaction, brand, ended, now);
    return ended.size();
}

const std::vector<RetentionWork>& retention_steps() {
    static const std::vector<RetentionWork> steps = {end_texts,  end_opinions,   end_versions, end_candidates,
                                                     end_alerts, end_raw_bodies, end_audit,    end_ledger};
    return steps;
}

} // namespace larum::store
