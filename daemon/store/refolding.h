#pragma once

#include "core/id.h"
#include "daemon/store/pq.h"

#include <optional>
#include <string>
#include <vector>

/// Match keys that an earlier larum folded otherwise (daemon/match/keys.h: folding_version) are made anew while the
/// daemon works. New keys come first and old ones go after them, so that until the end people are found by either.
namespace larum::store {

/// How far the keys of a brand are.
struct RefoldingState {
    std::string brand;
    int from = 0;           ///< the folding version of its keys
    int to = 0;             ///< of this larum
    int step = 0;           ///< of `refolding_steps`, from 1; 0: not begun
    std::string doing;      ///< the step in words
    long long looked_at = 0; ///< rows, in this step
};
inline constexpr int refolding_steps = 4;

/// Brands whose keys are of another folding version than `version`.
std::vector<RefoldingState> refolding_state(Transaction& transaction, int version);

/// Rebuilds a bounded number of rows a tick, in a transaction of its own, and notes in the table `refolding` how far
/// it came: whoever ticks next goes on from there, another daemon too. A brand that an import or another daemon is
/// busy with is left for the next tick; keys that a later larum folded are left alone.
class Refolding {
public:
    /// `version`: to which keys are brought; a test may ask for another than ours.
    Refolding(Pool& pool, std::vector<BrandId> brands, int version, int step_rows = 1000);

    /// One step of the first brand that needs it. Never true: between steps others work. Asks nothing of the
    /// database once all brands are done.
    bool tick(Time now);

    bool done() const { return brands_.empty(); }

private:
    Pool& pool_;
    std::vector<BrandId> brands_; ///< not yet known to be done
    int version_;
    int step_rows_;
};

} // namespace larum::store
