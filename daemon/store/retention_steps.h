#pragma once

#include "daemon/store/retention.h"

#include <vector>

namespace larum::store {

struct RetentionStep {
    const Retained& kept;
    Id after = 0; ///< go on behind this row
    int rows = 0; ///< look at no more than these
    Time now{};
};

/// How far a step came.
struct Walked {
    Id last = 0;
    bool done = false;
};

using RetentionWork = Walked (*)(Transaction&, const RetentionStep&);

/// Posts that their platform wanted to be looked at again and that nobody could look at in time lose their text, at
/// most `most` of them. How many did.
std::size_t end_unrefreshed(Transaction& transaction, BrandId brand, Time now, int most);

/// In the order of a day's walk. Each is bounded, set-based and does nothing the second time.
const std::vector<RetentionWork>& retention_steps();

} // namespace larum::store
