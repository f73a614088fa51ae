#pragma once

#include "config/config.h"
#include "core/http.h"

namespace larum::service {

/// Calls the configured URL while all is well, so that a watcher elsewhere notices when larum dies. A call that
/// fails is only logged: the watcher draws its own conclusion.
class Heartbeat {
public:
    Heartbeat(const config::HeartbeatSettings& settings, Http& http) : settings_(settings), http_(&http) {}

    /// Calls when due and `well`. True when it called.
    bool tick(bool well, Time now);

private:
    config::HeartbeatSettings settings_;
    Http* http_;
    Time due_{};
    bool failing_ = false;
};

} // namespace larum::service
