#pragma once

#include "connectors/connector.h"
#include "connectors/shared/jetstream.h"
#include "connectors/shared/sought.h"

#include <string>
#include <vector>

namespace larum::connectors::bluesky {

/// Words that the platform is asked for, and the stream that they are asked on.
struct Search {
    std::string stream;
    Sought words;
};

/// What one message of Jetstream holds for the account in `cursor`: posts that concern it, its own, and those with the
/// words, each with the streams whose poll tells the author's name; deletions of anybody's posts. The rest is nearly
/// everything, and nobody's news.
Heard hear(const std::string& cursor, jetstream::Dialect dialect, std::string_view data, const std::vector<Search>& searches);

} // namespace larum::connectors::bluesky
