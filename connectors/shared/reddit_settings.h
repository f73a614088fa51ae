#pragma once

#include "config/option.h"
#include "connectors/shared/oauth.h"

#include <string>
#include <vector>

namespace larum::connectors::reddit {

struct Settings {
    std::string client_id;
    config::Secret client_secret;
    config::Secret refresh_token;
    std::string user;
    std::string user_agent;
    std::vector<std::string> subreddits;
    std::vector<std::string> search;
    bool comments = true;
    std::string host = "https://oauth.reddit.com";
    std::string login_host = "https://www.reddit.com";
    Span history = std::chrono::hours{24};
    Span threads_for = std::chrono::hours{24 * 3};
    int pages_max = 10;

    bool speaks_for_user() const { return !refresh_token.empty(); }
};

const config::Options<Settings>& options();

/// Reads and checks a source's table; problems are added.
Settings read_settings(const config::Value& table, const std::vector<std::string>& common_keys, config::Problems& problems);

/// How access tokens are had: the account's by its refresh token, else the app's own.
OAuth oauth_of(const Settings& settings);

} // namespace larum::connectors::reddit
