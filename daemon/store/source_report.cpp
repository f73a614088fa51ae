#include "daemon/store/source_report.h"

#include "daemon/store/lines.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <map>

namespace larum::store {

namespace {

using namespace std::chrono_literals;
using nlohmann::json;

constexpr Span late_after = 1h;
constexpr Span spending_tells_after = 1h; ///< of a day: earlier the forecast would be a guess

/// The same hour of earlier weeks, as far as the source is known.
constexpr const char* reports_sql = R"(
    SELECT s.source_id, b.name, s.name, s.kind, s.active, s.posts, s.webhook_misses, s.last_ok_at, s.last_item_at, s.last_error_at,
        s.last_error, s.missing, s.notes, c.blocked_until, c.blocked_reason, c.dead_since, c.dead_reason, c.expires_at, c.used,
        CASE WHEN c.spent_on = ($2::timestamptz AT TIME ZONE 'UTC')::date THEN c.spent_today ELSE 0 END, c.spent_budget,
        CASE WHEN c.spent_on = ($2::timestamptz AT TIME ZONE 'UTC')::date THEN c.unasked_today ELSE 0 END,
        CASE WHEN known.since IS NOT NULL THEN least(8, floor(extract(epoch FROM $2 - known.since) / 604800)) END, same.posts
    FROM source s
    JOIN brand b USING (brand_id)
    LEFT JOIN credential c USING (credential_id)
    LEFT JOIN LATERAL (SELECT min(h.hour_at) AS since FROM source_hour h WHERE h.brand_id = s.brand_id AND h.source_id = s.source_id) known ON true
    LEFT JOIN LATERAL (SELECT sum(h.posts) AS posts FROM source_hour h WHERE h.brand_id = s.brand_id AND h.source_id = s.source_id
        AND h.hour_at = ANY (ARRAY(SELECT date_trunc('hour', $2, 'UTC') - k * interval '7 days' FROM generate_series(1, 8) AS k))) same ON true
    WHERE s.brand_id = ANY ($1::int[])
    ORDER BY b.name, s.name)";

std::string array_of_brands(const std::vector<BrandId>& brands) { return array_of(std::vector<std::int64_t>(brands.begin(), brands.end())); }

std::optional<double> maybe_number(const Field& field) { return field.null() ? std::nullopt : std::optional(field.number()); }

/// What the day's spending comes to by midnight UTC if it goes on as it went.
std::optional<double> forecast_of(double spent, Time now) {
    const auto day = now - std::chrono::floor<std::chrono::days>(now);
    if (day < spending_tells_after) return std::nullopt;
    return spent * (std::chrono::duration<double>(24h) / std::chrono::duration<double>(day));
}

SourceState state_of(const SourceReport& one, bool active, Time now) {
    if (!active) return SourceState::resting;
    if (one.dead_since) return SourceState::dead;
    if (!one.last_error.empty()) return SourceState::failing;
    return one.last_ok && now - *one.last_ok < late_after ? SourceState::works : SourceState::late;
}

SourceReport read_report(const Rows& rows, std::size_t row, Time now) {
    SourceReport one;
    one.id = rows.at(row, 0).integer();
    one.brand = rows.at(row, 1).text();
    one.name = rows.at(row, 2).text();
    one.kind = rows.at(row, 3).text();
    one.posts = rows.at(row, 5).integer();
    one.webhook_misses = rows.at(row, 6).integer();
    one.last_ok = rows.at(row, 7).maybe_time();
    one.last_item = rows.at(row, 8).maybe_time();
    one.last_error_at = rows.at(row, 9).maybe_time();
    one.last_error = rows.at(row, 10).text();
    one.missing = rows.at(row, 11).texts();
    one.notes = rows.at(row, 12).texts();
    one.blocked_until = rows.at(row, 13).maybe_time();
    one.blocked_reason = rows.at(row, 14).text();
    one.dead_since = rows.at(row, 15).maybe_time();
    one.dead_reason = rows.at(row, 16).text();
    one.expires_at = rows.at(row, 17).maybe_time();
    one.used = maybe_number(rows.at(row, 18));
    one.spent_budget = maybe_number(rows.at(row, 20));
    if (one.spent_budget) {
        one.unasked = maybe_number(rows.at(row, 21)).value_or(0);
        one.spent = maybe_number(rows.at(row, 19)).value_or(0) + *one.unasked;
        one.forecast = forecast_of(*one.spent, now);
    }
    if (const auto weeks = maybe_number(rows.at(row, 22)); weeks && *weeks >= 1)
        one.expected = maybe_number(rows.at(row, 23)).value_or(0) / *weeks;
    one.state = state_of(one, rows.at(row, 4).yes(), now);
    return one;
}

void add_coverage(Transaction& transaction, const std::string& brands, const std::map<Id, SourceReport*>& by_id) {
    const auto rows = transaction.run("SELECT source_id, name, covered_from, covered_to FROM stream"
                                      " WHERE brand_id = ANY ($1::int[]) AND retire_at IS NULL AND NOT live ORDER BY source_id, name",
                                      {brands});
    for (std::size_t row = 0; row < rows.size(); ++row)
        if (const auto found = by_id.find(rows.at(row, 0).integer()); found != by_id.end())
            found->second->coverage.push_back({rows.at(row, 1).text(), rows.at(row, 2).maybe_time(), rows.at(row, 3).maybe_time()});
}

/// A line that is lost is no gap: the polls go on. People see why nothing comes live.
void add_lost_lines(Transaction& transaction, const std::string& brands, const std::map<Id, SourceReport*>& by_id) {
    const auto rows = transaction.run("SELECT source_id, name, lost_at, lost_reason FROM stream"
                                      " WHERE brand_id = ANY ($1::int[]) AND live AND lost_at IS NOT NULL AND holder IS NOT NULL ORDER BY source_id, name",
                                      {brands});
    for (std::size_t row = 0; row < rows.size(); ++row)
        if (const auto found = by_id.find(rows.at(row, 0).integer()); found != by_id.end())
            found->second->notes.push_back(rows.at(row, 1).text() + " is not heard live since " + format_time(rows.at(row, 2).time()) + ": " +
                                           rows.at(row, 3).text());
}

/// One that opens each time is not lost for long, and yet hardly anything comes live.
void add_flapping_lines(Transaction& transaction, const std::string& brands, const std::map<Id, SourceReport*>& by_id, Time now) {
    const auto rows = transaction.run("SELECT source_id, name, losses, losses_on, last_loss FROM stream WHERE brand_id = ANY ($1::int[]) AND live"
                                      " AND losses >= $3 AND losses_on >= ($2::timestamptz AT TIME ZONE 'UTC')::date - 1 ORDER BY source_id, name",
                                      {brands, now, static_cast<int>(flaps_losses)});
    for (std::size_t row = 0; row < rows.size(); ++row)
        if (const auto found = by_id.find(rows.at(row, 0).integer()); found != by_id.end())
            found->second->notes.push_back(rows.at(row, 1).text() + " was lost " + rows.at(row, 2).text() + " times on " + rows.at(row, 3).text() +
                                           " after it was open, the last time: " + rows.at(row, 4).text());
}

void add_gaps(Transaction& transaction, const std::string& brands, const std::map<Id, SourceReport*>& by_id) {
    const auto rows = transaction.run("SELECT s.source_id, g.gap_id, g.stream, g.from_at, g.to_at, g.reason, g.recovered, g.lost, g.told FROM source s"
                                      " CROSS JOIN LATERAL (SELECT * FROM source_gap x WHERE x.brand_id = s.brand_id AND x.source_id = s.source_id"
                                      "   ORDER BY x.to_at IS NULL DESC, x.from_at DESC, x.gap_id DESC LIMIT $2) g"
                                      " WHERE s.brand_id = ANY ($1::int[])",
                                      {brands, gaps_shown});
    for (std::size_t row = 0; row < rows.size(); ++row)
        if (const auto found = by_id.find(rows.at(row, 0).integer()); found != by_id.end())
            found->second->gaps.push_back({rows.at(row, 1).integer(), rows.at(row, 2).text(), rows.at(row, 3).time(), rows.at(row, 4).maybe_time(),
                                           rows.at(row, 5).text(), static_cast<int>(rows.at(row, 6).integer()), rows.at(row, 7).yes(), rows.at(row, 8).yes()});
}

template <class T> json or_null(const std::optional<T>& value) { return value ? json(*value) : json(); }
json time_or_null(const std::optional<Time>& time) { return time ? json(format_time(*time)) : json(); }
json text_or_null(const std::string& text) { return text.empty() ? json() : json(text); }

} // namespace

std::vector<SourceReport> source_reports(Transaction& transaction, const std::vector<BrandId>& brands, Time now) {
    const auto wanted = array_of_brands(brands);
    const auto rows = transaction.run(reports_sql, {wanted, now});
    std::vector<SourceReport> all;
    for (std::size_t row = 0; row < rows.size(); ++row) all.push_back(read_report(rows, row, now));
    std::map<Id, SourceReport*> by_id;
    for (auto& one : all) by_id[one.id] = &one;
    add_coverage(transaction, wanted, by_id);
    add_lost_lines(transaction, wanted, by_id);
    add_flapping_lines(transaction, wanted, by_id, now);
    add_gaps(transaction, wanted, by_id);
    return all;
}

json to_json(const SourceReport& report) {
    json coverage = json::array(), gaps = json::array();
    for (const auto& one : report.coverage) coverage.push_back({{"stream", one.stream}, {"from", time_or_null(one.from)}, {"to", time_or_null(one.to)}});
    for (const auto& one : report.gaps)
        gaps.push_back({{"stream", one.stream}, {"from", format_time(one.from)}, {"to", time_or_null(one.to)}, {"reason", one.reason},
                        {"recovered", one.recovered}, {"lost", one.lost}});
    return {{"brand", report.brand},
            {"name", report.name},
            {"kind", report.kind},
            {"state", word(report.state)},
            {"posts", report.posts},
            {"webhook_misses", report.webhook_misses},
            {"last_ok_at", time_or_null(report.last_ok)},
            {"last_item_at", time_or_null(report.last_item)},
            {"last_error", text_or_null(report.last_error)},
            {"last_error_at", time_or_null(report.last_error_at)},
            {"expected", or_null(report.expected)},
            {"missing", report.missing},
            {"notes", report.notes},
            {"blocked_until", time_or_null(report.blocked_until)},
            {"blocked_reason", text_or_null(report.blocked_reason)},
            {"dead_since", time_or_null(report.dead_since)},
            {"dead_reason", text_or_null(report.dead_reason)},
            {"expires_at", time_or_null(report.expires_at)},
            {"used", or_null(report.used)},
            {"spent", or_null(report.spent)},
            {"spent_unasked", or_null(report.unasked)},
            {"spent_budget", or_null(report.spent_budget)},
            {"forecast", or_null(report.forecast)},
            {"coverage", coverage},
            {"gaps", gaps}};
}

} // namespace larum::store
