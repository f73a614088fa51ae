#include "connectors/shared/x_settings.h"

#include "connectors/shared/host.h"
#include "core/crypto.h"
#include "core/text.h"

#include <algorithm>
#include <cctype>

namespace larum::connectors::x {

namespace {

constexpr std::size_t query_most = 512; ///< characters of a search; rules may be longer, but each is searched for, too

const config::Position& where(const config::Value& table, std::string_view key) {
    const auto* value = table.find(key);
    return value ? value->at : table.at;
}

bool is_number(const std::string& text) {
    return !text.empty() && text.size() <= 19 && std::all_of(text.begin(), text.end(), [](unsigned char c) { return std::isdigit(c); });
}

void check(const Settings& settings, const config::Value& table, config::Problems& problems) {
    if (table.find("user_id") && !is_number(settings.user_id)) problems.add(where(table, "user_id"), "user_id must be digits, like 2244994945");
    if (settings.token.empty() && !settings.speaks_for_user()) problems.add(table.at, "token or refresh_token is missing: without one X answers nothing");
    if (settings.speaks_for_user() && settings.client_id.empty()) problems.add(where(table, "refresh_token"), "client_id is missing: refresh_token belongs to an app");
    if (settings.live && settings.token.empty()) problems.add(where(table, "live"), "live needs token: X gives the stream to apps, not to users");
    if (settings.live && settings.search.empty()) problems.add(where(table, "live"), "live needs search: what is to be heard?");
    if (settings.pages_max < 1 || settings.pages_max > 1000) problems.add(where(table, "pages_max"), "pages_max must be 1 to 1000");
    for (const auto& query : settings.search)
        if (query.empty() || text::code_points(query) > query_most) problems.add(where(table, "search"), "search: a query has 1 to 512 characters");
    for (const double amount : {settings.daily_budget, settings.price_post, settings.price_owned, settings.price_user})
        if (!(amount >= 0 && amount <= 1e6)) problems.add(table.at, "budgets and prices must be 0 to 1,000,000 US dollars");
    check_host(table, "host", settings.host, problems);
}

} // namespace

const config::Options<Settings>& options() {
    using config::option, config::required;
    static const config::Options<Settings> all = {
        required("user_id", &Settings::user_id, "Numeric id of the watched account: it never changes, the @name may."),
        option("token", &Settings::token, "Bearer token of the app: for search and the live stream, and for all where there is no refresh_token."),
        option("client_id", &Settings::client_id, "OAuth 2 client id of the app, for refresh_token."),
        option("client_secret", &Settings::client_secret, "OAuth 2 client secret, where the app is a confidential client."),
        option("refresh_token", &Settings::refresh_token, "Refresh token of the watched account (scopes tweet.read, users.read, offline.access): makes mentions and own posts the cheaper owned reads."),
        option("search", &Settings::search, "Queries for all public posts of the last seven days, in X's query language, at most 512 characters each."),
        option("live", &Settings::live, "The queries of `search` are also rules of the filtered stream, heard at once; search then only heals. One source of an app may do this."),
        option("authors", &Settings::authors, "Ask for the author's name and @name with each post. X bills every author as a user; without it an author is known by number only."),
        option("daily_budget", &Settings::daily_budget, "US dollars that this credential may cost a day (UTC): calls, the live stream and posts sent by webhook. When it is used up nothing is asked or heard until 00:00 UTC, and people are told; webhooks go on."),
        option("price_post", &Settings::price_post, "What X takes for a post read, in US dollars."),
        option("price_owned", &Settings::price_owned, "What X takes for an own post or mention read with the account's own token."),
        option("price_user", &Settings::price_user, "What X takes for a user read."),
        option("host", &Settings::host, "Where the API lives. Another host is for tests."),
        option("history", &Settings::history, "How far back the first reading goes, seven days at most for searches."),
        option("pages_max", &Settings::pages_max, "Pages that one reading may walk back. What lies beyond is recorded as a gap."),
    };
    return all;
}

Settings read_settings(const config::Value& table, const std::vector<std::string>& common_keys, config::Problems& problems) {
    auto settings = config::read(options(), table, problems, common_keys);
    while (settings.host.ends_with('/')) settings.host.pop_back();
    check(settings, table, problems);
    return settings;
}

OAuth oauth_of(const Settings& settings) {
    OAuth::Grant grant;
    grant.platform = "x";
    grant.url = settings.host + "/2/oauth2/token";
    if (!settings.client_secret.empty())
        grant.headers = {{"Authorization", "Basic " + to_base64(settings.client_id + ':' + settings.client_secret.reveal())}};
    grant.first_refresh_token = settings.refresh_token;
    grant.form = [id = settings.client_id](const std::string& refresh_token, Time) {
        return std::vector<std::pair<std::string, std::string>>{{"grant_type", "refresh_token"}, {"refresh_token", refresh_token}, {"client_id", id}};
    };
    return OAuth(std::move(grant));
}

} // namespace larum::connectors::x
