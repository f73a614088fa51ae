#include "daemon/intake/pace.h"

#include <algorithm>

namespace larum::intake {

using namespace std::chrono_literals;

namespace {

Span times(Span span, double factor) { return std::chrono::duration_cast<Span>(std::chrono::duration<double, std::micro>(span) * factor); }

constexpr Span first_rest = 2s;
constexpr Span longest_rest = 15min;
constexpr Span first_broken_rest = 15min;
constexpr Span longest_broken_rest = 6h;
constexpr double used_much = 0.75;
constexpr double used_much_factor = 4;

Span doubled(Span first, int failures, Span longest) { return std::min<Span>(first * (1 << std::clamp(failures - 1, 0, 12)), longest); }

} // namespace

Time next_reading(const connectors::Page& page, Span interval, double chance, Time now) {
    if (page.more) return now;
    auto wait = page.next_in.value_or(interval);
    if (page.used.value_or(0) >= used_much) wait = times(wait, used_much_factor);
    return now + times(wait, 0.9 + 0.2 * chance);
}

Time next_try(const connectors::Outcome& outcome, int failures, double chance, Time now) {
    if (outcome.not_before) return std::max(*outcome.not_before, now + 1s);
    if (outcome.ending == connectors::Ending::broken) return now + doubled(first_broken_rest, failures, longest_broken_rest);
    // Full jitter, so that many daemons do not come back together; never at once.
    return now + std::max<Span>(1s, times(doubled(first_rest, failures, longest_rest), chance));
}

Time next_recheck(Time raised_at, Span interval, Time now) {
    constexpr int share_of_age = 8;
    return now + std::clamp<Span>((now - raised_at) / share_of_age, interval, std::max<Span>(interval, 6h));
}

Span silence_after(Span interval) { return std::max<Span>(1h, 10 * interval); }

Span gap_after(Span interval) { return std::max<Span>(10min, 5 * interval); }

} // namespace larum::intake
