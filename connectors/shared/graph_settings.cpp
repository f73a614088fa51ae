#include "connectors/shared/graph_settings.h"

#include "connectors/shared/graph_json.h"
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

/// The sooner of two expiries in Unix seconds, where 0 and absence mean never.
std::optional<Time> sooner(Element token) {
    std::optional<Time> soonest;
    for (const char* name : {"expires_at", "data_access_expires_at"})
        if (const auto at = time(token, name)) soonest = std::min(soonest.value_or(*at), *at);
    return soonest;
}

std::vector<std::string> missing_scopes(Element token, const std::vector<std::string>& needed) {
    std::vector<std::string> missing = needed;
    simdjson::dom::array scopes;
    if (token["scopes"].get(scopes) == simdjson::SUCCESS)
        for (const auto scope : scopes)
            if (std::string_view name; scope.get(name) == simdjson::SUCCESS) std::erase(missing, name);
    return missing;
}

Outcome dead(const Access& access, const std::string& why) {
    return {Ending::reauth, access.platform + ": " + why, {}, true};
}

/// Whose token it is. A user's token reads nothing of what visitors write, and dies with its own limits.
Outcome check_binding(const Access& access, Element token, Time now) {
    if (!flag(token, "is_valid")) {
        const auto error = member(token, "error");
        const int code = error ? static_cast<int>(number(*error, "code").value_or(190)) : 190;
        const int subcode = error ? static_cast<int>(number(*error, "subcode").value_or(0)) : 0;
        auto outcome = outcome_of(access.platform, code, subcode, now);
        return outcome.ending == Ending::reauth ? outcome : dead(access, "the token is not valid");
    }
    const auto type = text(token, "type");
    if (type == "USER")
        return dead(access, "this is a user's token; larum needs the page's own (GET /me/accounts lists it)");
    if (type != "PAGE" && type != "SYSTEM_USER") return dead(access, "this is no page token");
    const auto profile = text(token, "profile_id");
    if (type == "PAGE" && !profile.empty() && profile != access.page)
        return dead(access,
                    "the token speaks for page " + profile + ", the source watches page " + access.page);
    return {};
}

Probe probe_by_me(Http& http, const Access& access, Time now) {
    const auto reply = call(http, access, get(access, "/me", {{"fields", "id,name"}}), now);
    Probe probe{reply.outcome, {}, {}, {}};
    if (!reply.document) return probe;
    const auto id = text(reply.document->root(), "id");
    probe.account = text(reply.document->root(), "name") + " (" + id + ")";
    if (id != access.page)
        probe.outcome = dead(access, "the token speaks for " + id + ", not for page " + access.page +
                                         "; is it a user's token?");
    return probe;
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

Settings read_settings(const config::Options<Settings>& options, const config::Value& table,
                       const std::vector<std::string>& common_keys, config::Problems& problems) {
    auto settings = config::read(options, table, problems, common_keys);
    if (const auto* allowed = table.find("private_allowed"))
        if (const bool* value = std::get_if<bool>(&allowed->data)) settings.private_allowed = *value;
    if (table.find("page") && !is_number(settings.page))
        problems.add(where(table, "page"), "page must be digits, like 102938475610293");
    if (!settings.app_id.empty() && !is_number(settings.app_id))
        problems.add(where(table, "app_id"), "app_id must be digits");
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

PollResult poll_subscription(Http& http, const Access& access, Time now) {
    const auto reply = call(http, access, get(access, '/' + access.page + "/subscribed_apps", {}), now);
    PollResult result{reply.outcome, {}};
    result.page.used = reply.used;
    if (!reply.document) return result;
    for (const auto app : reply.document->items())
        if (access.app_id.empty() || text(app, "id") == access.app_id) return result;
    result.outcome = {Ending::reauth,
                      access.platform +
                          ": the page sends no webhooks to this app; subscribe it again (POST /" +
                          access.page + "/subscribed_apps)",
                      {},
                      false};
    return result;
}

Probe probe(Http& http, const Access& access, const std::vector<std::string>& scopes, Time now) {
    if (access.app_id.empty()) return probe_by_me(http, access, now);
    const auto reply = call(http, access, debug_token(access), now);
    Probe probe{reply.outcome, {}, {}, {}};
    const auto token = reply.document ? member(reply.document->root(), "data") : std::nullopt;
    if (!token) return probe;
    probe.account = text(*token, "profile_id").empty() ? access.page : text(*token, "profile_id");
    probe.outcome = check_binding(access, *token, now);
    probe.missing = missing_scopes(*token, scopes);
    probe.expires_at = sooner(*token);
    if (probe.outcome.ok() && probe.expires_at && *probe.expires_at <= now)
        probe.outcome = outcome_of(access.platform, 190, 463, now);
    // Pages go on being read in another version, but the probe is where a person looks.
    if (probe.outcome.ok() && !reply.outcome.reason.empty())
        probe.outcome = {Ending::broken, reply.outcome.reason, {}, false};
    return probe;
}

} // namespace larum::connectors::graph
