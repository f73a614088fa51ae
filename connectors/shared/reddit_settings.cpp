#include "connectors/shared/reddit_settings.h"

#include "connectors/shared/host.h"
#include "core/crypto.h"

#include <algorithm>
#include <cctype>

namespace larum::connectors::reddit {

namespace {

void check(const Settings& settings, const config::Value& table, config::Problems& problems) {
    const auto where = [&](const char* key) { return table.find(key) ? table.find(key)->at : table.at; };
    if (settings.subreddits.empty() && settings.search.empty() && settings.refresh_token.empty())
        problems.add(table.at, "subreddits, search or refresh_token is missing: what is to be read?");
    if (!settings.refresh_token.empty() && settings.user.empty()) problems.add(where("refresh_token"), "user is missing: whose inbox is it?");
    if (!settings.user_agent.empty() && (settings.user_agent.find(':') == std::string::npos || settings.user_agent.find("/u/") == std::string::npos))
        problems.add(where("user_agent"), "user_agent must be like linux:com.acme.larum:1 (by /u/acme_help): Reddit throttles others");
    for (const auto& name : settings.subreddits)
        if (name.empty() || !std::all_of(name.begin(), name.end(), [](unsigned char c) { return std::isalnum(c) || c == '_'; }))
            problems.add(where("subreddits"), "subreddits: a name has letters, digits and _ only, without r/");
    if (settings.pages_max < 1 || settings.pages_max > 100) problems.add(where("pages_max"), "pages_max must be 1 to 100");
    check_host(table, "host", settings.host, problems);
    check_host(table, "login_host", settings.login_host, problems);
}

} // namespace

const config::Options<Settings>& options() {
    using config::option, config::required;
    static const config::Options<Settings> all = {
        required("client_id", &Settings::client_id, "Id of the app at reddit.com/prefs/apps."),
        required("client_secret", &Settings::client_secret, "Secret of that app."),
        required("user_agent", &Settings::user_agent, "Who calls, as Reddit wants it: PLATFORM:APP:VERSION (by /u/NAME), such as linux:com.acme.larum:1 (by /u/acme_help)."),
        option("refresh_token", &Settings::refresh_token, "Refresh token of the brand's account (scopes identity, read, history, privatemessages): its inbox and own writing are read, too."),
        option("user", &Settings::user, "Name of the brand's account: what it writes is the brand's own."),
        option("subreddits", &Settings::subreddits, "Names of subreddits whose posts are read, without r/."),
        option("comments", &Settings::comments, "Comments in these subreddits are read, too."),
        option("search", &Settings::search, "Words or phrases to search the posts of all public subreddits for. Comments cannot be searched."),
        option("threads_for", &Settings::threads_for, "How long after it was written the comments below a post that a search found are read; often while it is young. 0s: not at all."),
        option("host", &Settings::host, "Where the API lives. Another host is for tests."),
        option("login_host", &Settings::login_host, "Where access tokens are had. Another host is for tests."),
        option("history", &Settings::history, "How far back the first reading goes. A list holds about a thousand items."),
        option("pages_max", &Settings::pages_max, "Pages of 100 that one walk back may read, and calls for what one thread folds away. What lies beyond is recorded as a gap."),
    };
    return all;
}

Settings read_settings(const config::Value& table, const std::vector<std::string>& common_keys, config::Problems& problems) {
    auto settings = config::read(options(), table, problems, common_keys);
    for (auto* host : {&settings.host, &settings.login_host})
        while (host->ends_with('/')) host->pop_back();
    check(settings, table, problems);
    return settings;
}

OAuth oauth_of(const Settings& settings) {
    OAuth::Grant grant;
    grant.platform = "reddit";
    grant.url = settings.login_host + "/api/v1/access_token";
    grant.headers = {{"Authorization", "Basic " + to_base64(settings.client_id + ':' + settings.client_secret.reveal())}, {"User-Agent", settings.user_agent}};
    grant.first_refresh_token = settings.refresh_token;
    grant.form = [](const std::string& refresh_token, Time) -> std::vector<std::pair<std::string, std::string>> {
        if (refresh_token.empty()) return {{"grant_type", "client_credentials"}};
        return {{"grant_type", "refresh_token"}, {"refresh_token", refresh_token}};
    };
    return OAuth(std::move(grant));
}

} // namespace larum::connectors::reddit
