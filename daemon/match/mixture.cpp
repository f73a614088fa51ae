#include "daemon/match/mixture.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace larum::match {

namespace {

/// Careful: between a brand whose page is full of complaints and one that is mostly talked about.
constexpr Standings first_shares = {0.75, 0.12, 0.04, 0.04, 0.05};
constexpr double first_posts = 40;    ///< how many posts the first shares count for
constexpr double earlier_posts = 600; ///< and how many what was learned before a restart
constexpr double posts_remembered = 3000;
constexpr Standings lowest = {0.25, 0.01, 0.002, 0.002, 0.005};
constexpr Standings highest = {0.98, 0.60, 0.20, 0.20, 0.60};

constexpr int steps_a_bit = 4, places = 1024; ///< odds reach down to -255 bits
constexpr std::int64_t mark = std::int64_t{1} << 40; ///< so that no odds are 0

double sum(const Standings& list) { return std::accumulate(list.begin(), list.end(), 0.0); }

Standings scaled(Standings list, double to) {
    const double factor = to / sum(list);
    for (auto& one : list) one *= factor;
    return list;
}

} // namespace

Odds odds_of(const Standings& shares, double customers, const Standings& cases) {
    Odds odds{};
    for (std::size_t i = 1; i < odds.size(); ++i) {
        const double of_these = std::max(2.0, static_cast<Standing>(i) == Standing::no_case ? customers : cases[i]);
        odds[i] = std::round(steps_a_bit * std::log2(shares[i] / shares[0] / of_these)) / steps_a_bit;
    }
    return odds;
}

Standings shares_of(const Odds& odds, double customers, const Standings& cases) {
    Standings shares = {1, 0, 0, 0, 0};
    for (std::size_t i = 1; i < shares.size(); ++i)
        shares[i] = std::exp2(odds[i]) * std::max(2.0, static_cast<Standing>(i) == Standing::no_case ? customers : cases[i]);
    return scaled(shares, 1);
}

std::int64_t packed(const Odds& odds) {
    std::int64_t made = 0;
    for (std::size_t i = 1; i < odds.size(); ++i)
        made = made * places + std::clamp<std::int64_t>(std::lround(-steps_a_bit * odds[i]), 0, places - 1);
    return made + mark;
}

std::optional<Odds> unpacked(std::int64_t packed) {
    if (packed < mark || packed >= 2 * mark) return std::nullopt;
    Odds odds{};
    packed -= mark;
    for (std::size_t i = odds.size(); i-- > 1; packed /= places) odds[i] = -static_cast<double>(packed % places) / steps_a_bit;
    return odds;
}

Mixture::Mixture() : seen_(scaled(first_shares, first_posts)) {}

Mixture::Mixture(const Standings& shares) : seen_(scaled(shares, earlier_posts)) {}

Standings Mixture::shares() const {
    Standings shares = scaled(seen_, 1);
    for (std::size_t i = 0; i < shares.size(); ++i) shares[i] = std::clamp(shares[i], lowest[i], highest[i]);
    return scaled(shares, 1);
}

void Mixture::learn(const Standings& thought) {
    const double forget = sum(seen_) >= posts_remembered ? 1 - 1 / posts_remembered : 1;
    for (std::size_t i = 0; i < seen_.size(); ++i) seen_[i] = seen_[i] * forget + thought[i];
}

} // namespace larum::match
