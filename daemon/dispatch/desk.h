#pragma once

#include "alerts/channel.h"
#include "config/config.h"
#include "core/time.h"

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace larum::dispatch {

/// The configured channels with their pace: a token bucket each, a time before which the other side wants to hear
/// nothing, and a growing rest while it cannot be reached. Shared by all carriers of a process.
class Desk {
public:
    /// Both must outlive the desk.
    Desk(const config::Config& config, const std::map<std::string, std::unique_ptr<alerts::Channel>>& channels);

    /// Nothing when no such channel is configured (any more).
    alerts::Channel* find(const std::string& channel) const;
    Detail detail(const std::string& channel) const;

    /// Channels that may not be called at `now`.
    std::vector<std::string> resting(Time now);
    /// A call is about to be made.
    void spend(const std::string& channel, Time now);
    /// How it ended: `later` lets the whole channel rest, delivered wakes it.
    void learn(const std::string& channel, const alerts::Outcome& outcome, Time now);

private:
    struct Pace {
        double per_second = 1;
        double tokens = 1;
        Time filled_at{};
        Time blocked_until{};
        int failures = 0;
        Detail detail = Detail::link;
        alerts::Channel* channel = nullptr;
    };
    static void fill(Pace& pace, Time now);

    std::map<std::string, Pace> paces_;
    mutable std::mutex mutex_;
};

/// When the try after `attempt` comes: as the other side says, else with growing rests from five seconds to five
/// minutes, spread by `salt` so that many do not come at once.
Time next_attempt(const alerts::Outcome& outcome, int attempt, std::uint64_t salt, Time now);

} // namespace larum::dispatch
