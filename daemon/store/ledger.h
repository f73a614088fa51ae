#pragma once

#include "core/id.h"
#include "daemon/store/pq.h"
#include "daemon/store/sources.h"

#include <optional>
#include <string>
#include <vector>

/// The proof of completeness: what of each source was read, what could not be and why, and how much usually comes.
namespace larum::store {

/// A stretch that a stream could not be read in. One that ended was read afterwards, unless it is `lost`.
struct LedgerGap {
    Id id = 0;
    std::string stream;
    Time from{};
    std::optional<Time> to; ///< none while it lasts
    std::string reason;
    int recovered = 0; ///< posts of the stretch that were read afterwards
    bool lost = false;
    bool told = false;
};

/// Opens a gap of the stream from `since` on; one that is open already stays as it is. `told`: people hear of it.
void open_gap(Transaction& transaction, IdMaker& ids, BrandId brand, Id source, const std::string& stream, Time since,
              const std::string& reason, bool told);

/// Nobody calls with the credential before `until` (none: before it is mended). Opens a gap of every standing stream of
/// the brand's sources that share it and were last read more than `most` before then.
void open_gaps_of_credential(Transaction& transaction, IdMaker& ids, BrandId brand, const std::string& credential,
                             const std::string& reason, std::optional<Time> until, Span most);

/// People were told why the source is not read: they are told of the end of one of its open gaps, too.
void tell_of_end(Transaction& transaction, BrandId brand, Id source);

/// Everything up to `now` was read: ends the stream's open gap and gives it back.
std::optional<LedgerGap> close_gap(Transaction& transaction, BrandId brand, Id source, const std::string& stream, Time now);

/// New posts that a poll brought and that were written in a gap count as recovered. A stream that is not standing
/// (the comments of one post) counts for whichever gap of the source they fall in.
void count_recovered(Transaction& transaction, BrandId brand, Id source, const std::string& stream, bool standing,
                     const std::vector<Time>& posted, Time now);

/// Adds new posts to the counts of the hours they were written in.
void count_hours(Transaction& transaction, BrandId brand, Id source, const std::vector<Time>& posted);

} // namespace larum::store
