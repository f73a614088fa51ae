#include "daemon/store/decisions.h"

#include "core/post_json.h"
#include "daemon/store/decision_json.h"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <unordered_map>

namespace larum::store {

namespace {

#define LARUM_POST_COLUMNS                                                                                              \
    "p.post_id, p.platform, p.realm, p.native_id, p.parent_native_id, p.kind, p.author_key, p.author_handle,"           \
    " p.author_name, p.author_city, p.author_followers, p.author_url, p.text, p.lang, p.rating, p.attachments,"         \
    " p.posted_at, p.first_seen_at, p.edited_at, p.deleted_at, p.url, p.on_ad, p.own, p.likes, p.shares, p.comments,"   \
    " p.views, p.late_excused, p.backfilled, s.name,"        \
    " (SELECT max(d.revision) FROM decision AS d WHERE d.brand_id = p.brand_id AND d.post_id = p.post_id),"              \
    " p.answer_by, p.order_refs"

/// «platform:scope:native id» back into its parts; the platform has no colon.
void read_author_key(const std::string& key, Post& post) {
    const auto platform_end = key.find(':');
    const auto scope_end = key.find(':', platform_end + 1);
    if (platform_end == std::string::npos || scope_end == std::string::npos) return;
    post.author_scope = key.substr(platform_end + 1, scope_end - platform_end - 1);
    post.author.id = key.substr(scope_end + 1);
}

void read_author(const Rows& rows, std::size_t i, Post& post) {
    read_author_key(rows.at(i, 6).text(), post);
    post.author.handle = rows.at(i, 7).text();
    post.author.name = rows.at(i, 8).text();
    post.author.city = rows.at(i, 9).text();
    post.author.followers = rows.at(i, 10).maybe_integer();
    post.author.url = rows.at(i, 11).text();
}

void read_attachments(const Field& field, Post& post) {
    if (field.null() || field.view() == "[]") return;
    const auto list = nlohmann::json::parse(field.view(), nullptr, false);
    if (!list.is_array()) return;
    for (const auto& one : list)
        if (one.is_object()) post.attachments.push_back({one.value("kind", ""), one.value("url", "")});
}

void read_order_refs(const Field& field, Post& post) {
    if (field.null()) return;
    const auto list = nlohmann::json::parse(field.view(), nullptr, false);
    if (!list.is_array()) return;
    for (const auto& one : list)
        if (one.is_string()) post.order_refs.push_back(one.get<std::string>());
}

Waiting read_waiting(const Rows& rows, std::size_t i) {
    Waiting waiting;
    Post& post = waiting.post;
    waiting.id = rows.at(i, 0).integer();
    post.platform = rows.at(i, 1).text();
    post.realm = rows.at(i, 2).text();
    post.id = rows.at(i, 3).text();
    post.parent_id = rows.at(i, 4).text();
    post.kind = static_cast<PostKind>(rows.at(i, 5).integer());
    read_author(rows, i, post);
    post.text = rows.at(i, 12).text();
    post.lang = rows.at(i, 13).text();
    if (!rows.at(i, 14).null()) post.rating = static_cast<int>(rows.at(i, 14).integer());
    read_attachments(rows.at(i, 15), post);
    post.posted_at = rows.at(i, 16).time();
    waiting.first_seen_at = rows.at(i, 17).time();
    post.edited_at = rows.at(i, 18).maybe_time();
    post.deleted_at = rows.at(i, 19).maybe_time();
    post.url = rows.at(i, 20).text();
    post.on_ad = rows.at(i, 21).yes();
    post.own = rows.at(i, 22).yes();
    post.metrics = {rows.at(i, 23).maybe_integer(), rows.at(i, 24).maybe_integer(), rows.at(i, 25).maybe_integer(),
                    rows.at(i, 26).maybe_integer()};
    waiting.late_excused = rows.at(i, 27).yes();
    waiting.backfilled = rows.at(i, 28).yes();
    post.source = rows.at(i, 29).text();
    waiting.revision = static_cast<int>(rows.at(i, 30).maybe_integer().value_or(0)) + 1;
    post.answer_by = rows.at(i, 31).maybe_time();
    read_order_refs(rows.at(i, 32), post);
    return waiting;
}

/// Null where nobody was looked for and nothing is told.
std::optional<std::string> story_of(const NewDecision& one) {
    if (one.match->candidates.empty() && one.decision->matter == 0) return std::nullopt;
    return story_json(*one.decision, *one.match);
}

void copy_row(CopyIn& copy, BrandId brand, const NewDecision& one, const std::string& now) {
    const Decision& decision = *one.decision;
    const bool none = decision.urgency == Urgency::none;
    std::optional<std::string> reasons;
    if (!decision.reasons.empty()) reasons = reasons_json(decision.reasons);
    std::optional<long long> customer, matter;
    std::optional<double> probability, case_probability;
    if (decision.customer) customer = decision.customer->customer, probability = decision.customer->probability;
    if (decision.matter) matter = decision.matter, case_probability = decision.case_probability;
    copy.row({brand, static_cast<long long>(one.post), one.revision, now, one.cause, static_cast<int>(decision.urgency), decision.rule,
              Param(reasons), verdict_json(*one.verdict, none), Param(customer), Param(probability), Param(matter),
              Param(case_probability), Param(story_of(one)),
              Param(one.odds ? std::optional<long long>(one.odds) : std::nullopt)});
}

} // namespace

std::vector<Waiting> waiting_posts(Transaction& transaction, BrandId brand, const std::vector<Id>& ids) {
    // LIMIT makes it a look-up a post, whatever the planner believes of a table that was never analyzed.
    const auto rows = transaction.run_prepared("SELECT " LARUM_POST_COLUMNS " FROM unnest($2::bigint[]) AS q(post_id)"
                                               " CROSS JOIN LATERAL (SELECT * FROM post WHERE brand_id = $1"
                                               " AND post_id = q.post_id LIMIT 1) AS p"
                                               " LEFT JOIN source AS s ON s.brand_id = p.brand_id AND s.source_id = p.source_id"
                                               " WHERE p.text IS NOT NULL AND p.deleted_at IS NULL",
                                               {brand, array_of(ids)});
    std::unordered_map<Id, std::size_t> place;
    for (std::size_t i = 0; i < ids.size(); ++i) place.emplace(ids[i], i);
    std::vector<Waiting> posts;
    for (std::size_t i = 0; i < rows.size(); ++i) posts.push_back(read_waiting(rows, i));
    std::sort(posts.begin(), posts.end(), [&](const auto& a, const auto& b) { return place[a.id] < place[b.id]; });
    return posts;
}

std::optional<Waiting> find_post(Transaction& transaction, BrandId brand, const std::string& platform, const std::string& native_id) {
    const auto rows = transaction.run("SELECT " LARUM_POST_COLUMNS " FROM post AS p"
                                      " LEFT JOIN source AS s ON s.brand_id = p.brand_id AND s.source_id = p.source_id"
                                      " WHERE p.brand_id = $1 AND p.platform = $2 AND p.native_id = $3 LIMIT 1",
                                      {brand, platform, native_id});
    if (rows.empty()) return std::nullopt;
    return read_waiting(rows, 0);
}

void insert_decisions(Transaction& transaction, BrandId brand, const std::vector<NewDecision>& decisions, Time now) {
    if (decisions.empty()) return;
    const std::string at = format_time(now);
    const auto copy = transaction.copy_into("decision", {"brand_id", "post_id", "revision", "decided_at", "cause", "urgency", "rule", "reasons",
                                                         "verdict", "customer_id", "probability", "case_id", "case_probability", "story", "odds"});
    for (const auto& one : decisions) copy_row(*copy, brand, one, at);
    copy->finish();
}

std::string identity_subject(Id post_id, const Post& post) {
    const auto key = author_key(post);
    return key.empty() ? "post:" + to_text(post_id) : "author:" + key;
}

void suggest_identities(Transaction& transaction, BrandId brand, const std::vector<NewIdentity>& identities, IdMaker& ids, Time now) {
    // One author may have several posts in a batch: the likeliest claim counts. Ordered, so that two daemons lock alike.
    std::map<std::pair<std::string, Id>, const Candidate*> claims;
    for (const auto& one : identities) {
        auto& claim = claims[{one.subject, one.candidate.customer}];
        if (!claim || claim->probability < one.candidate.probability) claim = &one.candidate;
    }
    if (claims.empty()) return;
    std::vector<std::string> subjects, probabilities, evidence;
    std::vector<std::int64_t> fresh, customers;
    for (const auto& [name, candidate] : claims) {
        fresh.push_back(ids.next());
        subjects.push_back(name.first);
        customers.push_back(name.second);
        probabilities.push_back(std::to_string(candidate->probability));
        evidence.push_back(evidence_json(candidate->evidence));
    }
    transaction.run_prepared("INSERT INTO identity (brand_id, identity_id, subject, customer_id, state, probability, evidence, updated_at)"
                             " SELECT $1, q.id, q.subject, q.customer_id, 'suggested', q.probability::real, q.evidence::jsonb, $7"
                             " FROM unnest($2::bigint[], $3::text[], $4::bigint[], $5::text[], $6::text[])"
                             " AS q(id, subject, customer_id, probability, evidence)"
                             " ON CONFLICT (brand_id, subject, customer_id) DO UPDATE SET probability = excluded.probability,"
                             " evidence = excluded.evidence, updated_at = excluded.updated_at WHERE identity.state = 'suggested'",
                             {brand, array_of(fresh), array_of(subjects), array_of(customers), array_of(probabilities), array_of(evidence), now});
}

} // namespace larum::store
