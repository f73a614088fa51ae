#include "daemon/intake/silence.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace larum::intake {

namespace {

using namespace std::chrono_literals;

constexpr int hours_of_week = 168;
constexpr double average_counts_as = 2; ///< weeks of the average hour that stand beside what was seen

int hour_of_week(Time hour, const std::string& zone) {
    const auto local = local_time(hour, zone);
    return (local.weekday - 1) * 24 + local.hour;
}

/// What was seen of one hour of the week.
struct Seen {
    double hours = 0, empty = 0;
};

class Week {
public:
    Week(const Hours& hours, const std::string& zone) {
        for (auto hour = hours.first; hour < hours.last; hour += 1h) {
            auto& one = week_[static_cast<std::size_t>(hour_of_week(hour, zone))];
            const auto found = hours.posts.find(hour);
            ++one.hours;
            if (found == hours.posts.end() || found->second == 0) ++one.empty;
        }
        for (const auto& one : week_) all_ = {all_.hours + one.hours, all_.empty + one.empty};
    }

    double chance_of_none(int hour) const {
        const auto& one = week_[static_cast<std::size_t>(hour)];
        return all_.hours == 0 ? 1 : (one.empty + average_counts_as * all_.empty / all_.hours) / (one.hours + average_counts_as);
    }

private:
    std::array<Seen, hours_of_week> week_{};
    Seen all_;
};

} // namespace

double chance_of_silence(const Hours& hours, Time since, Time now, const std::string& zone) {
    if (hours.last - hours.first < silence_known_after || since >= now) return 1;
    const Week week(hours, zone);
    double log_chance = 0;
    const auto latest = std::min<Time>(now, since + silence_looks_back);
    for (auto hour = std::chrono::floor<std::chrono::hours>(since); hour < latest; hour += 1h) {
        const auto from = std::max<Time>(hour, since), to = std::min<Time>(hour + 1h, now);
        const double share = std::chrono::duration<double>(to - from) / std::chrono::duration<double>(1h);
        log_chance += share * std::log(std::max(week.chance_of_none(hour_of_week(hour, zone)), 1e-3));
    }
    return std::exp(log_chance);
}

} // namespace larum::intake
