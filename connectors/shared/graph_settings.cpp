#include "connectors/shared/graph_settings.h"

#include "connectors/shared/graph_json.h"
#include "connectors/shared/graph_read.h"
#include "core/crypto.h"

#include <algorithm>

namespace larum::connectors::graph {

namespace {

constexpr Span subscription_checked_every = std::chrono::minutes(10);

bool is_number(const std::string& text) {
    return !text.empty() &&
           std::all_of(text.begin(), text.end(), [](unsigned char c) { return std::isdigit(c); });
}

void check_host(const Settings& settings, const config::Position& at, config::Problems& problems) {
    const bool secure = settings.host.starts_with("https://");
    if (!secure && !(settings.private_allowed && settings.host.starts_with("http://")))
        problems.add(at, "host must begin with https:// (http:// only together with private_allowed = true)");
    const auto name = settings.host.substr(std::min(settings.host.size(), settings.host.find("//") + 2));
    if (name.empty() || name.find_first_of("/?#@") != name.npos)
        problems.add(at, "host must be like https://graph.facebook.com, without a path");
}

const config::Position& where(const config::Value& table, std::string_view key) {
    const auto* value = table.find(key);
    return value ? value->at : table.at;
}

} // namespace

Access Settings::access(const std::string& platform) const {
    return {platform, host, page, app_id, token, app_secret, private_allowed};
}

std::string Settings::credential(const std::string& platform) const {
    return platform + ':' + sha256_hex(token.reveal()).substr(0, 32);
}

config::Options<Settings> common_options() {
    using config::option, config::required;
    return {
        required("page", &Settings::page, "Native id of the page, digits only."),
        required("token", &Settings::token,
                 "The page's own access token, best made by a system user: it has no end."),
        required("app_secret", &Settings::app_secret,
                 "Secret of the app that the token belongs to; every call proves it."),
        option("app_id", &Settings::app_id,
               "Id of that app. With it `larum check --online` sees scopes and expiry, without it only whose "
               "token it is."),
        option("host", &Settings::host, "Where the Graph API lives. Another host is for tests."),
        option("history", &Settings::history, "How far back the first read goes."),
        option("pages_max", &Settings::pages_max,
               "Pages of 100 that one read may walk back. What lies beyond is recorded as a gap."),
        option("webhooks", &Settings::webhooks,
               "The page sends webhooks to an [app.NAME] of larum: say so when Meta drops the subscription."),
    };
}

void check_number(const config::Value& table, std::string_view key, const std::string& value,
                  config::Problems& problems) {
    if (table.find(key) && !is_number(value))
        problems.add(where(table, key), std::string(key) + " must be digits, like 102938475610293");
}

Settings read_settings(const config::Options<Settings>& options, const config::Value& table,
                       const std::vector<std::string>& common_keys, config::Problems& problems) {
    auto settings = config::read(options, table, problems, common_keys);
    if (const auto* allowed = table.find("private_allowed"))
        if (const bool* value = std::get_if<bool>(&allowed->data)) settings.private_allowed = *value;
    check_number(table, "page", table.find("account") ? settings.linked_page : settings.page, problems);
    check_number(table, "account", settings.page, problems);
    check_number(table, "app_id", settings.app_id, problems);
    if (settings.pages_max < 1 || settings.pages_max > 1000)
        problems.add(where(table, "pages_max"), "pages_max must be 1 to 1000");
    check_host(settings, where(table, "host"), problems);
    return settings;
}

std::vector<StreamChange> with_subscription(std::vector<StreamChange> streams, const Settings& settings) {
    if (settings.webhooks)
        streams.push_back({std::string(subscription_stream), false, subscription_checked_every, {}});
    return streams;
}

PollResult poll_subscription(Http& http, const Access& access, const std::string& subscriber, Time now) {
    const auto reply = call(http, access, get(access, '/' + subscriber + "/subscribed_apps", {}), now);
    PollResult result{standing(reply.outcome), {}};
    result.page.used = reply.used;
    if (!reply.document) return result;
    for (const auto app : reply.document->items())
        if (access.app_id.empty() || text(app, "id") == access.app_id) return result;
    result.outcome = {Ending::reauth,
                      access.platform +
                          ": no webhooks are sent to this app; subscribe it again (POST /" +
                          subscriber + "/subscribed_apps)",
                      {},
                      false};
    return result;
}

} // namespace larum::connectors::graph
