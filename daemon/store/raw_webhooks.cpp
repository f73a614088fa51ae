#include "daemon/store/raw_webhooks.h"

#include "core/crypto.h"

namespace larum::store {

void keep_webhooks(Transaction& transaction, const std::vector<NewWebhook>& bodies) {
    std::vector<std::int64_t> ids;
    std::vector<std::string> apps, times, texts, notes;
    for (const auto& one : bodies) {
        ids.push_back(one.id);
        apps.push_back(one.app);
        times.push_back(format_time(one.received_at));
        texts.push_back(to_hex(one.body));
        notes.push_back(one.note);
    }
    transaction.run_prepared("INSERT INTO raw_webhook (raw_webhook_id, app, received_at, body, note)"
                             " SELECT id, app, at, decode(body, 'hex'), note"
                             " FROM unnest($1::bigint[], $2::text[], $3::timestamptz[], $4::text[], $5::text[]) AS w(id, app, at, body, note)",
                             {array_of(ids), array_of(apps), array_of(times), array_of(texts), array_of(notes)});
}

std::vector<RawWebhook> claim_webhooks(Transaction& transaction, int most, int holder) {
    // What failed before is taken alone: it must not hold up, or be blamed on, others.
    const auto rows = transaction.run_prepared(
        "WITH waiting AS (SELECT raw_webhook_id, tries FROM raw_webhook"
        "   WHERE done_at IS NULL AND (expires_at IS NULL OR expires_at < larum_now())"
        "   ORDER BY raw_webhook_id LIMIT $1 FOR UPDATE SKIP LOCKED),"
        " taken AS (SELECT raw_webhook_id FROM waiting WHERE tries = 0 UNION ALL"
        "   (SELECT raw_webhook_id FROM waiting WHERE tries > 0 AND NOT EXISTS (SELECT FROM waiting WHERE tries = 0)"
        "    ORDER BY tries, raw_webhook_id LIMIT 1))"
        " UPDATE raw_webhook r SET holder = $2, fence = fence + 1, tries = r.tries + 1, expires_at = larum_now() + interval '8 seconds'"
        " FROM taken WHERE r.raw_webhook_id = taken.raw_webhook_id"
        " RETURNING r.raw_webhook_id, r.app, r.body, r.note, r.received_at, r.tries, r.fence",
        {most, holder});
    std::vector<RawWebhook> all;
    for (std::size_t row = 0; row < rows.size(); ++row)
        all.push_back({rows.at(row, 0).integer(), rows.at(row, 1).text(), from_bytea(rows.at(row, 2).view()), rows.at(row, 3).text(),
                       rows.at(row, 4).time(), static_cast<int>(rows.at(row, 5).integer()), rows.at(row, 6).integer()});
    return all;
}

bool finish_webhooks(Transaction& transaction, const std::vector<RawWebhook>& done, int holder, Time now) {
    std::vector<std::int64_t> ids, fences;
    for (const auto& one : done) {
        ids.push_back(one.id);
        fences.push_back(one.fence);
    }
    return transaction
               .run_prepared("UPDATE raw_webhook r SET done_at = $4, holder = NULL, expires_at = NULL"
                             " FROM unnest($1::bigint[], $2::bigint[]) AS w(id, fence)"
                             " WHERE r.raw_webhook_id = w.id AND r.fence = w.fence AND r.holder = $3",
                             {array_of(ids), array_of(fences), holder, now})
               .affected() == done.size();
}

AppCounts& AppCounts::operator+=(const AppCounts& more) {
    verified += more.verified;
    forged += more.forged;
    unclaimed += more.unclaimed;
    rung += more.rung;
    duplicate += more.duplicate;
    unkept += more.unkept;
    return *this;
}

void count_webhooks(Transaction& transaction, const std::map<std::string, AppCounts>& counts, Time now) {
    for (const auto& [app, one] : counts) // a handful of apps
        transaction.run_prepared(
            "INSERT INTO app (app, verified, forged, unclaimed, rung, duplicate, unkept, last_at)"
            " VALUES ($1, $2::bigint, $3, $4, $5::bigint, $6, $7, CASE WHEN $2::bigint + $5::bigint > 0 THEN $8::timestamptz END)"
            " ON CONFLICT (app) DO UPDATE SET verified = app.verified + excluded.verified, forged = app.forged + excluded.forged,"
            " unclaimed = app.unclaimed + excluded.unclaimed, rung = app.rung + excluded.rung, duplicate = app.duplicate + excluded.duplicate,"
            " unkept = app.unkept + excluded.unkept, last_at = greatest(app.last_at, excluded.last_at)",
            {app, one.verified, one.forged, one.unclaimed, one.rung, one.duplicate, one.unkept, now});
}

std::vector<std::string> doorbells(Transaction& transaction) {
    const auto rows = transaction.run_prepared("SELECT app FROM app WHERE rung > 0 AND verified = 0", {});
    std::vector<std::string> names;
    for (std::size_t row = 0; row < rows.size(); ++row) names.push_back(rows.at(row, 0).text());
    return names;
}

} // namespace larum::store
