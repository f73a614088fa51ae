#pragma once

#include "core/id.h"
#include "daemon/store/raw_webhooks.h"
#include "daemon/store/unknown_webhooks.h"

#include <optional>
#include <string>
#include <vector>

namespace larum::store {

/// How the work stands, in numbers: for metrics, readiness and the daily line. Nothing personal.
struct BrandVitals {
    std::string brand;
    std::int64_t pages_waiting = 0;  ///< saved and not yet decided
    double oldest_page_seconds = 0;
    std::int64_t alerts_due = 0;     ///< that should have been sent by now
    double oldest_alert_seconds = 0;
    std::int64_t alerts_delivered = 0, alerts_refused = 0, alerts_folded = 0; ///< since the beginning
    std::int64_t escalations_open = 0;
    std::int64_t dead_letters = 0;
};

struct SourceVitals {
    std::string brand, source;
    std::int64_t posts = 0;
    std::optional<double> ok_seconds_ago;
    std::optional<double> item_seconds_ago;
    bool failing = false; ///< its last call failed, or its credential is dead
    std::int64_t gaps_open = 0, gaps_lost = 0, webhook_misses = 0, permissions_missing = 0;
    std::optional<double> expires_in_seconds; ///< its credential
};

struct AppVitals {
    std::string app;
    AppCounts counts;
};

/// Webhook bodies that are stored and not yet split.
struct WebhookVitals {
    std::int64_t waiting = 0;
    double oldest_seconds = 0;
};

/// Wanted second opinions kept in the store, by what became of them.
struct OpinionVitals {
    std::string brand, how; ///< «waiting», or how it ended
    std::int64_t count = 0;
};

struct Vitals {
    std::vector<BrandVitals> brands;
    std::vector<SourceVitals> sources;
    std::vector<AppVitals> apps;
    WebhookVitals webhooks;
    std::vector<UnknownWebhook> unknown_webhooks;
    std::vector<OpinionVitals> opinions;
};

/// A few statements whatever the number of brands; none counts posts one by one.
Vitals vitals(Transaction& transaction);

} // namespace larum::store
