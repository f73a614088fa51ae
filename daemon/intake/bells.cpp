#include "daemon/intake/bells.h"

#include <utility>

namespace larum::intake {

bool Bells::ring(const std::string& app) {
    const std::lock_guard lock(mutex_);
    auto& bell = bells_[app];
    return !std::exchange(bell.rung, true);
}

std::vector<std::string> Bells::heard(Time now) {
    const std::lock_guard lock(mutex_);
    std::vector<std::string> apps;
    for (auto& [app, bell] : bells_) {
        if (!bell.rung || (bell.heard_at && now >= *bell.heard_at && now - *bell.heard_at < bell_rest)) continue;
        bell.rung = false;
        bell.heard_at = now;
        apps.push_back(app);
    }
    return apps;
}

} // namespace larum::intake
