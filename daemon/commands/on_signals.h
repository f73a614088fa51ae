#pragma once

#include <chrono>
#include <csignal>

namespace larum::commands {

/// Signals are taken by the one thread that asks for them; every other thread has them blocked from its birth.
/// Make it before any thread.
class Signals {
public:
    Signals() {
        sigemptyset(&set_);
        for (const int one : {SIGTERM, SIGINT, SIGHUP}) sigaddset(&set_, one);
        pthread_sigmask(SIG_BLOCK, &set_, nullptr);
        std::signal(SIGPIPE, SIG_IGN);
    }
    /// The signal that came within `span`, 0 when none did.
    int wait(std::chrono::milliseconds span) const {
        const timespec most{span.count() / 1000, (span.count() % 1000) * 1'000'000};
        const int signal = sigtimedwait(&set_, nullptr, &most);
        return signal > 0 ? signal : 0;
    }

private:
    sigset_t set_{};
};

} // namespace larum::commands
