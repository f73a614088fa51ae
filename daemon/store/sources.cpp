#include "daemon/store/sources.h"

#include "daemon/store/held_credential.h"

namespace larum::store {

namespace {

/// A dead credential is looked at again after an eighth of the time that it is dead: whoever gives a role back sees it
/// work soon, without a restart, and what stays dead is hardly asked.
constexpr std::string_view probe_least = "5 minutes", probe_most = "1 hour";

std::string interval(std::string_view length) { return std::string("interval '") + std::string(length) + "'"; }

std::optional<double> seconds_of(const std::optional<Span>& span) {
    return span ? std::optional<double>(std::chrono::duration<double>(*span).count()) : std::nullopt;
}

std::optional<std::string> text_of(const std::optional<double>& number) {
    return number ? std::optional<std::string>(std::to_string(*number)) : std::nullopt;
}

} // namespace

// ---- what the config names ---------------------------------------------------------------------------

Id declare_source(Transaction& transaction, IdMaker& ids, const DeclaredSource& source, Time now) {
    if (!source.credential.empty()) declare_credential(transaction, source.credential, source.kind, source.burst, now);
    const auto credential = source.credential.empty() ? Param(nullptr) : Param(source.credential);
    const auto row = transaction.run_prepared(
        "INSERT INTO source (brand_id, source_id, name, kind, account, credential_id, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7)"
        " ON CONFLICT (brand_id, name) DO UPDATE SET kind = excluded.kind, account = excluded.account,"
        "   credential_id = excluded.credential_id, active = true"
        " RETURNING source_id",
        {source.brand, ids.next(), source.name, source.kind, source.account, credential, now});
    const auto id = row.at(0, 0).integer();
    change_streams(transaction, source.brand, id, source.streams, now);
    return id;
}

void rest_others(Transaction& transaction, BrandId brand, const std::vector<Id>& declared) {
    transaction.run_prepared(
        "UPDATE source SET active = false WHERE brand_id = $1 AND active AND NOT (source_id = ANY ($2::bigint[]))",
        {brand, array_of(declared)});
}

// ---- leases ------------------------------------------------------------------------------------------

namespace {

const std::string claim_sql =
    "WITH free AS (SELECT s.source_id FROM source s LEFT JOIN credential c ON c.credential_id = s.credential_id"
    " WHERE s.brand_id = $1 AND s.source_id = ANY ($2::bigint[]) AND s.active"
    " AND (s.lease_until IS NULL OR s.lease_until < larum_now())"
    " AND (c.blocked_until IS NULL OR c.blocked_until <= $4)"
    " AND (c.lease_until IS NULL OR c.lease_until < larum_now())"
    " AND (c.dead_since IS NULL OR coalesce(c.probed_at, c.dead_since)"
    "   <= $4 - least(" + interval(probe_most) + ", greatest(" + interval(probe_least) + ", ($4 - c.dead_since) / 8)))"
    " AND ($5 OR EXISTS (SELECT FROM stream t WHERE t.brand_id = s.brand_id AND t.source_id = s.source_id AND t.due_at <= $4"
    "   AND (t.retire_at IS NULL OR t.retire_at > $4)))"
    " ORDER BY (SELECT min(t.due_at) FROM stream t WHERE t.brand_id = s.brand_id AND t.source_id = s.source_id)"
    " LIMIT 1 FOR UPDATE OF s SKIP LOCKED)"
    " UPDATE source s SET holder = $3, fence = s.fence + 1, lease_until = larum_now() + " + interval(lease_length) +
    " FROM free WHERE s.brand_id = $1 AND s.source_id = free.source_id"
    " RETURNING s.source_id, s.fence, s.credential_id, s.last_ok_at, s.created_at";

const std::string claim_credential_sql =
    "UPDATE credential SET fence = fence + 1, lease_until = larum_now() + " + interval(lease_length) +
    " WHERE credential_id = $1 AND (lease_until IS NULL OR lease_until < larum_now())"
    " RETURNING fence, sealed_session, dead_since IS NOT NULL,"
    " CASE WHEN spent_on = ($2::timestamptz AT TIME ZONE 'UTC')::date THEN unasked_today ELSE 0 END";

} // namespace

std::optional<Lease> claim_source(Transaction& transaction, BrandId brand, const std::vector<Id>& mine, int holder, Time now,
                                  std::optional<Id> only) {
    const auto wanted = only ? std::vector<std::int64_t>{*only} : std::vector<std::int64_t>(mine.begin(), mine.end());
    const auto row = transaction.run_prepared(claim_sql.c_str(), {brand, array_of(wanted), holder, now, only.has_value()});
    if (row.empty()) return {};
    Lease lease;
    lease.brand = brand;
    lease.holder = holder;
    lease.source = row.at(0, 0).integer();
    lease.fence = row.at(0, 1).integer();
    lease.credential = row.at(0, 2).text();
    lease.last_ok = row.at(0, 3).maybe_time();
    lease.created_at = row.at(0, 4).time();
    if (lease.credential.empty()) return lease;
    const auto credential = transaction.run_prepared(claim_credential_sql.c_str(), {lease.credential, now});
    if (credential.empty()) { // another source of this credential was faster
        auto without = lease;
        without.credential.clear();
        release_source(transaction, without);
        return {};
    }
    lease.credential_fence = credential.at(0, 0).integer();
    if (!credential.at(0, 1).null()) lease.sealed_session = from_bytea(credential.at(0, 1).view());
    lease.credential_dead = credential.at(0, 2).yes();
    lease.unasked = credential.at(0, 3).number();
    lease.claimed_at = now;
    return lease;
}

bool still_held(Transaction& transaction, const Lease& lease) {
    return !transaction
                .run_prepared("SELECT FROM source WHERE brand_id = $1 AND source_id = $2 AND holder = $3 AND fence = $4 FOR UPDATE",
                              {lease.brand, lease.source, lease.holder, lease.fence})
                .empty();
}

void extend_leases(Transaction& transaction, const std::vector<Lease>& leases) {
    std::vector<std::int64_t> brands, sources, holders, fences, credential_fences;
    std::vector<std::string> credentials;
    for (const auto& lease : leases) {
        brands.push_back(lease.brand);
        sources.push_back(lease.source);
        holders.push_back(lease.holder);
        fences.push_back(lease.fence);
        credentials.push_back(lease.credential);
        credential_fences.push_back(lease.credential_fence);
    }
    transaction.run("UPDATE source s SET lease_until = larum_now() + " + interval(lease_length) +
                        " FROM unnest($1::int[], $2::bigint[], $3::bigint[], $4::bigint[]) AS w(brand_id, source_id, holder, fence)"
                        " WHERE s.brand_id = w.brand_id AND s.source_id = w.source_id AND s.holder = w.holder AND s.fence = w.fence",
                    {array_of(brands), array_of(sources), array_of(holders), array_of(fences)});
    transaction.run("UPDATE credential c SET lease_until = larum_now() + " + interval(lease_length) +
                        " FROM unnest($1::text[], $2::bigint[]) AS w(credential_id, fence)"
                        " WHERE c.credential_id = w.credential_id AND c.fence = w.fence",
                    {array_of(credentials), array_of(credential_fences)});
}

void release_source(Transaction& transaction, const Lease& lease) {
    transaction.run_prepared(
        "UPDATE source SET holder = NULL, lease_until = NULL WHERE brand_id = $1 AND source_id = $2 AND holder = $3 AND fence = $4",
        {lease.brand, lease.source, lease.holder, lease.fence});
    if (!lease.credential.empty())
        transaction.run_prepared("UPDATE credential SET lease_until = NULL WHERE credential_id = $1 AND fence = $2",
                                 {lease.credential, lease.credential_fence});
}

// ---- credentials -------------------------------------------------------------------------------------

std::optional<Time> take_token(Transaction& transaction, const std::string& credential, double per_second, int burst, Time now) {
    // A clock that went back refills nothing.
    const auto row = transaction.run_prepared(
        "WITH filled AS (SELECT credential_id, least($3::float8, tokens + $2::float8 * greatest(0, extract(epoch FROM"
        "   $4::timestamptz - coalesce(tokens_at, $4::timestamptz))::float8)) AS tokens FROM credential WHERE credential_id = $1 FOR UPDATE)"
        " UPDATE credential c SET tokens = CASE WHEN f.tokens >= 1 THEN f.tokens - 1 ELSE f.tokens END, tokens_at = $4"
        " FROM filled f WHERE c.credential_id = f.credential_id RETURNING f.tokens",
        {credential, per_second, burst, now});
    const double tokens = row.empty() ? 1 : row.at(0, 0).number();
    if (tokens >= 1) return {};
    const auto wait = std::chrono::duration<double>((1 - tokens) / per_second);
    return now + std::chrono::ceil<std::chrono::milliseconds>(wait);
}

bool save_session(Transaction& transaction, const Lease& lease, const std::string& sealed) {
    return transaction
               .run_prepared("UPDATE credential SET sealed_session = $3 WHERE credential_id = $1 AND fence = $2",
                             {lease.credential, lease.credential_fence, to_bytea(sealed)})
               .affected() == 1;
}

void block_credential(Transaction& transaction, const std::string& credential, Time until, const std::string& reason) {
    transaction.run_prepared(
        "UPDATE credential SET blocked_until = greatest(blocked_until, $2), blocked_reason = $3 WHERE credential_id = $1",
        {credential, until, reason});
}

void bury_credential(Transaction& transaction, const std::string& credential, const std::string& reason, Time now) {
    transaction.run_prepared(
        "UPDATE credential SET dead_since = coalesce(dead_since, $2), probed_at = $2, dead_reason = $3 WHERE credential_id = $1",
        {credential, now, reason});
}

void revive_credential(Transaction& transaction, const std::string& credential, Time now, std::optional<Time> expires_at) {
    transaction.run_prepared(
        "UPDATE credential SET dead_since = NULL, dead_reason = NULL, probed_at = $2, expires_at = $3 WHERE credential_id = $1",
        {credential, now, expires_at});
}

void note_expiry(Transaction& transaction, const std::string& credential, std::optional<Time> expires_at) {
    transaction.run_prepared("UPDATE credential SET expires_at = $2 WHERE credential_id = $1", {credential, expires_at});
}

namespace {

/// Another daemon's clock may be in the next day already: that day is not taken back.
const std::string that_day = " FROM (SELECT ($2::timestamptz AT TIME ZONE 'UTC')::date AS day) d"
                             " WHERE c.credential_id = $1 AND (c.spent_on IS NULL OR c.spent_on <= d.day)";

const std::string spending_sql =
    "UPDATE credential c SET spent_on = d.day, spent_today = $3, spent_budget = $4,"
    " unasked_today = CASE WHEN c.spent_on = d.day THEN c.unasked_today ELSE 0 END" + that_day;

const std::string unasked_sql =
    "UPDATE credential c SET spent_on = d.day, spent_today = CASE WHEN c.spent_on = d.day THEN c.spent_today ELSE 0 END,"
    " unasked_today = CASE WHEN c.spent_on = d.day THEN c.unasked_today ELSE 0 END + $3" + that_day +
    " RETURNING coalesce(c.spent_today, 0) + c.unasked_today";

} // namespace

void note_spending(Transaction& transaction, const std::string& credential, const connectors::Spending& spending, Time now) {
    transaction.run_prepared(spending_sql.c_str(), {credential, now, spending.today, spending.budget});
}

double add_unasked(Transaction& transaction, const std::string& credential, double cost, Time now) {
    const auto row = transaction.run_prepared(unasked_sql.c_str(), {credential, now, cost});
    return row.empty() ? 0 : row.at(0, 0).number();
}

void note_used(Transaction& transaction, const std::string& credential, double used) {
    transaction.run_prepared("UPDATE credential SET used = $2 WHERE credential_id = $1", {credential, used});
}

// ---- streams -----------------------------------------------------------------------------------------

std::optional<StreamRow> most_overdue(Transaction& transaction, BrandId brand, Id source, Time now) {
    const auto row = transaction.run_prepared(
        "SELECT name, cursor, last_item_at, interval_seconds, failures, retire_at IS NULL, covered_to, walk_at, failed_reason FROM stream"
        " WHERE brand_id = $1 AND source_id = $2 AND due_at <= $3 AND (retire_at IS NULL OR retire_at > $3)"
        " ORDER BY due_at LIMIT 1",
        {brand, source, now});
    if (row.empty()) return {};
    StreamRow found;
    found.stream = {row.at(0, 0).text(), row.at(0, 1).text(), row.at(0, 2).maybe_time()};
    if (!row.at(0, 3).null())
        found.interval = std::chrono::duration_cast<Span>(std::chrono::duration<double>(row.at(0, 3).number()));
    found.failures = static_cast<int>(row.at(0, 4).integer());
    found.standing = row.at(0, 5).yes();
    found.covered_to = row.at(0, 6).maybe_time();
    found.walk_at = row.at(0, 7).maybe_time();
    found.failed_reason = row.at(0, 8).text();
    return found;
}

std::optional<Time> next_due(Transaction& transaction, BrandId brand, const std::vector<Id>& mine) {
    const auto row = transaction.run_prepared(
        "SELECT min(first.due_at) FROM unnest($2::bigint[]) AS s(source_id) CROSS JOIN LATERAL (SELECT due_at FROM stream t"
        " WHERE t.brand_id = $1 AND t.source_id = s.source_id AND due_at < 'infinity' ORDER BY due_at LIMIT 1) first",
        {brand, array_of(std::vector<std::int64_t>(mine.begin(), mine.end()))});
    return row.at(0, 0).maybe_time();
}

void save_stream(Transaction& transaction, BrandId brand, Id source, const StreamNews& news) {
    transaction.run_prepared(
        "UPDATE stream SET cursor = coalesce($4, cursor), due_at = $5, failures = $6, failed_reason = nullif($11, ''), last_item_at = greatest(last_item_at, $7),"
        " walk_at = CASE WHEN $6 > 0 THEN walk_at ELSE $8 END, covered_to = greatest(covered_to, $9),"
        " covered_from = CASE WHEN $9::timestamptz IS NULL THEN covered_from ELSE coalesce(covered_from, $10, $9) END"
        " WHERE brand_id = $1 AND source_id = $2 AND name = $3",
        {brand, source, news.name, news.cursor, news.due, news.failures, news.last_item, news.walk_at, news.covered_to, news.covered_from, news.reason});
}

void change_streams(Transaction& transaction, BrandId brand, Id source, const std::vector<connectors::StreamChange>& changes, Time now) {
    std::vector<std::string> made, live, retired;
    std::vector<std::optional<std::string>> intervals, ends;
    for (const auto& one : changes) {
        if (one.retire) {
            retired.push_back(one.name);
            continue;
        }
        made.push_back(one.name);
        live.push_back(one.live ? "t" : "f");
        intervals.push_back(text_of(seconds_of(one.interval)));
        ends.push_back(one.retire_at ? std::optional<std::string>(format_time(*one.retire_at)) : std::nullopt);
    }
    if (!made.empty())
        transaction.run_prepared(
            "INSERT INTO stream (brand_id, source_id, name, due_at, interval_seconds, retire_at, live)"
            " SELECT DISTINCT ON (w.name) $1::int, $2::bigint, w.name, CASE WHEN w.live THEN 'infinity' ELSE $6::timestamptz END, w.seconds,"
            "   w.retire_at, w.live"
            " FROM unnest($3::text[], $4::float8[], $5::timestamptz[], $8::boolean[]) AS w(name, seconds, retire_at, live)"
            " WHERE (SELECT count(*) FROM stream t WHERE t.brand_id = $1 AND t.source_id = $2) < $7"
            " ON CONFLICT (brand_id, source_id, name) DO UPDATE"
            "   SET interval_seconds = excluded.interval_seconds, retire_at = greatest(stream.retire_at, excluded.retire_at),"
            "   live = excluded.live, due_at = CASE WHEN stream.live = excluded.live THEN stream.due_at ELSE excluded.due_at END",
            {brand, source, array_of(made), array_of(intervals), array_of(ends), now, streams_max, array_of(live)});
    for (const auto& name : retired) retire_stream(transaction, brand, source, name);
}

void retire_stream(Transaction& transaction, BrandId brand, Id source, const std::string& name) {
    transaction.run_prepared("DELETE FROM stream WHERE brand_id = $1 AND source_id = $2 AND name = $3", {brand, source, name});
}

void retire_ended(Transaction& transaction, BrandId brand, Time now) {
    transaction.run_prepared("DELETE FROM stream WHERE brand_id = $1 AND retire_at <= $2", {brand, now});
}

void make_due(Transaction& transaction, BrandId brand, Id source, const std::vector<std::string>& streams, Time now) {
    if (streams.empty()) return;
    transaction.run_prepared(
        "UPDATE stream SET due_at = least(due_at, $4) WHERE brand_id = $1 AND source_id = $2 AND name = ANY ($3::text[]) AND NOT live AND failures = 0",
        {brand, source, array_of(streams), now});
}

// ---- what people see of a source ---------------------------------------------------------------------

void note_source(Transaction& transaction, BrandId brand, Id source, const SourceNews& news, Time now) {
    if (!news.ok) {
        transaction.run_prepared("UPDATE source SET last_error = $3, last_error_at = $4 WHERE brand_id = $1 AND source_id = $2",
                                 {brand, source, news.reason, now});
        return;
    }
    transaction.run_prepared(
        "UPDATE source SET last_ok_at = $3, last_error = NULL, silent_told_at = NULL, posts = posts + $4,"
        " last_item_at = greatest(last_item_at, $5), behind_told_at = NULL,"
        " quiet_told_at = CASE WHEN $4 > 0 THEN NULL ELSE quiet_told_at END WHERE brand_id = $1 AND source_id = $2",
        {brand, source, now, static_cast<long long>(news.posts), news.last_item});
}

void note_hook(Transaction& transaction, BrandId brand, Id source, std::size_t posts, std::optional<Time> last_item) {
    if (posts == 0) return;
    transaction.run_prepared("UPDATE source SET posts = posts + $3, last_item_at = greatest(last_item_at, $4), quiet_told_at = NULL WHERE brand_id = $1 AND source_id = $2",
                             {brand, source, static_cast<long long>(posts), last_item});
}

bool silence_to_tell(Transaction& transaction, BrandId brand, Id source, Time since, Time now) {
    return transaction
               .run_prepared("UPDATE source SET silent_told_at = $4 WHERE brand_id = $1 AND source_id = $2"
                             " AND silent_told_at IS NULL AND coalesce(last_ok_at, created_at) < $3",
                             {brand, source, since, now})
               .affected() == 1;
}

} // namespace larum::store
