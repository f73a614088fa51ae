#pragma once

#include "daemon/intake/watch.h"
#include "daemon/store/raw_webhooks.h"

#include <functional>
#include <mutex>

namespace larum::intake {

/// Takes the platforms' webhooks: `POST /hooks/APP`. A body is verified and stored before it is answered; `tick`
/// splits what is stored, later, in this or another process.
class Hooks {
public:
    Hooks(store::Store& store, const Clock& clock, const Assembly& assembly, const Watch& watch);

    /// Called when a body was stored, so that `tick` need not wait for its turn. Set before the first `accept`.
    std::function<void()> stored;

    /// The answer to a request for the app; 404 when there is none of that name, 401 when the signature is wrong.
    /// Throws Error::Kind::database when the body could not be stored: answer 503, the platform comes again.
    connectors::WebhookAnswer accept(const std::string& app, const connectors::WebhookRequest& request);

    /// Splits waiting bodies, gives each entry to the sources of its account, saves what they hold and makes the
    /// streams due that it names. What no source claims, or makes no sense, is counted and buried. True: there was work.
    bool tick(Time now);

private:
    struct Sorted;
    Sorted sort(const std::vector<store::RawWebhook>& bodies, Time now) const;
    void sort_entry(connectors::WebhookEntry& entry, const store::RawWebhook& body, Sorted& sorted) const;
    void save(const std::vector<store::RawWebhook>& bodies, const Sorted& sorted, bool one_by_one, Time now);
    void count(const std::string& app, const store::AppCounts& counts);
    bool save_counts(Time now);

    store::Store& store_;
    const Clock& clock_;
    const Assembly& assembly_;
    const Watch& watch_;
    std::mutex mutex_;
    std::map<std::string, store::AppCounts> counts_; ///< not yet written: forged requests cost no statement each
};

} // namespace larum::intake
