#pragma once

#include "config/config.h"
#include "core/http.h"
#include "core/id.h"
#include "daemon/store/opinions.h"
#include "daemon/store/pq.h"

#include <map>
#include <string>
#include <utility>
#include <vector>

/// The carrier beside triage: asks the operator's own model about borderline posts.
namespace larum::second {

/// Asks once for `words`: the two booleans, or why there are none. Throws Error where nothing was sent at all.
struct Asking {
    std::optional<store::Opinion> said;
    store::Unsaid why = store::Unsaid::nonsense;
    std::string trouble;             ///< for the log, without any word of the post
    std::optional<Time> not_before;  ///< when the endpoint named a time
};
Asking ask(Http& http, const config::SecondOpinionSettings& settings, const std::string& words, Time now);

/// Tries the endpoint with invented words. What is wrong, or nothing.
std::string probe(Http& http, const config::SecondOpinionSettings& settings, Time now);

/// One step at a time, for one thread; any number of carriers, here and on other machines, may work on one database.
/// Whatever goes wrong, the local verdicts stand. What it is given must outlive it.
class Carrier {
public:
    Carrier(store::Pool& pool, IdMaker& ids, const config::SecondOpinionSettings& settings,
            std::vector<std::pair<BrandId, const config::Brand*>> brands, Http& http);

    /// Asks about one post at most; brands take turns. True when there was work. Nothing is asked while it rests.
    bool tick(Time now);

private:
    bool turn_of(BrandId brand_id, const config::Brand& brand, Time now);
    void ask_about(BrandId brand_id, const store::TakenOpinion& taken, const std::string& words, Time now);
    void end_stale(Time now);
    void tell_spent(BrandId brand_id, const config::Brand& brand, Time now);
    void worked();
    void failed(const std::string& trouble, std::optional<Time> not_before, Time now);

    store::Pool& pool_;
    IdMaker& ids_;
    const config::SecondOpinionSettings& settings_;
    std::vector<std::pair<BrandId, const config::Brand*>> brands_;
    Http& http_;
    std::size_t turn_ = 0;
    int failures_ = 0; ///< in a row
    int nonsense_ = 0; ///< in a row
    Time rests_until_{};
    Time swept_{};
    std::map<BrandId, std::int64_t> spent_told_; ///< the day when the log said so
};

} // namespace larum::second
