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
    /// A lease in hand: the heartbeat extends it as long as this lives.
    class Hand {
    public:
        Hand(Scheduler& scheduler, const store::Lease& lease);
        ~Hand();
        Hand(const Hand&) = delete;
        Hand& operator=(const Hand&) = delete;

    private:
        Scheduler& scheduler_;
        Id source_;
    };

    std::optional<bool> read_source(BrandId brand, Time now);
    std::optional<store::StreamRow> take_stream(store::Transaction& transaction, const Watched& source);
    void serve(const Watched& source, store::Lease& lease, std::optional<store::StreamRow> row);
    std::optional<store::StreamRow> read_stream(const Watched& source, store::Lease& lease, const store::StreamRow& row, bool last);
    std::optional<store::StreamRow> save(const Watched& source, const store::Lease& lease, const store::StreamRow& row, Time asked_at,
                                         const connectors::PollResult& result, bool go_on);
    bool make_rounds(BrandId brand, Time now);
    bool recheck_posts(BrandId brand, Time now);
    bool refresh_posts(BrandId brand, Time now);
    void save_rechecked(store::Transaction& transaction, const Watched& source, connectors::RecheckResult& result, Time now);
    bool probe_source(BrandId brand, Time now);
    bool idle(BrandId brand, Time now);
    void note_idle(BrandId brand, Time now, std::uint64_t wakes);
    bool revive(const Watched& source, store::Lease& lease);
    std::vector<Id> ready(BrandId brand, Time now);
    double chance();

    store::Store& store_;
    const Clock& clock_;
    const Watch& watch_;
    Caller caller_;

    std::mutex claiming_;
    std::mutex mutex_;
    std::map<Id, store::Lease> held_;
    std::map<BrandId, Time> idle_until_; ///< nothing is due before, as far as this process knows
    std::map<BrandId, Time> rounds_at_;
    std::uint64_t wakes_ = 0; ///< who looked before the last of them may have missed what it was for
    std::mt19937 random_;
    std::size_t turn_ = 0; ///< which brand comes first
};

} // namespace larum::intake
