#include "daemon/store/post_history.h"

#include "core/model.h"

namespace larum::store {

namespace {

void add(std::vector<std::string>& lines, const Rows& rows) {
    for (std::size_t i = 0; i < rows.size(); ++i) lines.push_back(rows.at(i, 0).text());
}

std::string urgency_word(const Field& field) { return std::string(word(static_cast<Urgency>(field.integer()))); }

void add_decisions(Transaction& transaction, BrandId brand, Id post_id, std::vector<std::string>& lines) {
    const auto rows = transaction.run("SELECT decided_at::text, revision, cause, urgency, rule FROM decision"
                                      " WHERE brand_id = $1 AND post_id = $2 ORDER BY revision",
                                      {brand, static_cast<long long>(post_id)});
    for (std::size_t i = 0; i < rows.size(); ++i)
        lines.push_back("decided " + rows.at(i, 0).text() + ", revision " + rows.at(i, 1).text() + " (" + rows.at(i, 2).text() + "): " +
                        urgency_word(rows.at(i, 3)) + " by rule " + rows.at(i, 4).text());
}

void add_alerts(Transaction& transaction, BrandId brand, Id post_id, std::vector<std::string>& lines) {
    add(lines, transaction.run("SELECT 'escalation ' || e.escalation_id || ' opened ' || e.opened_at || ': ' || e.state"
                               " || CASE WHEN e.shadow THEN ', in shadow: no alert is sent' ELSE '' END"
                               " || coalesce(', folded into ' || e.folded_into, '') || coalesce(', answered ' || e.answered_at, '')"
                               " || coalesce(', next step ' || e.next_at, '')"
                               " FROM escalation_post AS p JOIN escalation AS e USING (brand_id, escalation_id)"
                               " WHERE p.brand_id = $1 AND p.post_id = $2 ORDER BY e.opened_at",
                               {brand, static_cast<long long>(post_id)}));
    add(lines, transaction.run("SELECT 'alert ' || a.alert_id || ' step ' || a.step || ' to ' || a.channel || ': ' || a.state || ', due ' || a.due_at"
                               " || coalesce(', folded into ' || a.folded_into, '') || coalesce(', ' || a.reason, '')"
                               " FROM escalation_post AS p JOIN alert AS a USING (brand_id, escalation_id)"
                               " WHERE p.brand_id = $1 AND p.post_id = $2 ORDER BY a.due_at, a.alert_id",
                               {brand, static_cast<long long>(post_id)}));
    add(lines, transaction.run("SELECT 'delivery of alert ' || d.alert_id || ', try ' || d.attempt || ' at ' || d.started_at || ': '"
                               " || coalesce(d.outcome, 'no outcome known') || coalesce(', ' || d.reason, '')"
                               " FROM escalation_post AS p JOIN alert AS a USING (brand_id, escalation_id)"
                               " JOIN delivery AS d USING (brand_id, alert_id)"
                               " WHERE p.brand_id = $1 AND p.post_id = $2 ORDER BY d.started_at",
                               {brand, static_cast<long long>(post_id)}));
}

void add_waiting(Transaction& transaction, BrandId brand, Id post_id, std::vector<std::string>& lines) {
    add(lines, transaction.run("SELECT 'waits for triage (' || cause || '), tries so far ' || tries FROM triage_queue"
                               " WHERE brand_id = $1 AND $2 = ANY(post_ids)",
                               {brand, static_cast<long long>(post_id)}));
    add(lines, transaction.run("SELECT 'is decided again before ' || answer_by || ', by when an answer is wanted' FROM post"
                               " WHERE brand_id = $1 AND post_id = $2 AND answer_awaited",
                               {brand, static_cast<long long>(post_id)}));
    add(lines, transaction.run("SELECT 'put aside ' || at || ': ' || reason FROM dead_letter"
                               " WHERE brand_id = $1 AND kind = 'post' AND reference = $2",
                               {brand, to_text(post_id)}));
}

/// Whether a second opinion was wanted, and what came of it.
void add_opinions(Transaction& transaction, BrandId brand, Id post_id, std::vector<std::string>& lines) {
    add(lines, transaction.run("SELECT 'second opinion wanted ' || wanted_at || coalesce(', asked ' || asked_at, '')"
                               " || CASE WHEN ending = 'said' THEN ', said ' || CASE WHEN complaint THEN 'complaint' ELSE 'no complaint' END"
                               "   || CASE WHEN repeat_contact THEN ', repeated contact' ELSE ', no repeated contact' END"
                               "   WHEN ending IS NULL THEN ', not ended yet'"
                               "   ELSE ', ended without one: ' || ending || '; the local verdict stands' END"
                               " FROM second_opinion WHERE brand_id = $1 AND post_id = $2 ORDER BY wanted_at",
                               {brand, static_cast<long long>(post_id)}));
}

} // namespace

std::vector<std::string> history_of_post(Transaction& transaction, BrandId brand, Id post_id) {
    std::vector<std::string> lines;
    add_decisions(transaction, brand, post_id, lines);
    add_opinions(transaction, brand, post_id, lines);
    add_alerts(transaction, brand, post_id, lines);
    add_waiting(transaction, brand, post_id, lines);
    return lines;
}

} // namespace larum::store
