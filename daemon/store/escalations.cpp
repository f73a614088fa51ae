#include "daemon/store/escalations.h"

#include "core/error.h"
#include "daemon/store/alerts.h"
#include "daemon/store/raising.h"

#include <algorithm>
#include <map>
#include <set>

namespace larum::store {

namespace {

using namespace std::chrono_literals;

constexpr Span fold_window = 24h;
constexpr Span recheck_first = 1min;

/// An escalation as the database has it.
struct Existing {
    Id id = 0;
    Urgency urgency = Urgency::none;
    bool open = false; ///< not acknowledged
    bool answered = false;
    bool quiet = false;
    int step = 0;
    std::optional<Time> next_at;
};

bool has_ended(std::string_view state) { return state != "open" && state != "acknowledged"; }

/// The posts that may raise, each with its subject: that of the escalation it already belongs to, else its own.
std::vector<std::pair<std::string, const Raised*>> with_subjects(Transaction& transaction, BrandId brand_id,
                                                                 const std::vector<Raised>& posts) {
    std::vector<std::int64_t> ids;
    for (const auto& post : posts)
        if (post.decision.urgency >= Urgency::flag) ids.push_back(post.post_id);
    if (ids.empty()) return {};
    const auto rows = transaction.run("SELECT q.post_id, e.subject, e.state, e.urgency FROM unnest($2::bigint[]) AS q (post_id) "
                                      "CROSS JOIN LATERAL (SELECT escalation_id FROM escalation_post "
                                      "WHERE brand_id = $1 AND post_id = q.post_id ORDER BY escalation_id LIMIT 100) p "
                                      "CROSS JOIN LATERAL (SELECT * FROM escalation "
                                      "WHERE brand_id = $1 AND escalation_id = p.escalation_id LIMIT 1) e",
                                      {brand_id, array_of(ids)});
    std::map<Id, std::string> known;
    std::map<Id, Urgency> ended;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        if (has_ended(rows.at(i, 2).view()))
            ended[rows.at(i, 0).integer()] = rows.at(i, 2).view() == "spent" ? Urgency(rows.at(i, 3).integer()) : Urgency::urgent;
        else
            known[rows.at(i, 0).integer()] = rows.at(i, 1).text();
    }
    std::vector<std::pair<std::string, const Raised*>> raising;
    for (const auto& post : posts) {
        if (post.decision.urgency < Urgency::flag) continue;
        const auto open = known.find(post.post_id);
        const auto end = ended.find(post.post_id);
        if (open != known.end())
            raising.emplace_back(open->second, &post);
        else if (end == ended.end() || post.decision.urgency > end->second)
            raising.emplace_back(subject_of(post), &post);
    }
    return raising;
}

/// Inserts what is not open yet; true by id for those that are ours.
std::set<Id> insert_openings(Transaction& transaction, BrandId brand_id, const std::vector<Opening>& openings,
                             bool shadow, Time now) {
    std::vector<std::int64_t> ids, urgencies, posts, steps;
    std::vector<std::string> subjects, opened;
    std::vector<std::optional<std::string>> customers, cases, folds, next;
    for (const auto& one : openings) {
        const auto& decision = one.last().decision;
        ids.push_back(one.id);
        subjects.push_back(one.subject);
        urgencies.push_back(static_cast<int>(one.urgency));
        posts.push_back(one.first().post_id);
        steps.push_back(shadow ? 0 : one.step);
        opened.push_back(format_time(one.first().at));
        customers.push_back(decision.customer ? std::optional(to_text(decision.customer->customer)) : std::nullopt);
        cases.push_back(decision.matter ? std::optional(to_text(decision.matter)) : std::nullopt);
        folds.push_back(one.fold ? std::optional(std::to_string(*one.fold)) : std::nullopt);
        next.push_back(shadow || !one.next_at ? std::nullopt : std::optional(format_time(*one.next_at)));
    }
    const auto rows = transaction.run(
        "INSERT INTO escalation (brand_id, escalation_id, subject, urgency, post_id, customer_id, case_id, posts, state, "
        "opened_at, changed_at, next_at, step, fold_hash, shadow, recheck_at) "
        "SELECT $1, a.id, a.subject, a.urgency, a.post, a.customer, a.matter, 0, 'open', a.opened, $2, a.next, a.step, "
        "a.fold, $3, $4 "
        "FROM unnest($5::bigint[], $6::text[], $7::smallint[], $8::bigint[], $9::bigint[], $10::bigint[], "
        "$11::timestamptz[], $12::timestamptz[], $13::int[], $14::bigint[]) "
        "AS a (id, subject, urgency, post, customer, matter, opened, next, step, fold) "
        "ON CONFLICT (brand_id, subject) WHERE state IN ('open', 'acknowledged') DO NOTHING "
        "RETURNING escalation_id",
        {brand_id, now, shadow, now + recheck_first, array_of(ids), array_of(subjects), array_of(urgencies),
         array_of(posts), array_of(customers), array_of(cases), array_of(opened), array_of(next), array_of(steps),
         array_of(folds)});
    std::set<Id> fresh;
    for (std::size_t i = 0; i < rows.size(); ++i) fresh.insert(rows.at(i, 0).integer());
    return fresh;
}

/// Locks them in the order of `subjects`, which is the same for everybody.
std::map<std::string, Existing> find_open(Transaction& transaction, BrandId brand_id,
                                          const std::vector<std::string>& subjects) {
    std::map<std::string, Existing> found;
    if (subjects.empty()) return found;
    const auto rows = transaction.run(
        "SELECT e.subject, escalation_id, urgency, state, answered_at, shadow, folded_into, step, next_at "
        "FROM unnest($2::text[]) AS q (subject) "
        "CROSS JOIN LATERAL (SELECT * FROM escalation WHERE brand_id = $1 AND subject = q.subject "
        "AND state IN ('open', 'acknowledged') LIMIT 1 FOR UPDATE) e",
        {brand_id, array_of(subjects)});
    for (std::size_t i = 0; i < rows.size(); ++i) {
        Existing one;
        one.id = rows.at(i, 1).integer();
        one.urgency = static_cast<Urgency>(rows.at(i, 2).integer());
        one.open = rows.at(i, 3).view() == "open";
        one.answered = !rows.at(i, 4).null();
        one.quiet = rows.at(i, 5).yes() || !rows.at(i, 6).null();
        one.step = static_cast<int>(rows.at(i, 7).integer());
        one.next_at = rows.at(i, 8).maybe_time();
        found[rows.at(i, 0).text()] = one;
    }
    return found;
}

/// Links posts to their escalations; by escalation how many were new to it.
std::map<Id, int> link_posts(Transaction& transaction, BrandId brand_id, const std::vector<Opening>& openings) {
    std::vector<std::int64_t> escalations, posts;
    for (const auto& one : openings)
        for (const auto* post : one.posts) {
            escalations.push_back(one.id);
            posts.push_back(post->post_id);
        }
    const auto rows = transaction.run("INSERT INTO escalation_post (brand_id, escalation_id, post_id) "
                                      "SELECT $1, a.* FROM unnest($2::bigint[], $3::bigint[]) AS a "
                                      "ON CONFLICT DO NOTHING "
                                      "RETURNING escalation_id",
                                      {brand_id, array_of(escalations), array_of(posts)});
    std::map<Id, int> added;
    for (std::size_t i = 0; i < rows.size(); ++i) ++added[rows.at(i, 0).integer()];
    return added;
}

/// Fresh escalations whose words an open one already carries are folded into it: they stand on the page and
/// make no alert.
void fold_alike(Transaction& transaction, BrandId brand_id, std::vector<Opening*>& fresh, bool shadow, Time now) {
    std::vector<std::int64_t> hashes;
    Time from = Time::max();
    for (const auto* one : fresh)
        if (one->fold) hashes.push_back(*one->fold), from = std::min(from, one->first().at);
    if (hashes.empty()) return;
    std::map<std::int64_t, std::pair<Id, Time>> mains;
    std::vector<std::int64_t> own;
    for (const auto* one : fresh) own.push_back(one->id);
    const auto rows = transaction.run(
        "SELECT q.hash, e.escalation_id, e.opened_at FROM unnest($2::bigint[]) AS q (hash) "
        "CROSS JOIN LATERAL (SELECT escalation_id, opened_at FROM escalation "
        "WHERE brand_id = $1 AND fold_hash = q.hash AND opened_at > $3 AND folded_into IS NULL AND shadow = $4 "
        "AND state IN ('open', 'acknowledged') AND escalation_id <> ALL ($5::bigint[]) ORDER BY opened_at LIMIT 1) e",
        {brand_id, array_of(hashes), from - fold_window, shadow, array_of(own)});
    for (std::size_t i = 0; i < rows.size(); ++i)
        mains.try_emplace(rows.at(i, 0).integer(), rows.at(i, 1).integer(), rows.at(i, 2).time());
    std::stable_sort(fresh.begin(), fresh.end(),
                     [](const auto* a, const auto* b) { return a->first().at < b->first().at; });
    std::vector<std::int64_t> folded, into;
    for (auto* one : fresh) {
        if (!one->fold) continue;
        const Time at = one->first().at;
        auto [main, first] = mains.try_emplace(*one->fold, one->id, at);
        if (first) continue;
        if (at > main->second.second + fold_window) {
            main->second = {one->id, at};
            continue;
        }
        one->folded_into = main->second.first;
        folded.push_back(one->id);
        into.push_back(main->second.first);
    }
    if (folded.empty()) return;
    transaction.run("UPDATE escalation e SET folded_into = a.target, next_at = NULL, step = 0 "
                    "FROM unnest($2::bigint[], $3::bigint[]) AS a (id, target) "
                    "WHERE e.brand_id = $1 AND e.escalation_id = a.id",
                    {brand_id, array_of(folded), array_of(into)});
    transaction.run("UPDATE escalation e SET revision = revision + 1, changed_at = $3 FROM unnest($2::bigint[]) AS a (id) "
                    "WHERE e.brand_id = $1 AND e.escalation_id = a.id",
                    {brand_id, array_of(into), now});
}

/// News for an escalation that was open: its urgency may rise, a stopped timer may start again.
struct Change {
    const Opening* opening;
    int posts_added = 0;
    Urgency urgency{};
    int step = 0;
    std::optional<Time> next_at;
    bool still_answered = false;
};

/// Customer and case follow the latest decision; counts follow the linked posts.
void write_changes(Transaction& transaction, BrandId brand_id, const std::vector<Change>& changes, Time now) {
    if (changes.empty()) return;
    std::vector<std::int64_t> ids, added, urgencies, steps;
    std::vector<std::string> answered;
    std::vector<std::optional<std::string>> customers, cases, next;
    for (const auto& change : changes) {
        const auto& decision = change.opening->last().decision;
        ids.push_back(change.opening->id);
        added.push_back(change.posts_added);
        urgencies.push_back(static_cast<int>(change.urgency));
        steps.push_back(change.step);
        answered.push_back(change.still_answered ? "t" : "f");
        customers.push_back(decision.customer ? std::optional(to_text(decision.customer->customer)) : std::nullopt);
        cases.push_back(decision.matter ? std::optional(to_text(decision.matter)) : std::nullopt);
        next.push_back(change.next_at ? std::optional(format_time(*change.next_at)) : std::nullopt);
    }
    transaction.run(
        "UPDATE escalation e SET posts = posts + a.added, urgency = a.urgency, step = a.step, next_at = a.next, "
        "customer_id = coalesce(a.customer, customer_id), case_id = coalesce(a.matter, case_id), "
        "answered_at = CASE WHEN a.answered THEN answered_at END, revision = revision + 1, changed_at = $2 "
        "FROM unnest($3::bigint[], $4::int[], $5::smallint[], $6::int[], $7::boolean[], $8::bigint[], $9::bigint[], "
        "$10::timestamptz[]) AS a (id, added, urgency, step, answered, customer, matter, next) "
        "WHERE e.brand_id = $1 AND e.escalation_id = a.id",
        {brand_id, now, array_of(ids), array_of(added), array_of(urgencies), array_of(steps), array_of(answered),
         array_of(customers), array_of(cases), array_of(next)});
}

/// A flag that turned urgent: its entry in the digest is withdrawn, the playbook of urgent begins.
void withdraw_from_digest(Transaction& transaction, BrandId brand_id, const std::vector<std::int64_t>& escalations,
                          Time now) {
    if (escalations.empty()) return;
    transaction.run("UPDATE alert SET state = 'cancelled', ended_at = $3, reason = 'became urgent' FROM unnest($2::bigint[]) AS a (id) "
                    "WHERE brand_id = $1 AND escalation_id = a.id AND kind = 'digest' AND state = 'due'",
                    {brand_id, array_of(escalations), now});
}

/// Decided so only where neither the brand nor the platform says that there is an answer.
bool wants_answer(const Opening& opening) {
    return std::any_of(opening.posts.begin(), opening.posts.end(), [](const Raised* post) {
        const auto& reasons = post->decision.reasons;
        return std::any_of(reasons.begin(), reasons.end(), [](const Reason& one) { return one.code == "answer_due"; });
    });
}

Change change_of(Opening& opening, const Existing& before, int added, const config::Brand& brand, Time now,
                 std::vector<NewAlert>& alerts, std::vector<std::int64_t>& risen) {
    Change change{&opening, added, std::max(before.urgency, opening.urgency), before.step, before.next_at,
                  before.answered && added == 0 && !wants_answer(opening)};
    if (!before.open || before.quiet) return change;
    if (opening.urgency > before.urgency) {
        const auto first = first_alerts(opening, brand, now);
        alerts.insert(alerts.end(), first.begin(), first.end());
        risen.push_back(opening.id);
        change.step = opening.step;
        change.next_at = opening.next_at;
    } else if (before.answered && !change.still_answered) {
        // The author wrote again after the brand's reply, or the platform wants another: the reply did not end the matter.
        change.next_at = now + rest_before(brand.playbook, change.urgency, before.step);
    }
    return change;
}

} // namespace

void raise(Transaction& transaction, BrandId brand_id, const config::Brand& brand, const std::vector<Raised>& posts,
           IdMaker& ids, Time now) {
    auto openings = group_by_subject(with_subjects(transaction, brand_id, posts));
    if (openings.empty()) return;
    const bool shadow = mode_of(transaction, brand_id, brand) == config::Mode::shadow;
    std::map<Id, std::vector<NewAlert>> first;
    for (auto& opening : openings) {
        opening.id = ids.next();
        first[opening.id] = first_alerts(opening, brand, now);
    }
    const auto fresh_ids = insert_openings(transaction, brand_id, openings, shadow, now);

    std::vector<std::string> known;
    for (const auto& opening : openings)
        if (!fresh_ids.count(opening.id)) known.push_back(opening.subject);
    const auto existing = find_open(transaction, brand_id, known);
    std::vector<Opening*> fresh, extended;
    for (auto& opening : openings) {
        if (fresh_ids.count(opening.id)) {
            fresh.push_back(&opening);
        } else if (const auto found = existing.find(opening.subject); found != existing.end()) {
            opening.id = found->second.id;
            extended.push_back(&opening);
        } else {
            throw Error(Error::Kind::database, "an escalation ended while it was extended; the batch is repeated");
        }
    }
    const auto added = link_posts(transaction, brand_id, openings);
    const auto count = [&](Id id) { return added.count(id) ? added.at(id) : 0; };

    std::vector<NewAlert> alerts;
    std::vector<std::int64_t> risen;
    std::vector<Change> changes;
    for (auto* opening : extended)
        changes.push_back(change_of(*opening, existing.at(opening->subject), count(opening->id), brand, now, alerts, risen));
    if (brand.fold_similar) fold_alike(transaction, brand_id, fresh, shadow, now);
    std::vector<std::int64_t> counted, counts;
    for (const auto* opening : fresh) {
        counted.push_back(opening->id);
        counts.push_back(count(opening->id));
        if (shadow || opening->folded_into) continue;
        const auto& own = first.at(opening->id);
        alerts.insert(alerts.end(), own.begin(), own.end());
    }
    transaction.run("UPDATE escalation e SET posts = a.posts FROM unnest($2::bigint[], $3::int[]) AS a (id, posts) "
                    "WHERE e.brand_id = $1 AND e.escalation_id = a.id",
                    {brand_id, array_of(counted), array_of(counts)});
    withdraw_from_digest(transaction, brand_id, risen, now);
    write_changes(transaction, brand_id, changes, now);
    insert_alerts(transaction, brand_id, brand, std::move(alerts), ids, now);
}

} // namespace larum::store
