#pragma once

#include "config/option.h"
#include "connectors/connector.h"
#include "connectors/shared/oauth.h"
#include "connectors/shared/x_budget.h"

namespace larum::connectors::x {

struct Settings {
    std::string user_id;
    config::Secret token;
    std::string client_id;
    config::Secret client_secret;
    config::Secret refresh_token;
    std::vector<std::string> search;
    bool live = false;
    bool authors = false;
    double daily_budget = 5;
    double price_post = 0.005;
    double price_owned = 0.001;
    double price_user = 0.010;
    std::string host = "https://api.x.com";
    Span history = std::chrono::hours{24};
    int pages_max = 50;

    bool speaks_for_user() const { return !refresh_token.empty(); }
};

const config::Options<Settings>& options();

/// Reads and checks a source's table; problems are added.
Settings read_settings(const config::Value& table, const std::vector<std::string>& common_keys, config::Problems& problems);

/// How the user's access tokens are had.
OAuth oauth_of(const Settings& settings);

} // namespace larum::connectors::x
