#pragma once

#include "config/config.h"
#include "core/time.h"
#include "daemon/judges.h"
#include "daemon/store/decisions.h"
#include "daemon/store/store.h"
#include "daemon/store/triage_queue.h"
#include "daemon/triage/assess.h"

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

/// The carrier between intake and dispatch: judges, matches and decides what waits in the queue.
namespace larum::triage {

/// Where a test lets a process die, or a step go wrong. Does nothing in the product.
struct Seams {
    std::function<void()> after_claim = [] {};
    std::function<void(const std::vector<Asked>&)> before_assess = [](const auto&) {};
    std::function<void()> before_commit = [] {};
};

/// Any number may run, in threads or processes; one thread each. Holds references to what it was made with.
class Triage {
public:
    Triage(store::Store& store, const config::Config& config, Judges judges, Seams seams = {});

    /// One step: queues posts whose time for an answer has come near (every half minute); claims a batch of one brand (brands take turns), decides it, commits it. True when there was work.
    /// A batch that fails is halved down to the single post, which is put aside as a dead letter after three tries.
    /// Throws Error::Kind::database when the database is away; what was claimed is taken again after eight seconds.
    bool tick(Time now);

    /// Posts decided since the start.
    std::uint64_t decided() const { return decided_; }

private:
    struct Eyes {
        BrandId id = 0;
        std::unique_ptr<Assessor> assessor;
        bool went_on = false; ///< learned what was known of the brand's authors before the start
    };

    void look_at_deadlines(Time now);
    bool turn_of(Eyes& brand, Time now);
    void go_on(store::Transaction& transaction, Eyes& brand);
    void decide(Eyes& brand, const std::vector<store::Claim>& claims, Time now);
    void decide_one(Eyes& brand, const store::Claim& claim, Time now);
    void give_way(Eyes& brand, const store::Claim& claim, const std::string& reason, Time now);
    Asked asked(const store::Waiting& waiting, const config::Brand& brand, Time now) const;
    void write(store::Transaction& transaction, Eyes& brand, const std::vector<store::Waiting>& waiting,
               const std::vector<std::string>& causes, const std::vector<Assessment>& made, Time now);

    store::Store& store_;
    const config::Config& config_;
    Judges judges_;
    Seams seams_;
    std::vector<Eyes> brands_;
    std::size_t turn_ = 0;
    std::uint64_t decided_ = 0;
    Time deadlines_at_{}; ///< when they are looked at next
};

} // namespace larum::triage
