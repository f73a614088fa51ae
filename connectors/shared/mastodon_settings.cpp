#include "connectors/shared/mastodon_settings.h"

#include "connectors/shared/host.h"

#include <algorithm>
#include <cctype>

namespace larum::connectors::mastodon {

const config::Options<Settings>& options() {
    static const config::Options<Settings> all = {
        config::required("host", &Settings::host, "Address of the instance that the watched account lives on, such as https://social.example."),
        config::required("account", &Settings::account, "Name of the watched account on that instance, such as acme."),
        config::required("token", &Settings::token,
                         "Access token of an application of that account, with read:accounts, read:notifications, read:statuses and, for `search`, read:search."),
        config::option("tags", &Settings::tags, "Tags to follow, without #: all public posts with them that this instance knows."),
        config::option("search", &Settings::search, "Words or phrases to search public posts for. Works only where the instance has a search, and finds authors who allow it."),
        config::option("live", &Settings::live, "Mentions and tags are also heard over a line that stays open. Without it they come with the next poll."),
        config::option("history", &Settings::history, "How far back the first reading goes."),
        config::option("threads_for", &Settings::threads_for, "How long after it was written the answers to a post are read that name the account no more; often while it is young. 0s: not at all."),
        config::option("pages_max", &Settings::pages_max, "Pages of 40 that one reading may walk back. What lies beyond is recorded as a gap."),
    };
    return all;
}

Settings read_settings(const config::Value& table, const std::vector<std::string>& common_keys, config::Problems& problems) {
    auto settings = config::read(options(), table, problems, common_keys);
    while (settings.host.ends_with('/')) settings.host.pop_back();
    if (table.find("host")) check_host(table, "host", settings.host, problems);
    auto& account = settings.account;
    if (account.starts_with('@')) account.erase(0, 1);
    std::transform(account.begin(), account.end(), account.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    if (account.find('@') != std::string::npos) problems.add(table.find("account")->at, "account is the name alone: the host stands in `host`");
    for (auto& tag : settings.tags)
        if (tag.starts_with('#')) tag.erase(0, 1);
    if (settings.pages_max < 1 || settings.pages_max > 1000) problems.add(table.find("pages_max")->at, "pages_max must be 1 to 1000");
    return settings;
}

} // namespace larum::connectors::mastodon
