#include "daemon/store/misses.h"

namespace larum::store {

void count_misses(Transaction& transaction, BrandId brand, const std::vector<Id>& promised, Time before) {
    transaction.run_prepared(
        "WITH late AS (UPDATE post_seen SET awaited = false WHERE brand_id = $1 AND awaited AND seen_at < $3 RETURNING source_id),"
        " late_contacts AS (UPDATE contact c SET awaited_by = NULL, awaited_since = NULL FROM contact was"
        "   WHERE c.brand_id = $1 AND c.awaited_by IS NOT NULL AND c.awaited_since < $3 AND was.brand_id = $1 AND was.contact_id = c.contact_id"
        "   RETURNING was.awaited_by AS source_id),"
        " missed AS (SELECT source_id, count(*) AS items FROM (SELECT source_id FROM late UNION ALL SELECT source_id FROM late_contacts) AS both_kinds"
        "   GROUP BY source_id)"
        " UPDATE source s SET webhook_misses = s.webhook_misses + m.items FROM missed m"
        " WHERE s.brand_id = $1 AND s.source_id = m.source_id AND s.source_id = ANY ($2::bigint[])",
        {brand, array_of(promised), before});
}

} // namespace larum::store
