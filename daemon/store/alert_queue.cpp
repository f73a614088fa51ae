#include "daemon/store/alert_queue.h"

namespace larum::store {

namespace {

constexpr const char* columns = "a.alert_id, a.fence, a.tries, a.escalation_id, a.kind, a.step, a.channel, a.recipient, "
                                "a.body, a.once, a.created_at, a.message_id, a.sent_hash";

TakenAlert read(const Rows& rows) {
    TakenAlert taken;
    taken.id = rows.at(0, 0).integer();
    taken.fence = rows.at(0, 1).integer();
    taken.attempt = static_cast<int>(rows.at(0, 2).integer());
    taken.escalation = rows.at(0, 3).maybe_integer().value_or(0);
    taken.kind = rows.at(0, 4).text();
    taken.step = static_cast<int>(rows.at(0, 5).integer());
    taken.to = {rows.at(0, 6).text(), rows.at(0, 7).text()};
    taken.body = rows.at(0, 8).text();
    taken.once = rows.at(0, 9).text();
    taken.created_at = rows.at(0, 10).time();
    taken.message_id = rows.at(0, 11).text();
    taken.sent_hash = rows.at(0, 12).maybe_integer();
    return taken;
}

/// `found` selects the one alert; the lease is longer than any call of a channel.
std::optional<TakenAlert> take(Transaction& transaction, BrandId brand_id, const std::string& found,
                               const std::vector<std::string>& resting, int holder, Time now) {
    // Materialized: a plan that asked the inner statement anew for each row would take every alert at once.
    const auto rows = transaction.run("WITH found AS MATERIALIZED (" + found + ") "
                                      "UPDATE alert a SET holder = $4, fence = a.fence + 1, tries = a.tries + 1, "
                                      "lease_until = larum_now() + interval '8 s', "
                                      "state = CASE WHEN a.state = 'due' THEN 'sending' ELSE a.state END "
                                      "FROM found "
                                      "WHERE a.brand_id = $1 AND a.alert_id = found.alert_id RETURNING " + columns,
                                      {brand_id, now, array_of(resting), holder});
    if (rows.empty()) return std::nullopt;
    auto taken = read(rows);
    const auto lost = transaction.run("SELECT count(*) FROM delivery WHERE brand_id = $1 AND alert_id = $2 AND outcome IS NULL",
                                      {brand_id, taken.id});
    taken.unknown = static_cast<int>(lost.at(0, 0).integer());
    transaction.run("INSERT INTO delivery (brand_id, alert_id, attempt, started_at) VALUES ($1, $2, $3, $4)",
                    {brand_id, taken.id, taken.attempt, now});
    return taken;
}

void end_delivery(Transaction& transaction, BrandId brand_id, const TakenAlert& taken, const Param& outcome,
                  const std::string& reason, Time now) {
    transaction.run("UPDATE delivery SET ended_at = $4, outcome = $5, reason = NULLIF($6, '') "
                    "WHERE brand_id = $1 AND alert_id = $2 AND attempt = $3",
                    {brand_id, taken.id, taken.attempt, now, outcome, reason});
}

/// `assignments` begin at parameter $4.
bool update(Transaction& transaction, BrandId brand_id, const TakenAlert& taken, const std::string& assignments,
            std::vector<Param> parameters) {
    std::vector<Param> all = {brand_id, taken.id, taken.fence};
    all.insert(all.end(), parameters.begin(), parameters.end());
    const auto done = transaction.run("UPDATE alert SET lease_until = NULL, " + assignments +
                                          " WHERE brand_id = $1 AND alert_id = $2 AND fence = $3",
                                      all);
    return done.affected() == 1;
}

} // namespace

std::optional<TakenAlert> take_due(Transaction& transaction, BrandId brand_id, const std::vector<std::string>& resting,
                                   int holder, Time now) {
    // People first, then reports. An entry of a digest is not sent: it is folded into one.
    return take(transaction, brand_id,
                "SELECT alert_id FROM alert "
                "WHERE brand_id = $1 AND state IN ('due', 'sending') AND due_at <= $2 "
                "AND (state = 'due' OR lease_until IS NULL OR lease_until < larum_now()) "
                "AND NOT channel = ANY($3::text[]) AND NOT (kind = 'digest' AND escalation_id IS NOT NULL) "
                "ORDER BY kind <> 'alert', due_at, alert_id LIMIT 1 FOR UPDATE SKIP LOCKED",
                resting, holder, now);
}

std::optional<TakenAlert> take_news(Transaction& transaction, BrandId brand_id, const std::vector<std::string>& resting,
                                    int holder, Time now) {
    return take(transaction, brand_id,
                "SELECT w.alert_id FROM alert w "
                "JOIN escalation e ON e.brand_id = w.brand_id AND e.escalation_id = w.escalation_id "
                "WHERE w.brand_id = $1 AND w.state = 'delivered' AND w.text_ended_at IS NULL AND w.kind = 'alert' "
                "AND w.sent_revision < e.revision AND w.due_at <= $2 "
                "AND (w.lease_until IS NULL OR w.lease_until < larum_now()) AND NOT w.channel = ANY($3::text[]) "
                "ORDER BY e.changed_at LIMIT 1 FOR UPDATE OF w SKIP LOCKED",
                resting, holder, now);
}

std::optional<TakenAlert> take_grown(Transaction& transaction, BrandId brand_id, const std::vector<std::string>& resting,
                                     int holder, Time now) {
    return take(transaction, brand_id,
                "SELECT w.alert_id FROM alert w "
                "WHERE w.brand_id = $1 AND w.state = 'delivered' AND w.text_ended_at IS NULL AND w.kind = 'digest' "
                "AND w.escalation_id IS NULL AND w.once LIKE 'burst:%' AND w.due_at <= $2 "
                "AND (w.lease_until IS NULL OR w.lease_until < larum_now()) AND NOT w.channel = ANY($3::text[]) "
                "AND w.sent_revision < (SELECT count(*) FROM alert f WHERE f.brand_id = $1 AND f.folded_into = w.alert_id) "
                "LIMIT 1 FOR UPDATE SKIP LOCKED",
                resting, holder, now);
}

bool write_delivered(Transaction& transaction, BrandId brand_id, const TakenAlert& taken, const Shown& shown, Time now) {
    end_delivery(transaction, brand_id, taken, "delivered", {}, now);
    return update(transaction, brand_id, taken,
                  "state = 'delivered', ended_at = $4, message_id = NULLIF($5, ''), sent_revision = $6, sent_hash = $7, "
                  "shown_post_id = NULLIF($8::bigint, 0), reason = NULL",
                  {now, shown.message_id, shown.revision, shown.hash, shown.post});
}

bool write_later(Transaction& transaction, BrandId brand_id, const TakenAlert& taken, const std::string& reason,
                 Time due_at, bool unknown, Time now) {
    end_delivery(transaction, brand_id, taken, unknown ? Param(nullptr) : Param("later"), reason, now);
    return update(transaction, brand_id, taken, "state = 'due', due_at = $4, reason = $5", {due_at, reason});
}

bool write_refused(Transaction& transaction, BrandId brand_id, const TakenAlert& taken, const std::string& reason, Time now) {
    end_delivery(transaction, brand_id, taken, "refused", reason, now);
    return update(transaction, brand_id, taken, "state = 'refused', ended_at = $4, reason = $5", {now, reason});
}

bool write_cancelled(Transaction& transaction, BrandId brand_id, const TakenAlert& taken, const std::string& reason, Time now) {
    transaction.run("DELETE FROM delivery WHERE brand_id = $1 AND alert_id = $2 AND attempt = $3",
                    {brand_id, taken.id, taken.attempt});
    return update(transaction, brand_id, taken, "state = 'cancelled', ended_at = $4, reason = $5", {now, reason});
}

bool write_edited(Transaction& transaction, BrandId brand_id, const TakenAlert& taken, const Shown& shown, Time now) {
    end_delivery(transaction, brand_id, taken, "delivered", {}, now);
    // News come in flocks: the next edit waits a moment.
    return update(transaction, brand_id, taken,
                  "sent_revision = $4, sent_hash = $5, shown_post_id = NULLIF($6::bigint, 0), "
                  "due_at = $7::timestamptz + interval '2 s', "
                  "text_ended_at = CASE WHEN $8 THEN $7::timestamptz END, reason = NULL",
                  {shown.revision, shown.hash, shown.post, now, shown.ended});
}

bool write_edit_later(Transaction& transaction, BrandId brand_id, const TakenAlert& taken, const std::string& reason,
                      Time due_at, Time now) {
    end_delivery(transaction, brand_id, taken, "later", reason, now);
    return update(transaction, brand_id, taken, "due_at = $4, reason = $5, text_ended_at = NULL", {due_at, reason});
}

bool write_edit_refused(Transaction& transaction, BrandId brand_id, const TakenAlert& taken, const std::string& reason,
                        int revision, Time now) {
    end_delivery(transaction, brand_id, taken, "refused", reason, now);
    return update(transaction, brand_id, taken, "sent_revision = greatest(sent_revision, $4::int), text_ended_at = $5, reason = $6",
                  {revision, now, reason});
}

bool write_unchanged(Transaction& transaction, BrandId brand_id, const TakenAlert& taken, const Shown& shown) {
    transaction.run("DELETE FROM delivery WHERE brand_id = $1 AND alert_id = $2 AND attempt = $3",
                    {brand_id, taken.id, taken.attempt});
    return update(transaction, brand_id, taken, "sent_revision = $4", {shown.revision});
}

bool write_ended(Transaction& transaction, BrandId brand_id, const TakenAlert& taken, Time now) {
    const auto done = transaction.run("UPDATE alert SET text_ended_at = $4 WHERE brand_id = $1 AND alert_id = $2 AND fence = $3",
                                      {brand_id, taken.id, taken.fence, now});
    return done.affected() == 1;
}

void move_folded(Transaction& transaction, BrandId brand_id, Id from, Id to) {
    transaction.run("UPDATE alert SET folded_into = $3 WHERE brand_id = $1 AND folded_into = $2", {brand_id, from, to});
}

std::vector<Address> used_addresses(Transaction& transaction, BrandId brand_id, Id escalation) {
    const auto rows = transaction.run("SELECT DISTINCT channel, recipient FROM alert "
                                      "WHERE brand_id = $1 AND escalation_id = $2 AND kind = 'alert'",
                                      {brand_id, escalation});
    std::vector<Address> used;
    for (std::size_t i = 0; i < rows.size(); ++i) used.push_back({rows.at(i, 0).text(), rows.at(i, 1).text()});
    return used;
}

} // namespace larum::store
