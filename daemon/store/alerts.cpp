#include "daemon/store/alerts.h"

#include <algorithm>
#include <map>
#include <set>

namespace larum::store {

namespace {

using namespace std::chrono_literals;

// A burst goes on while its first message is on its way; a moment later it can count.
constexpr Span burst_gathers = 10s;

using Recipient = std::pair<std::string, std::string>;

Recipient recipient_of(const Address& to) { return {to.channel, to.recipient}; }

std::map<Recipient, std::vector<Time>> recent(Transaction& transaction, BrandId brand_id, const config::Brand& brand,
                                              const std::vector<NewAlert>& alerts) {
    std::set<std::string> channels;
    Time from = Time::max(), to = Time::min();
    for (const auto& alert : alerts) {
        channels.insert(alert.to.channel);
        from = std::min(from, alert.created_at);
        to = std::max(to, alert.created_at);
    }
    const auto rows = transaction.run(
        "SELECT channel, recipient, created_at FROM alert "
        "WHERE brand_id = $1 AND channel = ANY($2) AND created_at > $3 AND created_at < $4 "
        "AND kind = 'alert' AND state NOT IN ('folded', 'cancelled')",
        {brand_id, array_of(std::vector<std::string>(channels.begin(), channels.end())), from - brand.burst_window,
         to + brand.burst_window});
    std::map<Recipient, std::vector<Time>> sent;
    for (std::size_t i = 0; i < rows.size(); ++i)
        sent[{rows.at(i, 0).text(), rows.at(i, 1).text()}].push_back(rows.at(i, 2).time());
    return sent;
}

std::string burst_name(const NewAlert& alert, Span window) {
    const auto slot = alert.created_at.time_since_epoch() / window;
    return "burst:" + alert.to.channel + ':' + alert.to.recipient + ':' + std::to_string(slot);
}

/// The counting message of each name, made where it is missing.
std::map<std::string, Id> burst_messages(Transaction& transaction, BrandId brand_id,
                                         const std::map<std::string, Address>& names, IdMaker& ids, Time now) {
    std::vector<Standalone> messages;
    std::vector<std::string> wanted;
    for (const auto& [name, to] : names) {
        messages.push_back({"digest", to, R"({"code":"burst"})", name, now + burst_gathers});
        wanted.push_back(name);
    }
    insert_standalone(transaction, brand_id, messages, ids, now);
    const auto rows = transaction.run("SELECT a.once, a.alert_id FROM unnest($2::text[]) AS q (once) "
                                      "CROSS JOIN LATERAL (SELECT * FROM alert WHERE brand_id = $1 AND once = q.once LIMIT 1) a",
                                      {brand_id, array_of(wanted)});
    std::map<std::string, Id> made;
    for (std::size_t i = 0; i < rows.size(); ++i) made[rows.at(i, 0).text()] = rows.at(i, 1).integer();
    return made;
}

/// By alert: the name of the burst that it is folded into, or empty.
std::vector<std::string> over_budget(Transaction& transaction, BrandId brand_id, const config::Brand& brand,
                                     const std::vector<NewAlert>& alerts) {
    std::vector<std::string> names(alerts.size());
    if (brand.burst_alerts <= 0 || brand.burst_window <= Span{}) return names;
    auto sent = recent(transaction, brand_id, brand, alerts);
    for (std::size_t i = 0; i < alerts.size(); ++i) {
        if (std::string_view(alerts[i].kind) != "alert") continue;
        auto& times = sent[recipient_of(alerts[i].to)];
        const Time at = alerts[i].created_at;
        const auto near = std::count_if(times.begin(), times.end(), [&](Time time) {
            return time > at - brand.burst_window && time < at + brand.burst_window;
        });
        if (near >= brand.burst_alerts)
            names[i] = burst_name(alerts[i], brand.burst_window);
        else
            times.push_back(at);
    }
    return names;
}

} // namespace

void insert_alerts(Transaction& transaction, BrandId brand_id, const config::Brand& brand,
                   std::vector<NewAlert> alerts, IdMaker& ids, Time now) {
    if (alerts.empty()) return;
    std::stable_sort(alerts.begin(), alerts.end(),
                     [](const auto& a, const auto& b) { return a.created_at < b.created_at; });
    const auto folds = over_budget(transaction, brand_id, brand, alerts);
    std::map<std::string, Address> names;
    for (std::size_t i = 0; i < alerts.size(); ++i)
        if (!folds[i].empty()) names[folds[i]] = alerts[i].to;
    std::map<std::string, Id> bursts;
    if (!names.empty()) bursts = burst_messages(transaction, brand_id, names, ids, now);

    std::vector<std::int64_t> alert_ids, escalations, steps;
    std::vector<std::string> kinds, channels, recipients, states, due, created;
    std::vector<std::optional<std::string>> folded, ended;
    for (std::size_t i = 0; i < alerts.size(); ++i) {
        const auto& alert = alerts[i];
        const bool over = !folds[i].empty();
        alert_ids.push_back(ids.next());
        escalations.push_back(alert.escalation);
        steps.push_back(alert.step);
        kinds.push_back(alert.kind);
        channels.push_back(alert.to.channel);
        recipients.push_back(alert.to.recipient);
        states.push_back(over ? "folded" : "due");
        due.push_back(format_time(alert.due_at));
        created.push_back(format_time(alert.created_at));
        folded.push_back(over ? std::optional(to_text(bursts.at(folds[i]))) : std::nullopt);
        ended.push_back(over ? std::optional(format_time(now)) : std::nullopt);
    }
    transaction.run(
        "INSERT INTO alert (brand_id, alert_id, escalation_id, kind, step, channel, recipient, state, due_at, "
        "created_at, folded_into, ended_at) "
        "SELECT $1, a.* FROM unnest($2::bigint[], $3::bigint[], $4::text[], $5::int[], $6::text[], $7::text[], "
        "$8::text[], $9::timestamptz[], $10::timestamptz[], $11::bigint[], $12::timestamptz[]) AS a "
        "ON CONFLICT (brand_id, escalation_id, step, channel, recipient) WHERE escalation_id IS NOT NULL DO NOTHING",
        {brand_id, array_of(alert_ids), array_of(escalations), array_of(kinds), array_of(steps), array_of(channels),
         array_of(recipients), array_of(states), array_of(due), array_of(created), array_of(folded), array_of(ended)});
}

Id insert_standalone(Transaction& transaction, BrandId brand_id, const std::vector<Standalone>& messages, IdMaker& ids,
                     Time now) {
    if (messages.empty()) return 0;
    std::vector<std::int64_t> alert_ids;
    std::vector<std::string> kinds, channels, recipients, due, bodies;
    std::vector<std::optional<std::string>> once;
    for (const auto& message : messages) {
        alert_ids.push_back(ids.next());
        kinds.push_back(message.kind);
        channels.push_back(message.to.channel);
        recipients.push_back(message.to.recipient);
        due.push_back(format_time(message.due_at));
        bodies.push_back(message.body);
        once.push_back(message.once.empty() ? std::nullopt : std::optional(message.once));
    }
    const auto rows = transaction.run(
        "INSERT INTO alert (brand_id, alert_id, kind, channel, recipient, state, due_at, created_at, body, once) "
        "SELECT $1, a.id, a.kind, a.channel, a.recipient, 'due', a.due, $2::timestamptz, a.body::jsonb, a.once "
        "FROM unnest($3::bigint[], $4::text[], $5::text[], $6::text[], $7::timestamptz[], $8::text[], $9::text[]) "
        "AS a (id, kind, channel, recipient, due, body, once) "
        "ON CONFLICT (brand_id, once) WHERE once IS NOT NULL DO NOTHING RETURNING alert_id",
        {brand_id, now, array_of(alert_ids), array_of(kinds), array_of(channels), array_of(recipients), array_of(due),
         array_of(bodies), array_of(once)});
    return rows.empty() ? 0 : rows.at(0, 0).integer();
}

std::vector<Address> service_addresses(const config::Playbook& playbook) {
    const auto* entries = &playbook.service;
    if (entries->empty() && !playbook.urgent.empty()) entries = &playbook.urgent.front().channels;
    std::vector<Address> all;
    for (const auto& one : *entries) all.push_back(address_of(one));
    return all;
}

} // namespace larum::store
