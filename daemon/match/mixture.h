#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

namespace larum::match {

/// What the author of a post is to the brand.
enum class Standing : unsigned char { nobody, unsolved, closed_lately, closed_before, no_case };
inline constexpr std::size_t standing_count = 5;

/// A number for each standing; shares sum to one.
using Standings = std::array<double, standing_count>;

/// Before anything was looked at: bits for one customer writing about one case of a standing (or about none), against
/// nobody. A quarter of a bit fine, so that a decision can be stored with the odds it was made under and made again.
using Odds = Standings;

/// `cases`: how many there are of each standing.
Odds odds_of(const Standings& shares, double customers, const Standings& cases);
Standings shares_of(const Odds& odds, double customers, const Standings& cases);

/// As one number, and back; nothing for 0.
std::int64_t packed(const Odds& odds);
std::optional<Odds> unpacked(std::int64_t packed);

/// Of whom a brand's posts are: learned from the posts themselves, without labels (expectation maximization, a post
/// at a time). Begins with careful shares, remembers some thousand posts, and stays within bounds that no flood of
/// posts can leave.
class Mixture {
public:
    Mixture();
    /// Begins where an earlier one was.
    explicit Mixture(const Standings& shares);

    /// Shares that sum to one, each within its bounds.
    Standings shares() const;

    /// What was thought of one post: probabilities of each standing.
    void learn(const Standings& thought);

private:
    Standings seen_; ///< sums, those of the beginning included
};

} // namespace larum::match
