#pragma once

#include "daemon/intake/listener.h"

#include <atomic>
#include <condition_variable>
#include <list>
#include <thread>

namespace larum::intake {

/// Holds the lines of all live streams. Any number of daemons may run on one database: a line is held by one at a
/// time, and a dead daemon's are taken over within ten seconds. Each line has a thread of its own, which sleeps while
/// nothing comes.
class Live {
public:
    Live(store::Store& store, const Clock& clock, const Watch& watch, LineClient& lines);
    ~Live(); ///< stops
    Live(const Live&) = delete;
    Live& operator=(const Live&) = delete;

    /// Called from a line's thread when something was saved. Set before the first `tick`.
    std::function<void()> saved;

    /// Takes the lines that nobody holds; to be called every second. Returns whether there were any.
    bool tick(Time now);

    /// Extends the leases in hand; to be called every two seconds.
    void heartbeat();

    /// Saves what was heard, lets every line go and takes no more. Waits for that.
    void stop();

    std::size_t held() const;

private:
    struct Held;
    void forget_ended();
    void take(const Watched& source, store::LineLease lease);
    void turn(Held& held, std::stop_token stop);

    store::Store& store_;
    const Clock& clock_;
    const Watch& watch_;
    LineClient& lines_;
    Caller caller_;
    mutable std::mutex mutex_;
    bool stopped_ = false;
    std::list<std::unique_ptr<Held>> held_; ///< last: their threads use all of the above
};

} // namespace larum::intake
