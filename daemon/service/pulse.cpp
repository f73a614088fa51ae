#include "daemon/service/pulse.h"

namespace larum::service {

void Pulse::expect(const std::string& part, Span at_least_every, Time now) {
    const std::lock_guard lock(mutex_);
    parts_[part] = {at_least_every, now};
}

void Pulse::beat(const std::string& part, Time now) {
    const std::lock_guard lock(mutex_);
    if (const auto found = parts_.find(part); found != parts_.end()) found->second.last = now;
}

std::vector<std::string> Pulse::still(Time now) const {
    const std::lock_guard lock(mutex_);
    std::vector<std::string> names;
    for (const auto& [name, part] : parts_)
        if (now - part.last > part.at_least_every) names.push_back(name);
    return names;
}

} // namespace larum::service
