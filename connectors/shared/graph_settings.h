#pragma once

#include "connectors/shared/graph.h"
#include "connectors/shared/graph_walk.h"

namespace larum::connectors::graph {

/// How an Instagram account lets us in: by the page that it is linked with, or by itself. Ids and tokens of the one are
/// nothing to the other.
enum class Login { facebook, instagram };

/// Settings of sources that are read through the Graph API.
struct Settings {
    std::string page; ///< or account
    config::Secret token;
    config::Secret app_secret;
    std::string app_id;
    std::string host = "https://graph.facebook.com";
    Span history = std::chrono::hours{24 * 7};
    Span comments_for = std::chrono::hours{24 * 30};
    int pages_max = 50;
    bool webhooks = false;
    std::vector<std::string> searches; ///< Threads
    int searches_per_day = 2000;       ///< Threads
    bool adverts = false;       ///< Facebook: posts that only adverts show
    Login login = Login::facebook;
    std::string linked_page;    ///< Instagram: the page whose subscription carries its webhooks
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

/// Meta drops a subscription silently when the callback has failed for an hour. `subscriber`: a page or an account.
PollResult poll_subscription(Http& http, const Access& access, const std::string& subscriber, Time now);

/// The value of `key`, when the table has it, must be digits.
void check_number(const config::Value& table, std::string_view key, const std::string& value,
                  config::Problems& problems);

} // namespace larum::connectors::graph

template <> struct larum::Words<larum::connectors::graph::Login> {
    static constexpr std::string_view list[] = {"facebook", "instagram"};
};
