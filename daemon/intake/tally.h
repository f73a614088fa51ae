#pragma once

#include "daemon/store/raw_webhooks.h"

#include <deque>
#include <map>
#include <mutex>
#include <optional>
#include <unordered_set>

namespace larum::intake {

/// Counts webhooks by app in memory and writes them now and then: a flood of forged ones costs no statement each.
class Tally {
public:
    void add(const std::string& app, const store::AppCounts& counts);

    /// Remembers the digest of a kept body among the last few thousand; true: it was there already.
    bool seen(std::size_t digest);
    static std::size_t digest(const store::NewWebhook& body);

    /// Writes what was counted, at most once a second unless `at_once`.
    void save(store::Pool& pool, Time now, bool at_once);

private:
    std::mutex mutex_;
    std::map<std::string, store::AppCounts> counts_;
    std::optional<Time> saved_at_;
    std::deque<std::size_t> order_;
    std::unordered_set<std::size_t> digests_;
};

} // namespace larum::intake
