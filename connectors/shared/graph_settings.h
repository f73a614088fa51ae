#pragma once

#include "connectors/shared/graph.h"
#include "connectors/shared/graph_walk.h"

namespace larum::connectors::graph {

/// Settings of sources that are read through the Graph API.
struct Settings {
    std::string page;
    config::Secret token;
    config::Secret app_secret;
    std::string app_id;
    std::string host = "https://graph.facebook.com";
    Span history = std::chrono::hours{24 * 7};
    Span comments_for = std::chrono::hours{24 * 30};
    int pages_max = 50;
    bool webhooks = false;
    bool private_allowed = false; ///< the source's own setting of that name, read by larum itself

    Access access(const std::string& platform) const;
    Walk::Bounds bounds() const { return {history, pages_max}; }

    /// Sources with the same digest share one budget and one credential.
    std::string credential(const std::string& platform) const;
};

/// What every Graph source needs to be told.
config::Options<Settings> common_options();

/// Reads and checks a source's table; problems are added.
Settings read_settings(const config::Options<Settings>& options, const config::Value& table,
                       const std::vector<std::string>& common_keys, config::Problems& problems);

/// The streams of a kind, and with `webhooks` one that sees whether they are still sent.
std::vector<StreamChange> with_subscription(std::vector<StreamChange> streams, const Settings& settings);
inline constexpr std::string_view subscription_stream = "subscription";

/// Meta drops a subscription silently when the callback has failed for an hour.
PollResult poll_subscription(Http& http, const Access& access, Time now);

/// What is true of the token: whose it is, what it may, how long.
Probe probe(Http& http, const Access& access, const std::vector<std::string>& scopes, Time now);

} // namespace larum::connectors::graph
