#pragma once

#include "connectors/connector.h"
#include "connectors/shared/json.h"

#include <map>
#include <string>
#include <vector>

/// What Telegram's Bot API tells a bot about the groups and channels that it is in.
namespace larum::connectors::telegram {

/// Which chats count, and who writes for the brand.
struct Ground {
    std::vector<std::string> chats; ///< ids or @names; empty: all groups and channels
    std::vector<std::string> own;   ///< ids or @names of people, bots and channels of the brand
    /// Groups that became supergroups got new ids: old id -> new id.
    std::map<std::string, std::string> moved;
};

/// The kinds of updates that are asked for.
const std::vector<std::string>& wanted_updates();

/// Adds what an update says to `page`; a group that moved to `ground`. Throws Error::Kind::input when it makes no sense.
void read_update(const json::Json& update, Ground& ground, Time now, Page& page);

} // namespace larum::connectors::telegram
