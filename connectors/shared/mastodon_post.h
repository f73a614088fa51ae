#pragma once

#include "connectors/connector.h"
#include "connectors/shared/json.h"

#include <string>

/// Statuses as Mastodon's API writes them.
namespace larum::connectors::mastodon {

/// Whose instance is read, and who of it is ours.
struct Ground {
    std::string realm;   ///< host of the instance: ids of statuses and accounts mean something there only
    std::string account; ///< the watched account's name on it, without @ and host, lower case
};

/// Adds a public status to `page`. Boosts add nothing; what is not public adds its name to the unknown. Throws as below.
void add_status(const json::Json& status, const Ground& ground, Page& page);

/// A status as a post. Throws Error::Kind::input when it has no id, time or author.
Post read_status(const json::Json& status, const Ground& ground);

} // namespace larum::connectors::mastodon
