#pragma once

#include "core/time.h"

#include <map>
#include <mutex>
#include <string>
#include <vector>

namespace larum::service {

/// Whether every part that should be turning still turns. Each carrier's loop beats; the watchdog and /healthz ask.
class Pulse {
public:
    /// From now on `part` must beat at least once in `at_least_every`.
    void expect(const std::string& part, Span at_least_every, Time now);
    void beat(const std::string& part, Time now);

    /// Parts that have been still for too long; empty when all is well.
    std::vector<std::string> still(Time now) const;

private:
    struct Part {
        Span at_least_every{};
        Time last{};
    };
    mutable std::mutex mutex_;
    std::map<std::string, Part> parts_;
};

} // namespace larum::service
