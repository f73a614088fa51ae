#include "daemon/store/acts.h"

#include "core/crypto.h"
#include "daemon/store/reported.h"
#include "daemon/store/triage_queue.h"

#include <nlohmann/json.hpp>

namespace larum::store {

using nlohmann::json;

namespace {

/// A corrected author may have written much; older posts are decided when they are looked at again.
constexpr int redecided_most = 200;

/// What dispatch and the page must notice: a new revision, the time, and whether the playbook goes on.
void change(Transaction& tx, const Actor& actor, Id escalation, EscalationState state, std::optional<Time> next_at) {
    tx.run("UPDATE escalation"
           " SET state = $3, changed_at = $4, next_at = $5, revision = revision + 1"
           " WHERE brand_id = $1 AND escalation_id = $2",
           {actor.brand, escalation, word(state), actor.now, next_at});
}

Id post_of(Transaction& tx, const Actor& actor, Id escalation) {
    const auto rows = tx.run("SELECT post_id FROM escalation WHERE brand_id = $1 AND escalation_id = $2",
                             {actor.brand, escalation});
    return rows.empty() ? 0 : rows.at(0, 0).integer();
}

void keep_label(Transaction& tx, IdMaker& ids, const Actor& actor, Id post, const char* kind, const json& value) {
    tx.run("INSERT INTO label (brand_id, label_id, post_id, kind, value, account_id, at)"
           " VALUES ($1, $2, $3, $4, $5::jsonb, $6, $7)",
           {actor.brand, ids.next(), post, kind, value.dump(), actor.account, actor.now});
}

void decide_again(Transaction& tx, IdMaker& ids, const Actor& actor, const std::vector<std::int64_t>& posts,
                  const char* cause) {
    if (!posts.empty()) enqueue_again(tx, ids, actor.brand, posts, cause);
}

/// Sent messages about these posts are edited.
void show_news(Transaction& tx, const Actor& actor, const std::vector<std::int64_t>& posts) {
    tx.run("UPDATE escalation SET revision = revision + 1, changed_at = $3"
           " WHERE brand_id = $1 AND (post_id = ANY($2::bigint[]) OR escalation_id IN"
           "  (SELECT escalation_id FROM escalation_post WHERE brand_id = $1 AND post_id = ANY($2::bigint[])))",
           {actor.brand, array_of(posts), actor.now});
}

std::string about(const char* noun, Id id) { return std::string(noun) + ":" + to_text(id); }

struct Subject {
    std::string name; ///< as in identity.subject
    std::vector<std::int64_t> posts;
};

std::optional<Subject> subject_of(Transaction& tx, BrandId brand, Id post) {
    const auto rows = tx.run("SELECT author_key FROM post WHERE brand_id = $1 AND post_id = $2", {brand, post});
    if (rows.empty()) return std::nullopt;
    if (rows.at(0, 0).null()) return Subject{about("post", post), {post}};
    Subject subject{"author:" + rows.at(0, 0).text(), {}};
    const auto posts = tx.run("SELECT post_id FROM post"
                              " WHERE brand_id = $1 AND author_key = $2 AND text IS NOT NULL"
                              " ORDER BY post_id DESC"
                              " LIMIT $3",
                              {brand, rows.at(0, 0).text(), redecided_most});
    for (std::size_t i = 0; i < posts.size(); ++i) subject.posts.push_back(posts.at(i, 0).integer());
    return subject;
}

} // namespace

void audit(Transaction& tx, IdMaker& ids, const Actor& actor, const std::string& what, const std::string& reference) {
    tx.run("INSERT INTO audit (brand_id, audit_id, at, account_id, what, reference)"
           " VALUES ($1, $2, $3, $4, $5, $6)",
           {actor.brand, ids.next(), actor.now, actor.account, what, reference});
}

std::optional<Standing> lock_escalation(Transaction& tx, BrandId brand, Id escalation) {
    const auto rows = tx.run("SELECT e.state, e.post_id, (SELECT name FROM account WHERE account_id = e.acknowledged_by),"
                             "  EXISTS (SELECT FROM escalation o WHERE o.brand_id = e.brand_id AND o.subject = e.subject"
                             "   AND o.escalation_id <> e.escalation_id AND o.state IN ('open', 'acknowledged'))"
                             " FROM escalation e"
                             " WHERE e.brand_id = $1 AND e.escalation_id = $2"
                             " FOR UPDATE",
                             {brand, escalation});
    if (rows.empty()) return std::nullopt;
    return Standing{from_word<EscalationState>(rows.at(0, 0).view()).value_or(EscalationState::spent),
                    rows.at(0, 1).integer(), rows.at(0, 2).text(), rows.at(0, 3).yes()};
}

void acknowledge(Transaction& tx, IdMaker& ids, const Actor& actor, Id escalation) {
    change(tx, actor, escalation, EscalationState::acknowledged, std::nullopt);
    tx.run("UPDATE escalation SET acknowledged_by = $3, assigned_to = NULL WHERE brand_id = $1 AND escalation_id = $2",
           {actor.brand, escalation, actor.account});
    audit(tx, ids, actor, "acknowledged", about("escalation", escalation));
}

void release(Transaction& tx, IdMaker& ids, const Actor& actor, Id escalation) {
    change(tx, actor, escalation, EscalationState::open, actor.now);
    tx.run("UPDATE escalation SET acknowledged_by = NULL, assigned_to = NULL WHERE brand_id = $1 AND escalation_id = $2",
           {actor.brand, escalation});
    audit(tx, ids, actor, "released", about("escalation", escalation));
}

bool assign(Transaction& tx, IdMaker& ids, const Actor& actor, Id escalation, Id to) {
    const auto rows = tx.run("UPDATE escalation e SET assigned_to = $3, acknowledged_by = coalesce(acknowledged_by, $4)"
                             " WHERE e.brand_id = $1 AND e.escalation_id = $2 AND EXISTS"
                             "  (SELECT FROM account_brand g JOIN account a USING (account_id)"
                             "   WHERE g.brand_id = $1 AND g.account_id = $3 AND g.role IN ('reviewer', 'admin')"
                             "     AND a.disabled_at IS NULL)",
                             {actor.brand, escalation, to, actor.account});
    if (rows.affected() == 0) return false;
    change(tx, actor, escalation, EscalationState::acknowledged, std::nullopt);
    audit(tx, ids, actor, "assigned", about("escalation", escalation));
    return true;
}

void settle(Transaction& tx, IdMaker& ids, const Actor& actor, Id escalation, const std::string& outcome,
            const std::string& note) {
    change(tx, actor, escalation, EscalationState::settled, std::nullopt);
    tx.run("UPDATE escalation SET outcome = $3, acknowledged_by = coalesce(acknowledged_by, $4)"
           " WHERE brand_id = $1 AND escalation_id = $2",
           {actor.brand, escalation, outcome, actor.account});
    keep_label(tx, ids, actor, post_of(tx, actor, escalation), "settlement", {{"outcome", outcome}, {"note", note}});
    audit(tx, ids, actor, "settled", about("escalation", escalation));
}

void dismiss(Transaction& tx, IdMaker& ids, const Actor& actor, Id escalation, const std::string& reason,
             const std::string& note) {
    change(tx, actor, escalation, EscalationState::dismissed, std::nullopt);
    tx.run("UPDATE escalation SET outcome = $3 WHERE brand_id = $1 AND escalation_id = $2",
           {actor.brand, escalation, reason});
    keep_label(tx, ids, actor, post_of(tx, actor, escalation), "dismissal", {{"reason", reason}, {"note", note}});
    audit(tx, ids, actor, "dismissed", about("escalation", escalation));
}

namespace {

/// What follows when a person said whether an author is a customer, or took it back.
void said_of_identity(Transaction& tx, IdMaker& ids, const Actor& actor, Id post, Id customer, const Subject& subject, IdentityState state) {
    keep_label(tx, ids, actor, post, "identity", {{"customer", to_text(customer)}, {"state", word(state)}});
    const std::string what(state == IdentityState::suggested ? "withdrawn" : word(state));
    audit(tx, ids, actor, what, about("post", post) + " " + about("customer", customer));
    decide_again(tx, ids, actor, subject.posts, "identity");
    show_news(tx, actor, subject.posts);
}

} // namespace

bool settle_identity(Transaction& tx, IdMaker& ids, const Actor& actor, Id post, Id customer, IdentityState state) {
    const auto subject = subject_of(tx, actor.brand, post);
    if (!subject) return false;
    const auto rows = tx.run("INSERT INTO identity"
                             " (brand_id, identity_id, subject, customer_id, state, probability, evidence, account_id, updated_at)"
                             " SELECT $1, $2, $3, customer_id, $5, $6, '[]', $7, $8"
                             " FROM customer"
                             " WHERE brand_id = $1 AND customer_id = $4 AND NOT do_not_match AND objected_at IS NULL"
                             " ON CONFLICT (brand_id, subject, customer_id) DO UPDATE"
                             " SET state = excluded.state, account_id = excluded.account_id, updated_at = excluded.updated_at",
                             {actor.brand, ids.next(), subject->name, customer, word(state),
                              state == IdentityState::confirmed ? 1.0 : 0.0, actor.account, actor.now});
    if (rows.affected() == 0) return false;
    if (state == IdentityState::confirmed)
        tx.run("DELETE FROM identity"
               " WHERE brand_id = $1 AND subject = $2 AND customer_id <> $3 AND state <> 'rejected'",
               {actor.brand, subject->name, customer});
    said_of_identity(tx, ids, actor, post, customer, *subject, state);
    return true;
}

bool withdraw_identity(Transaction& tx, IdMaker& ids, const Actor& actor, Id post, Id customer) {
    const auto subject = subject_of(tx, actor.brand, post);
    if (!subject) return false;
    const auto gone = tx.run("DELETE FROM identity"
                             " WHERE brand_id = $1 AND subject = $2 AND customer_id = $3 AND state <> 'suggested'",
                             {actor.brand, subject->name, customer});
    if (gone.affected() == 0) return false;
    said_of_identity(tx, ids, actor, post, customer, *subject, IdentityState::suggested);
    return true;
}

bool correct_verdict(Transaction& tx, IdMaker& ids, const Actor& actor, Id post, const json& verdict) {
    if (tx.run("SELECT FROM post WHERE brand_id = $1 AND post_id = $2", {actor.brand, post}).empty()) return false;
    keep_label(tx, ids, actor, post, "verdict", verdict);
    audit(tx, ids, actor, "corrected", about("post", post));
    decide_again(tx, ids, actor, {post}, "verdict");
    return true;
}

namespace {

/// A source brought it before: what the person adds is that they saw it, too.
Reported join(Transaction& tx, IdMaker& ids, const Actor& actor, Id known, Post post) {
    post.reported_by = tx.run("SELECT name FROM account WHERE account_id = $1", {actor.account}).at(0, 0).text();
    if (note_reported(tx, actor.brand, known, post)) decide_again(tx, ids, actor, {known}, "edit");
    audit(tx, ids, actor, "reported", about("post", known));
    return {known, false};
}

} // namespace

Reported report_post(Transaction& tx, IdMaker& ids, const Actor& actor, const Post& post) {
    const auto maybe = [](const std::string& text) { return text.empty() ? std::nullopt : std::optional(text); };
    take_turns(tx, actor.brand, Bringing::people);
    const auto hash = link_hash(post);
    if (const auto same = same_by_link(tx, actor.brand, {{hash, true}}); !same.empty()) return join(tx, ids, actor, same.at(0), post);
    const auto rows = tx.run("INSERT INTO post (brand_id, post_id, platform, realm, native_id, kind, author_name, text,"
                             "  text_hash, posted_at, first_seen_at, url, reported_by, link_hash)"
                             " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12,"
                             "  (SELECT name FROM account WHERE account_id = $13), $14)"
                             " ON CONFLICT (brand_id, platform, realm, native_id) DO NOTHING"
                             " RETURNING post_id",
                             {actor.brand, ids.next(), post.platform, post.realm, post.id, static_cast<int>(post.kind),
                              maybe(post.author.name), post.text, hash64(post.text), post.posted_at, actor.now,
                              post.url, actor.account, hash ? std::optional(std::to_string(*hash)) : std::nullopt});
    if (rows.empty()) {
        const auto known = tx.run("SELECT post_id FROM post"
                                  " WHERE brand_id = $1 AND platform = $2 AND realm = $3 AND native_id = $4",
                                  {actor.brand, post.platform, post.realm, post.id});
        return {known.at(0, 0).integer(), false};
    }
    const auto id = rows.at(0, 0).integer();
    decide_again(tx, ids, actor, {id}, "new");
    audit(tx, ids, actor, "reported", about("post", id));
    return {id, true};
}

void switch_mode(Transaction& tx, IdMaker& ids, const Actor& actor, std::string_view mode) {
    tx.run("UPDATE brand SET mode = $2 WHERE brand_id = $1", {actor.brand, mode});
    audit(tx, ids, actor, "mode", std::string(mode));
}

bool rerun_dead_letter(Transaction& tx, IdMaker& ids, const Actor& actor, Id letter) {
    // A post's letter names the post; it may be judged again as often as a person wants.
    const auto rows = tx.run("UPDATE dead_letter SET rerun_at = $3"
                             " WHERE brand_id = $1 AND dead_letter_id = $2 AND kind = 'post' AND reference ~ '^[0-9]+$'"
                             " RETURNING reference",
                             {actor.brand, letter, actor.now});
    if (rows.empty()) return false;
    decide_again(tx, ids, actor, {id_from_text(rows.at(0, 0).view())}, "rerun");
    audit(tx, ids, actor, "rerun", about("dead_letter", letter));
    return true;
}

} // namespace larum::store
