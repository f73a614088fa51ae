#include "connectors/shared/rolling_quota.h"

#include "connectors/shared/oauth.h"

#include <map>
#include <sstream>

namespace larum::connectors {

namespace {

using Hours = std::map<long, int>; ///< since 1970

constexpr long kept_hours = 24;

long hour_of(Time time) {
    return static_cast<long>(std::chrono::floor<std::chrono::hours>(time.time_since_epoch()).count());
}

/// The hour that lies 24 hours back counts whole: rather too many than too few.
Hours read(const Session& session, const std::string& name, Time now) {
    Hours hours;
    std::istringstream in(OAuth::remembered(session, name.c_str()));
    long hour = 0;
    int count = 0;
    for (char colon = 0; in >> hour >> colon >> count;)
        if (hour >= hour_of(now) - kept_hours && hour <= hour_of(now)) hours[hour] = count;
    return hours;
}

} // namespace

int RollingQuota::used(const Session& session, Time now) const {
    int sum = 0;
    for (const auto& [hour, count] : read(session, name_, now)) sum += count;
    return sum;
}

std::optional<Time> RollingQuota::full_until(const Session& session, Time now) const {
    int sum = used(session, now);
    if (sum < most_) return {};
    for (const auto& [hour, count] : read(session, name_, now))
        if ((sum -= count) < most_) return Time(std::chrono::hours(hour + kept_hours + 1));
    return now + std::chrono::hours(kept_hours);
}

void RollingQuota::count(Session& session, Time now) const {
    auto hours = read(session, name_, now);
    ++hours[hour_of(now)];
    std::string text;
    for (const auto& [hour, count] : hours) text += std::to_string(hour) + ':' + std::to_string(count) + ' ';
    OAuth::remember(session, name_.c_str(), text);
}

} // namespace larum::connectors
