#include "daemon/store/playbook_timers.h"

#include "daemon/store/alert_queue.h"
#include "daemon/store/alerts.h"
#include "daemon/store/escalations.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstdio>

namespace larum::store {

namespace {

using namespace std::chrono_literals;

/// The first free address of the list that `call` begins: an escalation has one message per recipient.
std::optional<Address> free_address(const Standing& standing, const config::Playbook& playbook, const Calls::Call& call,
                                    const std::vector<Address>& used) {
    std::optional<Address> to = call.to;
    const auto lists = lists_of(playbook, standing.urgency, standing.hazard, standing.for_the_desk, call.step);
    while (to && std::find(used.begin(), used.end(), *to) != used.end()) to = next_address(lists, *to);
    return to;
}

void write_calls(Transaction& transaction, BrandId brand_id, Id escalation, const Calls& calls, Time now) {
    // A message that stands says so when nobody has taken the matter.
    transaction.run("UPDATE escalation SET step = $3, next_at = $4, state = CASE WHEN $5 THEN 'spent' ELSE state END, "
                    "revision = revision + CASE WHEN $5 THEN 1 ELSE 0 END, "
                    "changed_at = CASE WHEN $5 THEN $6 ELSE changed_at END "
                    "WHERE brand_id = $1 AND escalation_id = $2",
                    {brand_id, escalation, calls.step, calls.next_at, calls.spent, now});
}

/// Ids of the last day: the first bits of an id are its time.
Id first_id_of(Time time) {
    static constexpr Time epoch = std::chrono::sys_days{std::chrono::year{2026} / 1 / 1};
    return std::max<Id>(0, (time - epoch) / 1ms) << 22;
}

std::int64_t count(Transaction& transaction, const char* sql, const std::vector<Param>& parameters) {
    return transaction.run(sql, parameters).at(0, 0).integer();
}

} // namespace

bool turn_playbooks(Transaction& transaction, BrandId brand_id, const config::Brand& brand, IdMaker& ids, Time now) {
    const auto rows = transaction.run(
        "SELECT e.escalation_id, e.urgency, e.subject LIKE 'hazard:%', e.state, e.answered_at IS NOT NULL, "
        "  e.shadow OR e.folded_into IS NOT NULL, e.step, e.next_at, "
        "  (SELECT x.reasons FROM decision x WHERE x.brand_id = e.brand_id AND x.post_id = e.post_id "
        "   ORDER BY x.revision DESC LIMIT 1) @> ANY (ARRAY['[{\"code\": \"repeat_contact\"}]'::jsonb, "
        "                                                  '[{\"code\": \"unsolved_case\"}]'::jsonb, "
        "                                                  '[{\"code\": \"answer_due\"}]'::jsonb]) "
        "FROM escalation e WHERE e.brand_id = $1 AND e.next_at <= $2 "
        "ORDER BY e.next_at LIMIT 100 FOR UPDATE OF e SKIP LOCKED",
        {brand_id, now});
    std::vector<NewAlert> alerts;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        const Id id = rows.at(i, 0).integer();
        Standing standing;
        standing.urgency = static_cast<Urgency>(rows.at(i, 1).integer());
        standing.hazard = rows.at(i, 2).yes();
        standing.state = from_word<EscalationState>(rows.at(i, 3).view()).value_or(EscalationState::open);
        standing.answered = rows.at(i, 4).yes();
        standing.quiet = rows.at(i, 5).yes();
        standing.step = static_cast<int>(rows.at(i, 6).integer());
        standing.next_at = rows.at(i, 7).maybe_time();
        standing.for_the_desk = !standing.hazard || rows.at(i, 8).yes();
        const auto calls = escalate(standing, brand.playbook, now);
        if (!calls.due.empty()) {
            const auto used = used_addresses(transaction, brand_id, id);
            for (const auto& call : calls.due)
                if (const auto to = free_address(standing, brand.playbook, call, used))
                    alerts.push_back({id, standing.urgency == Urgency::flag ? "digest" : "alert", call.step, *to, now, now});
        }
        write_calls(transaction, brand_id, id, calls, now);
    }
    insert_alerts(transaction, brand_id, brand, std::move(alerts), ids, now);
    return !rows.empty();
}

bool gather_digests(Transaction& transaction, BrandId brand_id, IdMaker& ids, Time now) {
    const auto rows = transaction.run("SELECT DISTINCT channel, recipient FROM alert "
                                      "WHERE brand_id = $1 AND kind = 'digest' AND escalation_id IS NOT NULL "
                                      "AND state = 'due' AND due_at <= $2",
                                      {brand_id, now});
    bool gathered = false;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        const Address to{rows.at(i, 0).text(), rows.at(i, 1).text()};
        const auto name = "digest:" + to.channel + ':' + to.recipient + ':' + std::to_string(now.time_since_epoch() / 1h);
        const auto sent = transaction.run("SELECT 1 FROM alert WHERE brand_id = $1 AND once = $2", {brand_id, name});
        if (!sent.empty()) continue;
        insert_standalone(transaction, brand_id, {{"digest", to, R"({"code":"flags"})", name, now}}, ids, now);
        transaction.run("UPDATE alert SET state = 'folded', ended_at = $5, "
                        "folded_into = (SELECT d.alert_id FROM alert d WHERE d.brand_id = $1 AND d.once = $2) "
                        "WHERE brand_id = $1 AND kind = 'digest' AND escalation_id IS NOT NULL AND state = 'due' "
                        "AND channel = $3 AND recipient = $4 AND due_at <= $5",
                        {brand_id, name, to.channel, to.recipient, now});
        gathered = true;
    }
    return gathered;
}

bool write_quiet_line(Transaction& transaction, BrandId brand_id, const config::Brand& brand, IdMaker& ids, Time now) {
    int hour = 0, minute = 0;
    if (std::sscanf(brand.quiet_line_at.c_str(), "%2d:%2d", &hour, &minute) != 2) return false;
    constexpr int day_minutes = 24 * 60;
    const auto wall = local_time(now, brand.zone);
    const int past = ((wall.hour - hour) * 60 + wall.minute - minute + day_minutes) % day_minutes;
    if (past >= 60) return false;
    // The day that the line speaks of: at a quarter past midnight the line of 23:30 is still yesterday's.
    const auto local = local_time(now - std::chrono::minutes{past}, brand.zone);
    char day[32];
    std::snprintf(day, sizeof day, "%04d-%02d-%02d", local.year, local.month, local.day);
    const auto known = transaction.run("SELECT 1 FROM alert WHERE brand_id = $1 AND once = $2", {brand_id, std::string("quiet:") + day});
    if (!known.empty()) return false;

    const Id from = first_id_of(now - 24h);
    const auto sources = transaction.run("SELECT count(*), count(*) FILTER (WHERE last_ok_at > $2 AND "
                                         "(last_error_at IS NULL OR last_error_at < last_ok_at)) "
                                         "FROM source WHERE brand_id = $1 AND active",
                                         {brand_id, now - 24h});
    nlohmann::json body = {
        {"posts", count(transaction, "SELECT count(*) FROM post WHERE brand_id = $1 AND post_id >= $2 AND NOT own", {brand_id, from})},
        {"urgent", count(transaction,
                         "SELECT count(DISTINCT post_id) FROM decision WHERE brand_id = $1 AND urgency = $3 AND post_id >= $2",
                         {brand_id, from, static_cast<int>(Urgency::urgent)})},
        {"sources", sources.at(0, 0).integer()},
        {"sources_ok", sources.at(0, 1).integer()}};
    if (mode_of(transaction, brand_id, brand) == config::Mode::shadow) {
        body["shadow"] = true;
        body["would_have_woken"] = count(transaction,
                                         "SELECT count(*) FROM escalation WHERE brand_id = $1 AND escalation_id >= $2 AND shadow "
                                         "AND urgency = $3 AND folded_into IS NULL",
                                         {brand_id, from, static_cast<int>(Urgency::urgent)});
    }
    notice(transaction, brand_id, brand, "quiet", body, day, ids, now);
    return true;
}

bool find_gone(Transaction& transaction, BrandId brand_id, Time now) {
    const auto done = transaction.run(
        "UPDATE escalation e SET revision = revision + 1, changed_at = $2 "
        "FROM alert a LEFT JOIN post p ON p.brand_id = a.brand_id AND p.post_id = a.shown_post_id "
        "WHERE e.brand_id = $1 AND a.brand_id = e.brand_id AND a.escalation_id = e.escalation_id "
        "AND a.state = 'delivered' AND a.text_ended_at IS NULL AND a.kind = 'alert' AND a.shown_post_id IS NOT NULL "
        "AND a.sent_revision >= e.revision AND (p.text IS NULL OR p.deleted_at IS NOT NULL)",
        {brand_id, now});
    return done.affected() > 0;
}

} // namespace larum::store
