#pragma once

#include "config/option.h"
#include "connectors/shared/youtube_budget.h"

#include <algorithm>
#include <string>
#include <vector>

namespace larum::connectors::youtube {

struct Settings {
    std::string channel;
    std::vector<std::string> search;
    bool search_comments = false;
    config::Secret api_key;
    std::string client_id;
    config::Secret client_secret;
    config::Secret refresh_token;
    Span history = std::chrono::hours{24};
    Span replies_for = std::chrono::hours{7 * 24};
    int units = 10'000;
    int searches = 100;
    std::string host = "https://youtube.googleapis.com";
    std::string token_host = "https://oauth2.googleapis.com";

    /// Searches are spread over the day and leave a few to people who try their key: 100 make one in 15
    /// minutes.
    Budget::Limits limits() const {
        return {units, searches, Span(std::chrono::hours{25}) / std::max(searches, 1)};
    }
};

const config::Options<Settings>& options();

/// Reads the source's table; what is wrong is added to `problems`.
Settings read_settings(const config::Value& table, const std::vector<std::string>& common_keys,
                       config::Problems& problems);

} // namespace larum::connectors::youtube
