#pragma once

#include "core/time.h"
#include "daemon/service/pulse.h"

#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <thread>

namespace larum::service {

/// Turns one carrier: a thread that steps while there is work and rests when there is none. A step that throws is
/// logged once per spell of failure and tried again with growing rests; the loop itself never ends before it is
/// told to. A step is told nothing about stopping: it is short.
class Loop {
public:
    /// One step at `now`; true when there was work, so that the next one follows at once.
    using Step = std::function<bool(Time now)>;

    struct Settings {
        std::string name;
        Span rest = std::chrono::milliseconds{200};   ///< after a step without work
        Span rest_max = std::chrono::seconds{5};      ///< between failing steps
        Span beat_max = std::chrono::seconds{120};    ///< a step longer than this counts as hung
    };

    Loop(Settings settings, const Clock& clock, Pulse& pulse, Step step);
    ~Loop(); ///< finishes
    Loop(const Loop&) = delete;
    Loop& operator=(const Loop&) = delete;

    const std::string& name() const { return settings_.name; }
    void ask_to_stop();
    /// Asks, and waits for the step under way.
    void finish();
    /// Ends a rest early: there is news.
    void wake();

private:
    void turn();
    void rest_for(Span span);

    Settings settings_;
    const Clock& clock_;
    Pulse& pulse_;
    Step step_;
    std::mutex mutex_;
    std::condition_variable changed_;
    bool stopping_ = false;
    bool awake_ = false;
    std::thread thread_;
};

} // namespace larum::service
