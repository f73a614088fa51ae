#include "connectors/shared/youtube_settings.h"

#include "connectors/shared/host.h"

namespace larum::connectors::youtube {

const config::Options<Settings>& options() {
    using config::option;
    static const config::Options<Settings> all = {
        option("channel", &Settings::channel,
               "Id of the brand's own channel (UC…): comments below all its videos are read. Needed unless "
               "`search` is given."),
        option("search", &Settings::search,
               "Words to search all public videos for. Google allows 100 searches a day for all of them "
               "together."),
        option("search_comments", &Settings::search_comments,
               "Also read the comments below the videos that were found, as long as `replies_for` says."),
        option(
            "api_key", &Settings::api_key,
            "An API key of the Google project; enough for what is public. Else the three settings of OAuth."),
        option("client_id", &Settings::client_id, "OAuth client of the Google project."),
        option("client_secret", &Settings::client_secret, "Secret of that client."),
        option("refresh_token", &Settings::refresh_token,
               "Refresh token with the scope youtube.force-ssl, given by the channel's owner. Those of a "
               "project «in testing» die after a week."),
        option("history", &Settings::history, "How far back the first reading goes."),
        option("replies_for", &Settings::replies_for,
               "How long after it was written a thread is looked at for new replies and edits."),
        option("units", &Settings::units,
               "Units a day that Google gives the project; most calls cost one. larum slows down before they "
               "are used up."),
        option("searches", &Settings::searches,
               "Searches a day that Google gives the project; they are spread over the day."),
        option("host", &Settings::host, "Where the API lives. Another host is for tests."),
        option("token_host", &Settings::token_host,
               "Where access tokens are fetched. Another host is for tests."),
    };
    return all;
}

namespace {

void check(const Settings& settings, const config::Value& table, config::Problems& problems) {
    if (settings.channel.empty() && settings.search.empty())
        problems.add(table.at, "channel or search is needed: else there is nothing to read");
    const bool oauth =
        !settings.client_id.empty() && !settings.client_secret.empty() && !settings.refresh_token.empty();
    const bool some =
        !settings.client_id.empty() || !settings.client_secret.empty() || !settings.refresh_token.empty();
    if (settings.api_key.empty() ? !oauth : some)
        problems.add(table.at, "give either api_key, or client_id, client_secret and refresh_token");
    if (!settings.channel.empty() && !settings.channel.starts_with("UC"))
        problems.add(
            table.find("channel")->at,
            "channel must be a channel's id, which begins with UC (youtube.com/account_advanced shows it)");
    if (settings.units < 1 || settings.searches < 1)
        problems.add(table.at, "units and searches must be at least 1");
}

} // namespace

Settings read_settings(const config::Value& table, const std::vector<std::string>& common_keys,
                       config::Problems& problems) {
    auto settings = config::read(options(), table, problems, common_keys);
    check(settings, table, problems);
    check_host(table, "host", settings.host, problems);
    check_host(table, "token_host", settings.token_host, problems);
    return settings;
}

} // namespace larum::connectors::youtube
