#pragma once

#include "core/time.h"

#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace larum::intake {

/// An app's bell is heard at most once in this time, however often it is rung.
inline constexpr Span bell_rest = std::chrono::seconds{10};

/// Unsigned webhooks ring: anybody may, so a ring costs nothing and is never lost, only late.
class Bells {
public:
    /// True: the first ring since the bell was last heard.
    bool ring(const std::string& app);

    /// The apps whose bells are heard now.
    std::vector<std::string> heard(Time now);

private:
    struct Bell {
        bool rung = false;
        std::optional<Time> heard_at;
    };
    std::mutex mutex_;
    std::map<std::string, Bell> bells_; ///< of configured apps only
};

} // namespace larum::intake
