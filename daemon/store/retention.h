#pragma once

#include "config/config.h"
#include "core/id.h"
#include "daemon/store/pq.h"

#include <vector>

/// What was kept long enough ends: texts, raw bodies, evidence, sent messages, the audit log. Counts, hashes and
/// tombstones stay. A post that a person holds keeps its texts until the hold ends.
namespace larum::store {

struct Retained {
    BrandId brand = 0;
    config::RetentionSettings settings;
};

/// Walks everything once a day, at most `step_rows` rows a tick. Time counts from receipt, which the ids tell. Any
/// number of daemons may do it at once; what one has ended is nothing to the next.
class Retention {
public:
    explicit Retention(Pool& pool, std::vector<Retained> brands, int step_rows = 2000);

    /// One step, in a transaction of its own; the first walk begins at once. True while the walk goes on.
    /// A step that throws is taken again by the next tick.
    bool tick(Time now);

private:
    void next_step();

    Pool& pool_;
    std::vector<Retained> brands_;
    int step_rows_;
    Time due_{};
    std::size_t brand_ = 0;
    std::size_t step_ = 0;
    Id after_ = 0; ///< the step has done everything up to here
};

} // namespace larum::store
