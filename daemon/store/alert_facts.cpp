#include "daemon/store/alert_facts.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <map>

namespace larum::store {

namespace {

using nlohmann::json;
using namespace std::chrono_literals;

constexpr Span one_attempt = 12h;
constexpr Span before_case = 24h * 3;
constexpr std::size_t others_most = 2;

json parse(const Field& field) {
    auto value = json::parse(field.view(), nullptr, false);
    return value.is_discarded() ? json() : value;
}

template <class F>
void each(const json& object, const char* name, F take) {
    if (!object.is_object()) return;
    const auto found = object.find(name);
    if (found == object.end() || !found->is_array()) return;
    for (const auto& one : *found) take(one);
}

std::string text_of(const json& object, const char* name) {
    if (!object.is_object()) return {};
    const auto found = object.find(name);
    return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

std::optional<int> integer_of(const json& object, const char* name) {
    if (!object.is_object()) return std::nullopt;
    const auto found = object.find(name);
    return found != object.end() && found->is_number() ? std::optional(found->get<int>()) : std::nullopt;
}

void add_decision(dispatch::Facts& facts, const json& reasons, const json& verdict, const json& story) {
    if (reasons.is_array())
        for (const auto& one : reasons) facts.codes.push_back(text_of(one, "code"));
    facts.topic = from_word<Topic>(text_of(verdict, "topic")).value_or(Topic::other);
    facts.sensitive = verdict.is_object() && verdict.value("sensitive", false);
    facts.stated_contacts = integer_of(verdict, "stated_contacts");
    each(verdict, "channels", [&](const json& one) {
        if (const auto channel = from_word<ContactChannel>(one.is_string() ? one.get<std::string>() : "")) facts.stated_channels.push_back(*channel);
    });
    each(verdict, "spans", [&](const json& one) {
        facts.spans.push_back({text_of(one, "signal"), integer_of(one, "start").value_or(0), integer_of(one, "end").value_or(0)});
    });
    facts.attempts = integer_of(story, "attempts").value_or(0);
    facts.promise_broken_at = parse_time(text_of(story, "promise_broken_at"));
}

/// People's word on who it is goes before the machine's.
void add_identity(Transaction& transaction, BrandId brand_id, dispatch::Facts& facts, const std::string& author_key, Id customer) {
    const auto subject = author_key.empty() ? "post:" + to_text(facts.post) : "author:" + author_key;
    const auto rows = transaction.run("SELECT i.customer_id, i.state, c.name FROM identity i "
                                      "JOIN customer c ON c.brand_id = i.brand_id AND c.customer_id = i.customer_id "
                                      "WHERE i.brand_id = $1 AND i.subject = $2 "
                                      "ORDER BY i.state = 'confirmed' DESC, i.probability DESC LIMIT 10",
                                      {brand_id, subject});
    for (std::size_t i = 0; i < rows.size(); ++i) {
        const bool the_one = rows.at(i, 0).integer() == customer;
        const auto state = rows.at(i, 1).view();
        if (state == "confirmed") {
            facts.confirmed = true;
            facts.customer_name = rows.at(i, 2).text();
            facts.other_names.clear();
            return;
        }
        if (state == "rejected") {
            if (the_one) facts.customer_name.clear(), facts.probability = 0;
        } else if (!the_one && facts.other_names.size() < others_most) {
            facts.other_names.push_back(rows.at(i, 2).text());
        }
    }
}

/// Inbound contacts about the case before the post; several on one channel within twelve hours are one try.
void add_tried(Transaction& transaction, BrandId brand_id, dispatch::Facts& facts, Id matter, Id customer) {
    if (matter == 0) return;
    const auto from = facts.case_opened_at ? *facts.case_opened_at - before_case : facts.posted_at - 24h * 90;
    const auto rows = transaction.run("SELECT channel, at FROM contact "
                                      "WHERE brand_id = $1 AND (case_id = $2 OR (case_id IS NULL AND customer_id = $3 AND at >= $4)) "
                                      "AND direction = $5 AND NOT automatic AND at < $6 ORDER BY at DESC LIMIT 60",
                                      {brand_id, matter, customer, from, static_cast<int>(Direction::in), facts.posted_at});
    std::map<int, Time> first;
    for (std::size_t i = rows.size(); i-- > 0;) {
        const auto channel = static_cast<int>(rows.at(i, 0).integer());
        const auto at = rows.at(i, 1).time();
        const auto known = first.find(channel);
        if (known != first.end() && at - known->second < one_attempt) continue;
        first[channel] = at;
        if (channel >= 0 && channel < static_cast<int>(word_count<ContactChannel>))
            facts.tried.push_back({static_cast<ContactChannel>(channel), at});
    }
}

} // namespace

std::optional<dispatch::Facts> read_facts(Transaction& transaction, BrandId brand_id, Id escalation) {
    const auto rows = transaction.run(
        "SELECT e.revision, e.urgency, e.state, acc.name, e.answered_at, e.posts, "
        "  (SELECT count(*) FROM escalation f WHERE f.brand_id = e.brand_id AND f.folded_into = e.escalation_id), "
        "  p.post_id, p.text, p.url, p.posted_at, p.author_name, p.author_handle, p.author_key, "
        "  coalesce(p.likes, 0) + coalesce(p.shares, 0), coalesce(p.comments, 0), "
        "  d.reasons, d.verdict, d.story, coalesce(d.customer_id, e.customer_id), d.probability, c.name, "
        "  s.case_id, s.ref, s.owner, s.team, s.opened_at, s.promised_at, e.post_id, e.opened_at, p.answer_by "
        "FROM escalation e "
        "LEFT JOIN account acc ON acc.account_id = coalesce(e.assigned_to, e.acknowledged_by) "
        "LEFT JOIN LATERAL (SELECT q.* FROM escalation_post ep "
        "                   JOIN post q ON q.brand_id = ep.brand_id AND q.post_id = ep.post_id "
        "                   WHERE ep.brand_id = e.brand_id AND ep.escalation_id = e.escalation_id "
        "                   AND q.text IS NOT NULL AND q.deleted_at IS NULL "
        "                   AND NOT EXISTS (SELECT FROM alert old WHERE old.brand_id = e.brand_id"
        "                     AND old.escalation_id = e.escalation_id AND old.stub_due_at IS NOT NULL) "
        "                   ORDER BY q.posted_at DESC, q.post_id DESC LIMIT 1) p ON true "
        "LEFT JOIN LATERAL (SELECT * FROM decision x WHERE x.brand_id = e.brand_id AND x.post_id = p.post_id "
        "                   ORDER BY x.revision DESC LIMIT 1) d ON true "
        "LEFT JOIN customer c ON c.brand_id = e.brand_id AND c.customer_id = coalesce(d.customer_id, e.customer_id) "
        "LEFT JOIN service_case s ON s.brand_id = e.brand_id AND s.case_id = coalesce(d.case_id, e.case_id) "
        "WHERE e.brand_id = $1 AND e.escalation_id = $2",
        {brand_id, escalation});
    if (rows.empty()) return std::nullopt;
    const auto at = [&](int column) { return rows.at(0, column); };
    dispatch::Facts facts;
    facts.escalation = escalation;
    facts.revision = static_cast<int>(at(0).integer());
    facts.urgency = static_cast<Urgency>(at(1).integer());
    facts.state = from_word<EscalationState>(at(2).view()).value_or(EscalationState::open);
    facts.acknowledged_by = at(3).text();
    facts.answered_at = at(4).maybe_time();
    facts.posts = static_cast<int>(at(5).integer());
    facts.similar = static_cast<int>(at(6).integer());
    facts.post = at(28).integer();
    facts.posted_at = at(29).time();
    facts.text_gone = at(7).null();
    if (facts.text_gone) return facts;

    facts.post = at(7).integer();
    facts.text = at(8).text();
    facts.post_url = at(9).text();
    facts.posted_at = at(10).time();
    facts.author_name = at(11).text();
    facts.author_handle = at(12).text();
    facts.reactions = at(14).integer();
    facts.comments = at(15).integer();
    facts.answer_by = at(30).maybe_time();
    add_decision(facts, parse(at(16)), parse(at(17)), parse(at(18)));
    const Id customer = at(19).maybe_integer().value_or(0);
    facts.probability = at(20).null() ? 0 : at(20).number();
    facts.customer_name = at(21).text();
    const Id matter = at(22).maybe_integer().value_or(0);
    facts.case_ref = at(23).text();
    facts.case_owner = at(24).text();
    facts.case_team = at(25).text();
    facts.case_opened_at = at(26).maybe_time();
    facts.promised_at = at(27).maybe_time();
    add_identity(transaction, brand_id, facts, at(13).text(), customer);
    add_tried(transaction, brand_id, facts, matter, customer);
    return facts;
}

dispatch::Digest read_digest(Transaction& transaction, BrandId brand_id, Id alert) {
    const auto rows = transaction.run(
        "SELECT coalesce(d.verdict ->> 'topic', 'other'), count(*) FROM alert a "
        "JOIN escalation e ON e.brand_id = a.brand_id AND e.escalation_id = a.escalation_id "
        "LEFT JOIN LATERAL (SELECT verdict FROM decision x WHERE x.brand_id = e.brand_id AND x.post_id = e.post_id "
        "                   ORDER BY x.revision DESC LIMIT 1) d ON true "
        "WHERE a.brand_id = $1 AND a.folded_into = $2 GROUP BY 1 ORDER BY 2 DESC, 1",
        {brand_id, alert});
    dispatch::Digest digest;
    digest.alert = alert;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        const auto count = static_cast<int>(rows.at(i, 1).integer());
        digest.topics.emplace_back(from_word<Topic>(rows.at(i, 0).view()).value_or(Topic::other), count);
        digest.count += count;
    }
    return digest;
}

int count_folded(Transaction& transaction, BrandId brand_id, Id alert) {
    const auto rows = transaction.run("SELECT count(*) FROM alert WHERE brand_id = $1 AND folded_into = $2", {brand_id, alert});
    return static_cast<int>(rows.at(0, 0).integer());
}

} // namespace larum::store
