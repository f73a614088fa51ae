#pragma once

#include "connectors/connector.h"
#include "core/id.h"
#include "daemon/store/pq.h"

#include <optional>
#include <string>
#include <vector>

/// Sources, their streams and their credentials: who reads what, from where, and when next.
namespace larum::store {

// ---- what the config names ---------------------------------------------------------------------------

struct DeclaredSource {
    BrandId brand = 0;
    std::string name;
    std::string kind;
    std::string account;
    std::string credential; ///< empty: none
    int burst = 1;          ///< tokens of a new credential
    std::vector<connectors::StreamChange> streams;
};

/// Makes or revives the source's row, its credential's and its first streams. What was read stays read.
Id declare_source(Transaction& transaction, IdMaker& ids, const DeclaredSource& source, Time now);

/// Sources of the brand that are not among `declared` rest; their posts stay.
void rest_others(Transaction& transaction, BrandId brand, const std::vector<Id>& declared);

// ---- leases ------------------------------------------------------------------------------------------

/// The right to read one source, alone. Every write under it proves that it still holds.
struct Lease {
    BrandId brand = 0;
    Id source = 0;
    int holder = 0;
    std::int64_t fence = 0;
    std::string credential; ///< empty: none
    std::int64_t credential_fence = 0;
    std::string sealed_session;
    bool credential_dead = false; ///< probe before anything else
    double unasked = 0;           ///< US dollars that the credential's day of `claimed_at` has cost for what came unasked
    Time claimed_at{};
    std::optional<Time> last_ok;
    Time created_at{};
    bool one_by_one = false; ///< another source's pages hold the same posts (posts.h)
};

/// How long a lease lasts without a heartbeat: a dead daemon's source is free again in less than 10 s.
inline constexpr std::string_view lease_length = "8 seconds";

/// Leases the most overdue of the sources `mine` that is free, has a stream due at `now` and whose credential is
/// neither in use nor blocked. Nothing when there is none. With `only`, that very source, due or not.
std::optional<Lease> claim_source(Transaction& transaction, BrandId brand, const std::vector<Id>& mine, int holder, Time now,
                                  std::optional<Id> only = {});

/// Locks the source's row when the lease still holds; false: somebody took over, write nothing.
bool still_held(Transaction& transaction, const Lease& lease);

void extend_leases(Transaction& transaction, const std::vector<Lease>& leases);
void release_source(Transaction& transaction, const Lease& lease);

// ---- credentials -------------------------------------------------------------------------------------

/// Takes one token of the credential's bucket, which holds `burst` and refills with `per_second`. Nothing: taken;
/// else when the next one will be there.
std::optional<Time> take_token(Transaction& transaction, const std::string& credential, double per_second, int burst, Time now);

/// False when the credential was taken over meanwhile: the session is then not saved.
bool save_session(Transaction& transaction, const Lease& lease, const std::string& sealed);

/// Nobody calls with this credential before `until`, whichever daemon, even after a restart.
void block_credential(Transaction& transaction, const std::string& credential, Time until, const std::string& reason);
void bury_credential(Transaction& transaction, const std::string& credential, const std::string& reason, Time now);
void revive_credential(Transaction& transaction, const std::string& credential, Time now, std::optional<Time> expires_at);
void note_expiry(Transaction& transaction, const std::string& credential, std::optional<Time> expires_at);
void note_spending(Transaction& transaction, const std::string& credential, const connectors::Spending& spending, Time now);
/// Adds what came unasked to the credential's day (UTC). What that day has cost in all, in US dollars.
double add_unasked(Transaction& transaction, const std::string& credential, double cost, Time now);
void note_used(Transaction& transaction, const std::string& credential, double used);

// ---- streams -----------------------------------------------------------------------------------------

struct StreamRow {
    connectors::Stream stream;
    std::optional<Span> interval;
    int failures = 0;
    bool standing = true; ///< one of the source's own, which never ends by itself
    std::optional<Time> covered_to;
    std::optional<Time> walk_at; ///< when the walk under way began
    std::string failed_reason;   ///< of the last of `failures`
};

std::optional<StreamRow> most_overdue(Transaction& transaction, BrandId brand, Id source, Time now);

/// When the next stream of these sources is due; nothing when none ever is.
std::optional<Time> next_due(Transaction& transaction, BrandId brand, const std::vector<Id>& mine);

/// What is written of a stream after a call.
struct StreamNews {
    std::string name;
    std::optional<std::string> cursor; ///< unset: unchanged
    Time due{};
    int failures = 0;
    std::optional<Time> last_item;
    std::optional<Time> walk_at;     ///< a walk is under way since then
    std::optional<Time> covered_to;  ///< everything up to then was read
    std::optional<Time> covered_from; ///< of the first reading: how far back it went
    std::string reason;               ///< of the failure
};
void save_stream(Transaction& transaction, BrandId brand, Id source, const StreamNews& news);

/// Streams per source that replies may make, at most; the source's own are always kept.
inline constexpr int streams_max = 5000;

void change_streams(Transaction& transaction, BrandId brand, Id source, const std::vector<connectors::StreamChange>& changes, Time now);
void retire_stream(Transaction& transaction, BrandId brand, Id source, const std::string& name);
/// Streams whose time is over: nobody reads them any more.
void retire_ended(Transaction& transaction, BrandId brand, Time now);
/// Of the named streams, those that do not rest after a failure.
void make_due(Transaction& transaction, BrandId brand, Id source, const std::vector<std::string>& streams, Time now);

// ---- what people see of a source ---------------------------------------------------------------------

struct SourceNews {
    bool ok = true;
    std::string reason;          ///< of a failure
    std::size_t posts = 0;       ///< new ones
    std::optional<Time> last_item;
};
void note_source(Transaction& transaction, BrandId brand, Id source, const SourceNews& news, Time now);

/// A webhook brought `posts` new ones: that is no proof that the source can be read.
void note_hook(Transaction& transaction, BrandId brand, Id source, std::size_t posts, std::optional<Time> last_item);

/// True once per silence: the source has not been read since `since`, and nobody was told yet. Notes that they are now.
bool silence_to_tell(Transaction& transaction, BrandId brand, Id source, Time since, Time now);

} // namespace larum::store
