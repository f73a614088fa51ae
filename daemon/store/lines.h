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
    std::vector<Time> recent_losses; ///< the last few after it was open
};

/// A line that is lost so often after it was open flaps: each opening succeeds, and hardly anything is heard. As long as
/// none has held since, it still does, though rests have grown.
inline constexpr std::size_t flaps_losses = 5;
inline constexpr Span flaps_within = std::chrono::minutes{10};
bool flaps(const LineLease& lease);

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

/// It was open and is lost: counted by day. `recent_losses` of the lease are kept.
void count_loss(Transaction& transaction, const LineLease& lease, const std::string& reason, Time now);

/// Once a day, when it flaps and was lost `flaps_losses` times on that day: how often. Notes that people are told now.
std::optional<int> flapping_to_tell(Transaction& transaction, const LineLease& lease, Time now);

/// True once per loss: the line has been lost since `since` or longer, and nobody was told yet. Notes that they are now.
bool loss_to_tell(Transaction& transaction, const LineLease& lease, Time since, Time now);

/// The source's own streams are to be polled now; those made by replies (of one post's comments) keep their time.
void make_polled_due(Transaction& transaction, BrandId brand, Id source, Time now);

} // namespace larum::store
