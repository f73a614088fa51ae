#pragma once

#include "daemon/store/ledger.h"

#include <nlohmann/json_fwd.hpp>

#include <optional>
#include <string>
#include <vector>

/// What people see of the sources: `larum sources` and the page.
namespace larum::store {

/// What is covered of one of the source's own streams; none of both: it was never read to the end.
struct Coverage {
    std::string stream;
    std::optional<Time> from, to;
};

enum class SourceState {
    works,
    failing, ///< its last call failed
    late,    ///< it has not been read for an hour
    dead,    ///< its credential
    resting, ///< it is no longer configured
};

struct SourceReport {
    Id id = 0;
    std::string brand, name, kind;
    SourceState state = SourceState::works;
    std::int64_t posts = 0;
    std::int64_t webhook_misses = 0; ///< posts that a poll found and no webhook brought
    std::optional<Time> last_ok, last_item, last_error_at;
    std::string last_error;
    std::optional<double> expected; ///< posts that this hour of the week usually brings; none: known for less than a week
    std::vector<std::string> missing, notes; ///< permissions, and what is therefore not read
    std::optional<Time> blocked_until, dead_since, expires_at;
    std::string blocked_reason, dead_reason;
    std::optional<double> used;                         ///< share of the platform's budget
    std::optional<double> spent, spent_budget, forecast; ///< US dollars of the day, and what it comes to by its end
    std::optional<double> unasked; ///< of `spent`, for what came by webhook and over a line
    std::vector<Coverage> coverage;                     ///< of the standing streams
    std::vector<LedgerGap> gaps;                        ///< open ones first, then the newest
};

inline constexpr int gaps_shown = 10;

/// All sources of the brands by brand and name, in a few statements whatever their number.
std::vector<SourceReport> source_reports(Transaction& transaction, const std::vector<BrandId>& brands, Time now);

nlohmann::json to_json(const SourceReport& report);

} // namespace larum::store

namespace larum {
template <> struct Words<store::SourceState> {
    static constexpr std::string_view list[] = {"works", "failing", "late", "dead", "resting"};
};
} // namespace larum
