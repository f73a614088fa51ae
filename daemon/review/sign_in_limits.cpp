#include "daemon/review/sign_in_limits.h"

#include <algorithm>

namespace larum::review {

namespace {

std::string account_key(const std::string& account) { return "account:" + account.substr(0, 100); }

/// Until the oldest of the last `most` tries leaves the window.
Span wait(const std::deque<Time>& at, int most, Time now) {
    if (at.size() < static_cast<std::size_t>(most)) return Span::zero();
    return at[at.size() - static_cast<std::size_t>(most)] + SignInLimits::window - now;
}

} // namespace

Span SignInLimits::count(const std::string& account, const std::string& address, Time now) {
    const std::lock_guard lock(mutex_);
    auto& by_address = tries("address:" + address, now);
    if (const auto rest = wait(by_address.at, address_tries_max, now); rest > Span::zero()) return rest;
    by_address.at.push_back(now);
    auto& by_account = tries(account_key(account), now);
    if (const auto rest = wait(by_account.at, account_tries_max, now); rest > Span::zero()) return rest;
    by_account.at.push_back(now);
    return Span::zero();
}

void SignInLimits::forget(const std::string& account) {
    const std::lock_guard lock(mutex_);
    const auto found = by_key_.find(account_key(account));
    if (found == by_key_.end()) return;
    quiet_.erase(found->second.place);
    by_key_.erase(found);
}

SignInLimits::Tries& SignInLimits::tries(const std::string& key, Time now) {
    auto found = by_key_.find(key);
    if (found == by_key_.end()) {
        if (by_key_.size() >= keys_max) {
            by_key_.erase(quiet_.front());
            quiet_.pop_front();
        }
        found = by_key_.emplace(key, Tries{{}, quiet_.insert(quiet_.end(), key)}).first;
    }
    quiet_.splice(quiet_.end(), quiet_, found->second.place);
    auto& at = found->second.at;
    while (!at.empty() && at.front() + window <= now) at.pop_front();
    return found->second;
}

} // namespace larum::review
