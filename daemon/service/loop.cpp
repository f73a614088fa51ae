#include "daemon/service/loop.h"

#include "core/log.h"

#include <algorithm>
#include <exception>

namespace larum::service {

Loop::Loop(Settings settings, const Clock& clock, Pulse& pulse, Step step)
    : settings_(std::move(settings)), clock_(clock), pulse_(pulse), step_(std::move(step)) {
    pulse_.expect(settings_.name, settings_.beat_max, clock_.now());
    thread_ = std::thread([this] { turn(); });
}

Loop::~Loop() { finish(); }

void Loop::finish() {
    ask_to_stop();
    if (thread_.joinable()) thread_.join();
}

void Loop::ask_to_stop() {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    changed_.notify_all();
}

void Loop::wake() {
    const std::lock_guard lock(mutex_);
    awake_ = true;
    changed_.notify_all();
}

void Loop::rest_for(Span span) {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, span, [this] { return stopping_ || awake_; });
    awake_ = false;
}

void Loop::turn() {
    int failures = 0;
    while (true) {
        {
            const std::lock_guard lock(mutex_);
            if (stopping_) return;
        }
        const Time now = clock_.now();
        pulse_.beat(settings_.name, now);
        try {
            const bool worked = step_(now);
            if (failures > 0) log::info(settings_.name + ": works again after " + std::to_string(failures) + " failed step(s)");
            failures = 0;
            if (!worked) rest_for(settings_.rest);
        } catch (const std::exception& error) {
            if (++failures == 1) log::error(settings_.name + ": " + error.what() + "; trying again");
            rest_for(std::min(settings_.rest_max, settings_.rest * (1 << std::min(failures, 6))));
        }
    }
}

} // namespace larum::service
