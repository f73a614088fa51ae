#pragma once

#include "core/id.h"
#include "core/time.h"
#include "daemon/store/accounts.h"
#include "daemon/store/review.h"
#include "daemon/web/event_stream.h"

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace larum::review {

/// Open event streams of the page and what each may hear of. Views are re-read with an overlap and compared:
/// nothing is tailed by id, so nothing that commits late is missed.
class Live {
public:
    static constexpr std::size_t streams_max = 200;
    static constexpr std::size_t streams_of_session_max = 8;

    /// Null when too many are open.
    std::shared_ptr<web::EventStream> open(const std::string& token_hash, const store::Account& account);

    /// Reads what changed, tells the streams of its brand, and ends streams whose session has ended.
    /// True when there was news.
    bool tick(store::Pool& pool, Time now);

    void end_all();
    std::size_t streams() const;

private:
    struct Listener {
        std::string token_hash;
        std::map<BrandId, std::string> brands;
        std::shared_ptr<web::EventStream> stream;
    };
    struct Seen {
        std::string state;
        Time at{}; ///< last read; forgotten when it leaves the overlap
    };
    using Key = std::tuple<BrandId, Id, Id>;

    std::vector<Listener> alive();
    void end_dead_sessions(store::Transaction&, const std::vector<Listener>&, Time now);
    std::vector<store::Pulse> news(const std::vector<store::Pulse>& pulses, Time now);

    mutable std::mutex mutex_;
    std::vector<Listener> listeners_;
    std::map<Key, Seen> seen_; ///< touched by `tick` only
    std::vector<BrandId> watched_;
};

} // namespace larum::review
