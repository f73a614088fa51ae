#include "daemon/dispatch/desk.h"

#include "daemon/assembly.h"

#include <algorithm>
#include <cmath>

namespace larum::dispatch {

namespace {

using namespace std::chrono_literals;

constexpr Span first_rest = 5s;
constexpr Span longest_rest = 5min;
// A channel that is away is asked by one alert at a time, and often enough to notice its return.
constexpr Span channel_first_rest = 1s;
constexpr Span channel_longest_rest = 30s;

Span growing(Span first, Span longest, int step) { return std::min<Span>(first * (1 << std::clamp(step, 0, 10)), longest); }

} // namespace

Desk::Desk(const config::Config& config, const std::map<std::string, std::unique_ptr<alerts::Channel>>& channels) {
    for (const auto& settings : config.channels) {
        const auto found = channels.find(settings.name);
        if (found == channels.end()) continue;
        Pace pace;
        pace.per_second = settings.per_second;
        pace.tokens = std::max(1.0, settings.per_second);
        pace.channel = found->second.get();
        pace.detail = detail_of(settings, *found->second);
        paces_[settings.name] = pace;
    }
}

alerts::Channel* Desk::find(const std::string& channel) const {
    const auto found = paces_.find(channel);
    return found == paces_.end() ? nullptr : found->second.channel;
}

Detail Desk::detail(const std::string& channel) const {
    const auto found = paces_.find(channel);
    return found == paces_.end() ? Detail::link : found->second.detail;
}

void Desk::fill(Pace& pace, Time now) {
    // A clock that went back gives nothing and takes nothing.
    const double seconds = std::max(0.0, std::chrono::duration<double>(now - pace.filled_at).count());
    pace.tokens = std::min(std::max(1.0, pace.per_second), pace.tokens + seconds * pace.per_second);
    pace.filled_at = now;
}

std::vector<std::string> Desk::resting(Time now) {
    const std::lock_guard lock(mutex_);
    std::vector<std::string> names;
    for (auto& [name, pace] : paces_) {
        if (pace.per_second > 0) fill(pace, now);
        const bool empty = pace.per_second > 0 && pace.tokens < 1;
        if (empty || now < pace.blocked_until) names.push_back(name);
    }
    return names;
}

void Desk::spend(const std::string& channel, Time) {
    const std::lock_guard lock(mutex_);
    if (const auto found = paces_.find(channel); found != paces_.end()) found->second.tokens -= 1;
}

void Desk::learn(const std::string& channel, const alerts::Outcome& outcome, Time now) {
    const std::lock_guard lock(mutex_);
    const auto found = paces_.find(channel);
    if (found == paces_.end()) return;
    auto& pace = found->second;
    if (outcome.ending == alerts::Ending::delivered || outcome.ending == alerts::Ending::refused) {
        pace.failures = 0;
        return;
    }
    const auto rest = now + growing(channel_first_rest, channel_longest_rest, pace.failures++);
    pace.blocked_until = std::max(pace.blocked_until, outcome.not_before.value_or(rest));
}

Time next_attempt(const alerts::Outcome& outcome, int attempt, std::uint64_t salt, Time now) {
    if (outcome.not_before) return std::max(now, *outcome.not_before); // the other side knows best
    const auto rest = growing(first_rest, longest_rest, attempt - 1);
    return now + rest - rest / 4 + rest / 2 * static_cast<std::int64_t>(salt % 1000) / 1000;
}

} // namespace larum::dispatch
