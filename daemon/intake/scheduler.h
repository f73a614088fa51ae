#pragma once

#include "daemon/intake/caller.h"
#include "daemon/intake/watch.h"
#include "daemon/store/posts.h"
#include "daemon/store/sources.h"

#include <map>
#include <mutex>
#include <random>

namespace larum::intake {

/// Reads due sources. Any number of schedulers, in any number of processes, may run on one database: a source, and
/// a credential, is used by one at a time. What was read and the cursor behind it are saved in one transaction, so
/// dying anywhere repeats at most one page.
class Scheduler {
public:
    Scheduler(store::Store& store, const Clock& clock, const Watch& watch);

    /// Takes one due source and reads its due streams, or rechecks posts of open escalations. True when there was
    /// work. Several threads may turn it; each has one source in hand.
    bool tick(Time now);

    /// Something was made due by this process: nobody waits for the end of a rest.
    void wake();

    /// Extends the leases in hand; to be called every two seconds while `tick` may be under way elsewhere.
    void heartbeat();

private:
    class Hand;
    bool read_source(BrandId brand, Time now);
    bool recheck_posts(BrandId brand, Time now);
    void serve(const Watched& source, store::Lease& lease);
    bool read_stream(const Watched& source, store::Lease& lease, const store::StreamRow& row);
    bool save(const Watched& source, const store::Lease& lease, const store::StreamRow& row, Time asked_at, connectors::PollResult& result);
    bool refresh_posts(BrandId brand, Time now);
    void save_rechecked(store::Transaction& transaction, const Watched& source, connectors::RecheckResult& result, Time now);
    bool probe_source(BrandId brand, Time now);
    bool idle(BrandId brand, Time now);
    void note_idle(BrandId brand, Time now);
    bool revive(const Watched& source, store::Lease& lease);
    std::vector<Id> ready(BrandId brand, Time now);
    double chance();

    store::Store& store_;
    const Clock& clock_;
    const Watch& watch_;
    Caller caller_;

    std::mutex mutex_;
    std::map<Id, store::Lease> held_;
    std::map<BrandId, Time> idle_until_; ///< nothing is due before, as far as this process knows
    std::mt19937 random_;
    std::size_t turn_ = 0; ///< which brand comes first
};

} // namespace larum::intake
