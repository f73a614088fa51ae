#include "daemon/store/unknown_webhooks.h"

namespace larum::store {

bool count_unknown(Transaction& transaction, const UnknownWebhook& seen) {
    const auto rows = transaction.run_prepared(
        "INSERT INTO webhook_unknown AS u (app, name, count, last_at, kept_at)"
        " SELECT $1, CASE WHEN EXISTS (SELECT FROM webhook_unknown k WHERE k.app = $1 AND k.name = $2)"
        "     OR (SELECT count(*) FROM webhook_unknown k WHERE k.app = $1) < $5 THEN $2::text ELSE $6::text END, $3::bigint, $4::timestamptz, $4::timestamptz"
        " ON CONFLICT (app, name) DO UPDATE SET count = u.count + excluded.count, last_at = greatest(u.last_at, excluded.last_at),"
        "   kept_at = CASE WHEN u.kept_at IS NULL OR u.kept_at <= excluded.kept_at - interval '1 day' THEN excluded.kept_at ELSE u.kept_at END"
        " RETURNING kept_at = $4",
        {seen.app, seen.name, seen.count, seen.last_at, unknown_names_max, other_names});
    return rows.at(0, 0).yes();
}

std::vector<UnknownWebhook> unknown_webhooks(Transaction& transaction) {
    const auto rows = transaction.run("SELECT app, name, count, last_at FROM webhook_unknown ORDER BY last_at DESC, app, name");
    std::vector<UnknownWebhook> all;
    for (std::size_t row = 0; row < rows.size(); ++row)
        all.push_back({rows.at(row, 0).text(), rows.at(row, 1).text(), rows.at(row, 2).integer(), rows.at(row, 3).time()});
    return all;
}

} // namespace larum::store
