#pragma once

#include "daemon/intake/watch.h"

/// Looks after sources that do not fail and are not well all the same: read too late, silent when they never were, or
/// with a credential that ends soon. Any number of daemons may look; people are told once.
namespace larum::intake {

class Upkeep {
public:
    Upkeep(store::Store& store, const Watch& watch) : store_(store), watch_(watch) {}

    /// Looks every minute at what is late and every ten minutes at the rest. Never has work that cannot wait.
    bool tick(Time now);

private:
    void look_at_late(BrandId brand, Time now);
    void look_at_silent(BrandId brand, Time now);
    void look_at_credentials(BrandId brand, Time now);

    store::Store& store_;
    const Watch& watch_;
    Time late_at_{}, rest_at_{};
};

} // namespace larum::intake
