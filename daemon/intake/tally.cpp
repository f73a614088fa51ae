#include "daemon/intake/tally.h"

#include <functional>

namespace larum::intake {

namespace {

constexpr std::size_t remembered = 10'000;

} // namespace

void Tally::add(const std::string& app, const store::AppCounts& counts) {
    const std::lock_guard lock(mutex_);
    counts_[app] += counts;
}

std::size_t Tally::digest(const store::NewWebhook& body) {
    const std::hash<std::string_view> hash;
    return hash(body.body) ^ (hash(body.app) * 3) ^ (hash(body.note) * 5);
}

bool Tally::seen(std::size_t digest) {
    const std::lock_guard lock(mutex_);
    if (!digests_.insert(digest).second) return true;
    order_.push_back(digest);
    if (order_.size() > remembered) {
        digests_.erase(order_.front());
        order_.pop_front();
    }
    return false;
}

void Tally::save(store::Pool& pool, Time now, bool at_once) {
    std::map<std::string, store::AppCounts> counts;
    {
        const std::lock_guard lock(mutex_);
        if (counts_.empty() || (!at_once && saved_at_ && now >= *saved_at_ && now - *saved_at_ < std::chrono::seconds{1})) return;
        saved_at_ = now;
        counts.swap(counts_);
    }
    try {
        pool.with([&](store::Transaction& transaction) { store::count_webhooks(transaction, counts, now); });
    } catch (...) {
        for (const auto& [app, one] : counts) add(app, one);
        throw;
    }
}

} // namespace larum::intake
