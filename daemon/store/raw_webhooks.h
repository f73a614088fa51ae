#pragma once

#include "core/id.h"
#include "daemon/store/pq.h"

#include <map>
#include <string>
#include <vector>

/// Verified webhook bodies: kept before they are answered, split into posts afterwards.
namespace larum::store {

void keep_webhook(Transaction& transaction, Id id, const std::string& app, const std::string& body, const std::string& note, Time now);

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
};
void count_webhooks(Transaction& transaction, const std::map<std::string, AppCounts>& counts, Time now);

} // namespace larum::store
