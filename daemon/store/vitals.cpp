#include "daemon/store/vitals.h"

namespace larum::store {

namespace {

std::optional<double> maybe_number(const Field& field) {
    return field.null() ? std::nullopt : std::optional<double>(field.number());
}

std::vector<BrandVitals> brand_vitals(Transaction& transaction) {
    // Ids carry their time, so the oldest waiting page needs no column of its own.
    const auto rows = transaction.run(R"(
        SELECT b.name,
            (SELECT count(*) FROM triage_queue q WHERE q.brand_id = b.brand_id),
            (SELECT coalesce(extract(epoch FROM now()) - extract(epoch FROM timestamptz '2026-01-01 00:00:00Z')
                - (min(q.queue_id) >> 22) / 1000.0, 0) FROM triage_queue q WHERE q.brand_id = b.brand_id),
            coalesce(a.due, 0), coalesce(a.oldest, 0), coalesce(a.delivered, 0), coalesce(a.refused, 0), coalesce(a.folded, 0),
            (SELECT count(*) FROM escalation e WHERE e.brand_id = b.brand_id AND e.state IN ('open', 'acknowledged')),
            (SELECT count(*) FROM dead_letter d WHERE d.brand_id = b.brand_id AND d.rerun_at IS NULL)
        FROM brand b
        LEFT JOIN (
            SELECT brand_id,
                count(*) FILTER (WHERE state IN ('due', 'sending') AND due_at <= now()) AS due,
                extract(epoch FROM now() - min(due_at) FILTER (WHERE state IN ('due', 'sending') AND due_at <= now())) AS oldest,
                count(*) FILTER (WHERE state = 'delivered') AS delivered,
                count(*) FILTER (WHERE state = 'refused') AS refused,
                count(*) FILTER (WHERE state = 'folded') AS folded
            FROM alert
            GROUP BY brand_id
        ) a USING (brand_id)
        ORDER BY b.name)");
    std::vector<BrandVitals> all;
    for (std::size_t i = 0; i < rows.size(); ++i)
        all.push_back({rows.at(i, 0).text(), rows.at(i, 1).integer(), rows.at(i, 2).number(), rows.at(i, 3).integer(), rows.at(i, 4).number(),
                       rows.at(i, 5).integer(), rows.at(i, 6).integer(), rows.at(i, 7).integer(), rows.at(i, 8).integer(),
                       rows.at(i, 9).integer()});
    return all;
}

std::vector<SourceVitals> source_vitals(Transaction& transaction) {
    const auto rows = transaction.run(R"(
        SELECT b.name, s.name, s.posts,
            extract(epoch FROM now() - s.last_ok_at), extract(epoch FROM now() - s.last_item_at),
            c.dead_since IS NOT NULL OR (s.last_error_at IS NOT NULL AND s.last_error_at > coalesce(s.last_ok_at, '-infinity')),
            (SELECT count(*) FROM source_gap g WHERE g.brand_id = s.brand_id AND g.source_id = s.source_id AND g.to_at IS NULL),
            (SELECT count(*) FROM source_gap g WHERE g.brand_id = s.brand_id AND g.source_id = s.source_id AND g.lost),
            s.webhook_misses, cardinality(s.missing), extract(epoch FROM c.expires_at - now())
        FROM source s
        JOIN brand b USING (brand_id)
        LEFT JOIN credential c USING (credential_id)
        WHERE s.active
        ORDER BY b.name, s.name)");
    std::vector<SourceVitals> all;
    for (std::size_t i = 0; i < rows.size(); ++i)
        all.push_back({rows.at(i, 0).text(), rows.at(i, 1).text(), rows.at(i, 2).integer(), maybe_number(rows.at(i, 3)),
                       maybe_number(rows.at(i, 4)), rows.at(i, 5).yes(), rows.at(i, 6).integer(), rows.at(i, 7).integer(),
                       rows.at(i, 8).integer(), rows.at(i, 9).integer(), maybe_number(rows.at(i, 10))});
    return all;
}

std::vector<AppVitals> app_vitals(Transaction& transaction) {
    const auto rows = transaction.run("SELECT app, verified, forged, unclaimed, rung, duplicate, unkept FROM app ORDER BY app");
    std::vector<AppVitals> all;
    for (std::size_t i = 0; i < rows.size(); ++i)
        all.push_back({rows.at(i, 0).text(),
                       {rows.at(i, 1).integer(), rows.at(i, 2).integer(), rows.at(i, 3).integer(), rows.at(i, 4).integer(), rows.at(i, 5).integer(),
                        rows.at(i, 6).integer()}});
    return all;
}

WebhookVitals webhook_vitals(Transaction& transaction) {
    const auto row = transaction.run("SELECT count(*), coalesce(extract(epoch FROM now() - min(received_at)), 0) FROM raw_webhook WHERE done_at IS NULL");
    return {row.at(0, 0).integer(), row.at(0, 1).number()};
}

std::vector<OpinionVitals> opinion_vitals(Transaction& transaction) {
    const auto rows = transaction.run("SELECT b.name, coalesce(o.ending, 'waiting'), count(*)"
                                      " FROM second_opinion o JOIN brand b USING (brand_id) GROUP BY 1, 2 ORDER BY 1, 2");
    std::vector<OpinionVitals> all;
    for (std::size_t i = 0; i < rows.size(); ++i) all.push_back({rows.at(i, 0).text(), rows.at(i, 1).text(), rows.at(i, 2).integer()});
    return all;
}

} // namespace

Vitals vitals(Transaction& transaction) {
    return {brand_vitals(transaction), source_vitals(transaction), app_vitals(transaction), webhook_vitals(transaction), unknown_webhooks(transaction), opinion_vitals(transaction)};
}

} // namespace larum::store
