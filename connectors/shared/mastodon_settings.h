#pragma once

#include "config/option.h"
#include "core/time.h"

#include <string>
#include <vector>

namespace larum::connectors::mastodon {

struct Settings {
    std::string host;
    std::string account;
    config::Secret token;
    std::vector<std::string> tags;
    std::vector<std::string> search;
    bool live = true;
    Span history = std::chrono::hours{24};
    Span threads_for = std::chrono::hours{24};
    int pages_max = 50;
};

const config::Options<Settings>& options();

/// Reads and checks a source's table; problems are added. Names are made plain: no @, no #, the account in lower case.
Settings read_settings(const config::Value& table, const std::vector<std::string>& common_keys, config::Problems& problems);

} // namespace larum::connectors::mastodon
