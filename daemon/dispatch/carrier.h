#pragma once

#include "daemon/dispatch/desk.h"
#include "daemon/dispatch/wording.h"
#include "daemon/store/alert_queue.h"
#include "daemon/store/pq.h"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace larum::dispatch {

/// Brings alerts to people. One step at a time, for one thread; several carriers, here and on other machines, may
/// work on one database. A crash between any two steps loses nothing: every try is in the store before it is made
/// and its outcome after, and an alert that nobody finished is taken over when its lease ends. A try without
/// outcome is repeated once, marked, where the channel cannot drop the repetition.
class Carrier {
public:
    /// All must outlive the carrier. `holder` is the store's slot.
    Carrier(store::Pool& pool, IdMaker& ids, int holder, const config::Config& config,
            std::map<BrandId, const config::Brand*> brands, Desk& desk);

    /// One step for every brand: at most one message each. True when there was work.
    bool tick(Time now);

private:
    struct Prepared {
        alerts::Message message;
        store::Shown shown;
        std::string cancelled; ///< why it is not sent after all
    };
    bool send_next(BrandId brand_id, const config::Brand& brand, Time now);
    bool edit_next(BrandId brand_id, const config::Brand& brand, Time now);
    bool keep_time(BrandId brand_id, const config::Brand& brand, Time now);

    Prepared prepare(store::Transaction& transaction, BrandId brand_id, const config::Brand& brand,
                     const store::TakenAlert& taken, Detail detail, Time now);
    void deliver(BrandId brand_id, const config::Brand& brand, const store::TakenAlert& taken, Prepared prepared, Time now);
    void write_outcome(BrandId brand_id, const config::Brand& brand, const store::TakenAlert& taken, const Prepared& prepared,
                       const alerts::Outcome& outcome, Time now);
    void hand_on(store::Transaction& transaction, BrandId brand_id, const config::Brand& brand,
                 const store::TakenAlert& taken, const std::string& reason, Time now);
    void edit_alert(BrandId brand_id, const config::Brand& brand, const store::TakenAlert& taken, Time now);
    void edit_burst(BrandId brand_id, const config::Brand& brand, const store::TakenAlert& taken, Time now);
    void send_edit(BrandId brand_id, const store::TakenAlert& taken, const alerts::Message& message, const store::Shown& shown,
                   Time now);
    void follow_up(BrandId brand_id, const store::TakenAlert& taken, const std::optional<alerts::Message>& message,
                   store::Shown shown, Time now);
    void let_go(BrandId brand_id, const store::TakenAlert& taken, const std::string& reason, Time now);

    store::Pool& pool_;
    IdMaker& ids_;
    int holder_;
    Pages pages_;
    std::map<BrandId, const config::Brand*> brands_;
    Desk& desk_;
    std::map<BrandId, Time> time_kept_;   ///< when each brand's timers were last asked
    std::map<BrandId, Time> news_asked_;  ///< when messages to edit were last looked for
    std::map<BrandId, Time> swept_;       ///< when answers and lost posts were last looked for
};

} // namespace larum::dispatch
