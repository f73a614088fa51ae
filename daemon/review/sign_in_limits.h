#pragma once

#include "core/time.h"

#include <deque>
#include <list>
#include <mutex>
#include <string>
#include <unordered_map>

namespace larum::review {

/// Counts tries to sign in by account name and by address, in tables of bounded size: when one is full the key
/// that was quiet longest is forgotten.
class SignInLimits {
public:
    static constexpr int account_tries_max = 10; ///< within `window`
    static constexpr int address_tries_max = 40;
    static constexpr Span window = std::chrono::minutes{15};
    static constexpr std::size_t keys_max = 8192;

    /// How long to wait before the next try; zero: this one was counted and may go on.
    Span count(const std::string& account, const std::string& address, Time now);

    /// The account's owner came in: their earlier slips are forgotten.
    void forget(const std::string& account);

private:
    struct Tries {
        std::deque<Time> at;
        std::list<std::string>::iterator place;
    };
    Tries& tries(const std::string& key, Time now);

    std::mutex mutex_;
    std::list<std::string> quiet_; ///< the key that was quiet longest first
    std::unordered_map<std::string, Tries> by_key_;
};

} // namespace larum::review
