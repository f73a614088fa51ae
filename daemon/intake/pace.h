#pragma once

#include "connectors/connector.h"

/// How soon a stream is read again. Pure: `chance` is a number of 0 to 1 that spreads many streams over time.
namespace larum::intake {

/// After a page: at once while a walk is under way, else after the interval, give or take a tenth. A platform whose
/// budget is three quarters used is asked four times as rarely.
Time next_reading(const connectors::Page& page, Span interval, double chance, Time now);

/// After a failure, the `failures`-th in a row: when the platform said so, else a random time up to 2, 4, 8 ...
/// seconds, at most 15 minutes; what makes no sense rests for a quarter of an hour to 6 hours.
Time next_try(const connectors::Outcome& outcome, int failures, double chance, Time now);

/// A budget used to this share is left alone until the platform has forgotten some of it.
inline constexpr double used_too_much = 0.95;
inline constexpr Span used_rest = std::chrono::minutes{10};

/// When posts with open escalations are looked at again: often while they are young.
Time next_recheck(Time raised_at, Span interval, Time now);

/// Without a successful reading for so long, people are told.
Span silence_after(Span interval);

/// A stretch without reading that is worth a line in the ledger.
Span gap_after(Span interval);

} // namespace larum::intake
