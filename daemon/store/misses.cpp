#include "daemon/store/misses.h"

namespace larum::store {

void count_misses(Transaction& transaction, BrandId brand, const std::vector<Id>& promised, Time before) {
    transaction.run_prepared(
        "WITH late AS (UPDATE post_seen SET awaited = false WHERE brand_id = $1 AND awaited AND seen_at < $3 RETURNING source_id),"
        " missed AS (SELECT source_id, count(*) AS posts FROM late GROUP BY source_id)"
        " UPDATE source s SET webhook_misses = s.webhook_misses + m.posts FROM missed m"
        " WHERE s.brand_id = $1 AND s.source_id = m.source_id AND s.source_id = ANY ($2::bigint[])",
        {brand, array_of(promised), before});
}

} // namespace larum::store
