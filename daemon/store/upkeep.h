#pragma once

#include "core/id.h"
#include "daemon/store/pq.h"

#include <map>
#include <optional>
#include <string>
#include <vector>

/// What is asked of the sources from time to time, though nothing failed: do they bring what they should, in time,
/// and how long may they go on.
namespace larum::store {

// ---- what people are told without being asked -----------------------------------------------------------

/// A source that is read and brings nothing, with the posts of its earlier hours.
struct QuietSource {
    Id id = 0;
    Time since{};              ///< the newest post
    Time first_hour{};         ///< counted from then on
    std::map<Time, int> hours; ///< posts by the hour they were written in; hours without any are missing
};

/// Active sources whose newest post is older than `since`, that were read since, and of which nobody was told yet.
/// Hours before `from` are left out.
std::vector<QuietSource> quiet_sources(Transaction& transaction, BrandId brand, Time since, Time from);

/// True once per silence.
bool quiet_to_tell(Transaction& transaction, BrandId brand, Id source, Time now);

/// A stream that should have been read long ago although nothing is known to keep it.
struct BehindSource {
    Id id = 0;
    Time due{};
};
std::vector<BehindSource> behind_sources(Transaction& transaction, BrandId brand, Time now);
bool behind_to_tell(Transaction& transaction, BrandId brand, Id source, Time now);

/// Sources that were read in what is the future now: the clock was wrong and went back (a machine that was resumed). What
/// was planned by it would rest until then: it is due now, nothing counts as covered that has not come yet, and what
/// failed is tried again within a quarter of an hour. Until when a platform told us to wait stays as it was understood.
void heed_clock(Transaction& transaction, BrandId brand, Time now);

struct Expiry {
    Id source = 0;
    Time at{};
};
/// Credentials of active sources that end before `before`.
std::vector<Expiry> expiries(Transaction& transaction, BrandId brand, Time before);

// ---- what a credential may --------------------------------------------------------------------------------

/// The source of `mine` that was asked longest ago what its credential may, if that is before `before`.
std::optional<Id> source_to_probe(Transaction& transaction, BrandId brand, const std::vector<Id>& mine, Time before);

/// Writes down what a probe found. Gives the permissions that were not known to be missing.
std::vector<std::string> note_probe(Transaction& transaction, BrandId brand, Id source, const std::vector<std::string>& missing,
                                    const std::vector<std::string>& notes, Time now);

} // namespace larum::store
