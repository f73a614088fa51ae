#include "daemon/store/lines.h"

#include "daemon/store/sources.h"

namespace larum::store {

namespace {

const std::string one_lease = "larum_now() + interval '" + std::string(lease_length) + "'";

const std::string claim_sql =
    "WITH free AS (SELECT source_id, name FROM stream WHERE brand_id = $1 AND source_id = ANY ($2::bigint[]) AND live"
    " AND (lease_until IS NULL OR lease_until < larum_now()) AND (retire_at IS NULL OR retire_at > $5)"
    " ORDER BY source_id, name LIMIT $4 FOR UPDATE SKIP LOCKED)"
    " UPDATE stream t SET holder = $3, fence = t.fence + 1, lease_until = " + one_lease +
    " FROM free WHERE t.brand_id = $1 AND t.source_id = free.source_id AND t.name = free.name"
    " RETURNING t.source_id, t.name, t.fence, t.cursor, t.last_item_at, t.failures, t.rest_until, t.recent_losses";

} // namespace

std::vector<LineLease> claim_lines(Transaction& transaction, BrandId brand, const std::vector<Id>& mine, int holder, std::size_t most, Time now) {
    const auto rows = transaction.run_prepared(claim_sql.c_str(), {brand, array_of(mine), holder, static_cast<long long>(most), now});
    std::vector<LineLease> leases;
    for (std::size_t row = 0; row < rows.size(); ++row) {
        LineLease lease;
        lease.brand = brand;
        lease.source = rows.at(row, 0).integer();
        lease.holder = holder;
        lease.fence = rows.at(row, 2).integer();
        lease.stream = {rows.at(row, 1).text(), rows.at(row, 3).text(), rows.at(row, 4).maybe_time()};
        lease.failures = static_cast<int>(rows.at(row, 5).integer());
        lease.rest_until = rows.at(row, 6).maybe_time();
        for (const auto at : rows.at(row, 7).integers()) lease.recent_losses.push_back(Time{std::chrono::microseconds{at}});
        make_polled_due(transaction, brand, lease.source, now);
        leases.push_back(std::move(lease));
    }
    return leases;
}

bool still_held(Transaction& transaction, const LineLease& lease) {
    // The source first, as the pollers do: the other order could deadlock with them.
    transaction.run_prepared("SELECT FROM source WHERE brand_id = $1 AND source_id = $2 FOR UPDATE", {lease.brand, lease.source});
    return !transaction
                .run_prepared("SELECT FROM stream WHERE brand_id = $1 AND source_id = $2 AND name = $3 AND holder = $4 AND fence = $5 FOR UPDATE",
                              {lease.brand, lease.source, lease.stream.name, lease.holder, lease.fence})
                .empty();
}

void extend_leases(Transaction& transaction, const std::vector<LineLease>& leases) {
    std::vector<std::int64_t> brands, sources, holders, fences;
    std::vector<std::string> names;
    for (const auto& lease : leases) {
        brands.push_back(lease.brand);
        sources.push_back(lease.source);
        names.push_back(lease.stream.name);
        holders.push_back(lease.holder);
        fences.push_back(lease.fence);
    }
    transaction.run("UPDATE stream t SET lease_until = " + one_lease +
                        " FROM unnest($1::int[], $2::bigint[], $3::text[], $4::bigint[], $5::bigint[]) AS w(brand_id, source_id, name, holder, fence)"
                        " WHERE t.brand_id = w.brand_id AND t.source_id = w.source_id AND t.name = w.name AND t.holder = w.holder AND t.fence = w.fence",
                    {array_of(brands), array_of(sources), array_of(names), array_of(holders), array_of(fences)});
}

void release_line(Transaction& transaction, const LineLease& lease) {
    transaction.run_prepared("UPDATE stream SET holder = NULL, lease_until = NULL"
                             " WHERE brand_id = $1 AND source_id = $2 AND name = $3 AND holder = $4 AND fence = $5",
                             {lease.brand, lease.source, lease.stream.name, lease.holder, lease.fence});
}

void save_line(Transaction& transaction, const LineLease& lease, const std::optional<std::string>& cursor, std::optional<Time> last_item) {
    transaction.run_prepared("UPDATE stream SET cursor = coalesce($4, cursor), last_item_at = greatest(last_item_at, $5)"
                             " WHERE brand_id = $1 AND source_id = $2 AND name = $3",
                             {lease.brand, lease.source, lease.stream.name, cursor, last_item});
}

void note_open(Transaction& transaction, const LineLease& lease) {
    transaction.run_prepared("UPDATE stream SET failures = $4, rest_until = NULL, lost_at = NULL, lost_reason = NULL, lost_told_at = NULL"
                             " WHERE brand_id = $1 AND source_id = $2 AND name = $3",
                             {lease.brand, lease.source, lease.stream.name, lease.failures});
}

void note_lost(Transaction& transaction, const LineLease& lease, const std::string& reason, Time now) {
    transaction.run_prepared("UPDATE stream SET failures = $4, rest_until = $5, lost_at = coalesce(lost_at, $7), lost_reason = $6"
                             " WHERE brand_id = $1 AND source_id = $2 AND name = $3",
                             {lease.brand, lease.source, lease.stream.name, lease.failures, lease.rest_until, reason, now});
}

bool flaps(const LineLease& lease) {
    const auto& losses = lease.recent_losses;
    if (lease.failures >= static_cast<int>(flaps_losses)) return true;
    return losses.size() >= flaps_losses && losses.back() - losses[losses.size() - flaps_losses] <= flaps_within;
}

void count_loss(Transaction& transaction, const LineLease& lease, const std::string& reason, Time now) {
    std::vector<std::int64_t> recent;
    for (const auto at : lease.recent_losses) recent.push_back(std::chrono::duration_cast<std::chrono::microseconds>(at.time_since_epoch()).count());
    transaction.run_prepared("UPDATE stream SET losses = CASE WHEN losses_on = ($4::timestamptz AT TIME ZONE 'UTC')::date THEN losses + 1 ELSE 1 END,"
                             " losses_on = ($4::timestamptz AT TIME ZONE 'UTC')::date, last_loss = $5, recent_losses = $6"
                             " WHERE brand_id = $1 AND source_id = $2 AND name = $3",
                             {lease.brand, lease.source, lease.stream.name, now, reason, array_of(recent)});
}

std::optional<int> flapping_to_tell(Transaction& transaction, const LineLease& lease, Time now) {
    if (!flaps(lease)) return {};
    const auto rows = transaction.run_prepared("UPDATE stream SET flaps_told_on = losses_on WHERE brand_id = $1 AND source_id = $2 AND name = $3"
                                               " AND flaps_told_on IS DISTINCT FROM losses_on AND losses >= $4"
                                               " AND losses_on = ($5::timestamptz AT TIME ZONE 'UTC')::date RETURNING losses",
                                               {lease.brand, lease.source, lease.stream.name, static_cast<int>(flaps_losses), now});
    return rows.empty() ? std::nullopt : std::optional(static_cast<int>(rows.at(0, 0).integer()));
}

bool loss_to_tell(Transaction& transaction, const LineLease& lease, Time since, Time now) {
    return transaction
               .run_prepared("UPDATE stream SET lost_told_at = $5 WHERE brand_id = $1 AND source_id = $2 AND name = $3"
                             " AND lost_told_at IS NULL AND lost_at <= $4",
                             {lease.brand, lease.source, lease.stream.name, since, now})
               .affected() == 1;
}

void make_polled_due(Transaction& transaction, BrandId brand, Id source, Time now) {
    transaction.run_prepared("UPDATE stream SET due_at = $3 WHERE brand_id = $1 AND source_id = $2 AND NOT live AND retire_at IS NULL"
                             " AND due_at > $3",
                             {brand, source, now});
}

} // namespace larum::store
