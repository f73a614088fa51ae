#include "daemon/intake/caller.h"

#include "daemon/store/held_credential.h"

#include <spdlog/spdlog.h>

namespace larum::intake {

bool Caller::may_call(const Watched& source) {
    if (source.credential.empty()) return true;
    bool may = false;
    store_.pool().with([&](store::Transaction& transaction) { may = may_call(transaction, source); });
    return may;
}

bool Caller::may_call(store::Transaction& transaction, const Watched& source) {
    if (source.credential.empty()) return true;
    const auto wait = store::take_token(transaction, source.credential, source.kind->calls_per_second, source.kind->burst, clock_.now());
    const std::lock_guard lock(mutex_);
    if (wait) resting_[source.credential] = *wait;
    return !wait;
}

bool Caller::rests(const Watched& source, Time now) const {
    const std::lock_guard lock(mutex_);
    const auto rest = resting_.find(source.credential);
    if (rest == resting_.end() || rest->second <= now) return false;
    // No token is farther away than this: the clock went back, and the rest began in what is the future now.
    const auto longest = std::chrono::duration<double>(1 / source.kind->calls_per_second) + std::chrono::seconds{1};
    return std::chrono::duration<double>(rest->second - now) <= longest;
}

std::string Caller::session_of(const store::Lease& lease) const {
    if (lease.sealed_session.empty()) return {};
    try {
        return store_.key().unseal(lease.sealed_session, store::session_purpose(lease.credential));
    } catch (const Error&) {
        return {}; // sealed by a key that was lost: the connector opens a new session
    }
}

void Caller::keep_session(store::Lease& lease, const std::string& state) {
    lease.sealed_session = store_.key().seal(state, store::session_purpose(lease.credential));
    if (lease.credential.empty()) return;
    store_.pool().with([&](store::Transaction& transaction) {
        if (!store::save_session(transaction, lease, lease.sealed_session))
            spdlog::warn("intake: a new session was not kept: the credential was taken over meanwhile");
    });
}

} // namespace larum::intake
