#pragma once

#include "daemon/intake/bells.h"
#include "daemon/intake/keeper.h"
#include "daemon/intake/sorting.h"
#include "daemon/intake/tally.h"

#include <functional>
#include <optional>

namespace larum::intake {

/// Takes the platforms' webhooks: `POST /hooks/APP`. A body is verified and stored before it is answered; `tick`
/// splits what is stored, later, in this or another process. An unsigned one is never stored: it rings, which makes
/// the sources that hear the app be read now.
class Hooks {
public:
    Hooks(store::Store& store, const Clock& clock, const Assembly& assembly, const Watch& watch);

    /// Called when there is work for `tick`, so that it need not wait for its turn. Set before the first `accept`.
    std::function<void()> stored;

    /// How long a body the app takes; nothing when there is no such app.
    std::optional<std::size_t> body_bytes_max(const std::string& app) const;

    /// Gives `answered` the answer to a request for the app, once, at once or from another thread when the body is
    /// stored: 404 when there is no app of that name, 401 when the signature is missing or wrong, 503 when the body
    /// could not be stored or too much waits already: the platform comes again.
    using Answered = std::function<void(connectors::WebhookAnswer)>;
    void accept(const std::string& app, const connectors::WebhookRequest& request, Answered answered);

    /// Splits waiting bodies, gives each entry to the sources of its account, saves what they hold and makes the
    /// streams due that it names. What no source claims, or makes no sense, is counted and buried. True: there was work.
    bool tick(Time now);

    /// Answers what waits and takes nothing more. To be called once nobody asks any longer and before those who wait
    /// for answers are gone.
    void close();

private:
    void keep(store::NewWebhook body, connectors::WebhookAnswer answer, Answered answered);
    void wake();
    bool heed_bells(Time now);
    void count_misses(Time now);
    void take_turns_for_people(store::Transaction& transaction, const Sorted& sorted) const;
    void save(const std::vector<store::RawWebhook>& bodies, const Sorted& sorted, bool one_by_one, Time now);
    void count_money(store::Transaction& transaction, const Sorted& sorted, Time now);
    void save_unknown(store::Transaction& transaction, const Sorted& sorted, Time now);

    store::Store& store_;
    const Clock& clock_;
    const Assembly& assembly_;
    const Watch& watch_;
    Tally tally_;
    Bells bells_;
    std::optional<Time> misses_counted_at_;
    Keeper keeper_; ///< last: its thread uses what stands above
};

} // namespace larum::intake
