#pragma once

#include "core/error.h"
#include "daemon/intake/outcome.h"
#include "daemon/intake/watch.h"
#include "daemon/store/sources.h"

#include <functional>
#include <map>
#include <mutex>

namespace larum::intake {

/// Calls a source's platform with its credential: a token of the shared bucket for each call, the session unsealed
/// before and a changed one sealed and kept before anything else, what a connector throws as an outcome.
class Caller {
public:
    Caller(store::Store& store, const Clock& clock) : store_(store), clock_(clock) {}

    /// Takes a token of the credential's bucket; without one its sources rest until there is one.
    bool may_call(const Watched& source);
    bool may_call(store::Transaction& transaction, const Watched& source);

    /// The bucket of the source's credential was empty and is so still.
    bool rests(const Watched& source, Time now) const;

    /// Asks, and again where a session had to be opened first. `Result` has an `outcome`.
    template <class Result>
    Result ask(const Watched& source, store::Lease& lease, const std::function<Result(connectors::Call&)>& call) {
        for (int tries = 0;; ++tries) {
            connectors::Session session{session_of(lease), false};
            Result result;
            const auto now = clock_.now();
            connectors::Call with{now, session, same_day(now, lease.claimed_at) ? lease.unasked : 0};
            try {
                result = call(with);
            } catch (const std::exception&) {
                result.outcome = outcome_of_exception(source.kind->name);
            }
            if (session.changed) keep_session(lease, session.state);
            if (result.outcome.ending != connectors::Ending::again) return result;
            if (tries >= agains_max || !may_call(source)) {
                result.outcome.ending = connectors::Ending::later;
                return result;
            }
        }
    }

private:
    static constexpr int agains_max = 3; ///< opening and refreshing a session takes two calls

    /// Money is counted by days of UTC.
    static bool same_day(Time a, Time b) { return std::chrono::floor<std::chrono::days>(a) == std::chrono::floor<std::chrono::days>(b); }
    std::string session_of(const store::Lease& lease) const;
    void keep_session(store::Lease& lease, const std::string& state);

    store::Store& store_;
    const Clock& clock_;
    mutable std::mutex mutex_;
    std::map<std::string, Time> resting_; ///< credentials whose bucket is empty until then
};

} // namespace larum::intake
