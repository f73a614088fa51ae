#pragma once

#include "connectors/connector.h"
#include "core/id.h"
#include "daemon/store/pq.h"

#include <optional>
#include <string>
#include <vector>

/// Streams that are heard over a line which the platform keeps open: who holds it, from where it goes on.
namespace larum::store {

/// The right to hold the line of one stream, alone. Every write under it proves that it still holds.
struct LineLease {
    BrandId brand = 0;
    Id source = 0;
    int holder = 0;
    std::int64_t fence = 0;
    connectors::Stream stream;
    int failures = 0;
    std::optional<Time> rest_until; ///< not to be connected before
};

/// Leases at most `most` free lines of the sources `mine`. A dead daemon's are free after the length of a lease. The
/// sources' polled streams become due: nobody listened meanwhile.
std::vector<LineLease> claim_lines(Transaction& transaction, BrandId brand, const std::vector<Id>& mine, int holder, std::size_t most, Time now);

/// Locks source and stream when the lease still holds; false: somebody took over or the stream is gone, write nothing.
bool still_held(Transaction& transaction, const LineLease& lease);

void extend_leases(Transaction& transaction, const std::vector<LineLease>& leases);
void release_line(Transaction& transaction, const LineLease& lease);

/// Where to go on from after the line was heard to here.
void save_line(Transaction& transaction, const LineLease& lease, const std::optional<std::string>& cursor, std::optional<Time> last_item);

/// It is open again: it is lost no more.
void note_open(Transaction& transaction, const LineLease& lease);

/// It could not be opened, or was lost; `failures` and `rest_until` of the lease are kept for whoever holds it next.
void note_lost(Transaction& transaction, const LineLease& lease, const std::string& reason, Time now);

/// True once per loss: the line has been lost since `since` or longer, and nobody was told yet. Notes that they are now.
bool loss_to_tell(Transaction& transaction, const LineLease& lease, Time since, Time now);

/// The source's own streams are to be polled now; those made by replies (of one post's comments) keep their time.
void make_polled_due(Transaction& transaction, BrandId brand, Id source, Time now);

} // namespace larum::store
