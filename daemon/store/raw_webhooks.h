#pragma once

#include "core/id.h"
#include "daemon/store/pq.h"

#include <map>
#include <string>
#include <vector>

/// Verified webhook bodies: kept before they are answered, split into posts afterwards.
namespace larum::store {

struct NewWebhook {
    Id id = 0;
    std::string app;
    std::string body;
    std::string note; ///< printable ASCII
    Time received_at{};
};

/// All in one statement.
void keep_webhooks(Transaction& transaction, const std::vector<NewWebhook>& bodies);

struct RawWebhook {
    Id id = 0;
    std::string app;
    std::string body;
    std::string note; ///< as the receiver gave it: what the headers said
    Time received_at{};
    int tries = 0; ///< this one included
    std::int64_t fence = 0;
};

/// Leases waiting bodies, oldest first: at most `most`, or a single one when it failed before.
std::vector<RawWebhook> claim_webhooks(Transaction& transaction, int most, int holder);

/// Marks them done; false when one was taken over: the caller's transaction must not be committed.
bool finish_webhooks(Transaction& transaction, const std::vector<RawWebhook>& done, int holder, Time now);

struct AppCounts {
    std::int64_t verified = 0;
    std::int64_t forged = 0;
    std::int64_t unclaimed = 0; ///< entries that no source asked for
    std::int64_t rung = 0;      ///< unsigned ones, taken for a doorbell
    std::int64_t duplicate = 0; ///< of the verified: the same body came shortly before
    std::int64_t unkept = 0;    ///< could not be stored and were answered 503

    AppCounts& operator+=(const AppCounts& more);
};
void count_webhooks(Transaction& transaction, const std::map<std::string, AppCounts>& counts, Time now);

/// Apps that only ever rang: no webhook of theirs can bring a post.
std::vector<std::string> doorbells(Transaction& transaction);

} // namespace larum::store
