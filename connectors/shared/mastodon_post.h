#pragma once

#include "connectors/shared/json.h"
#include "core/model.h"

#include <optional>
#include <string>

/// Statuses as Mastodon's API writes them.
namespace larum::connectors::mastodon {

/// Whose instance is read, and who of it is ours.
struct Ground {
    std::string realm;   ///< host of the instance: ids of statuses and accounts mean something there only
    std::string account; ///< the watched account's name on it, without @ and host, lower case
};

/// A status as a post. Throws Error::Kind::input when it has no id, time or author.
Post read_status(const json::Json& status, const Ground& ground);

/// Why a status is no public post: «a direct message»; empty for those that anybody may read, and for boosts.
std::string kept_private(const json::Json& status);

inline bool is_boost(const json::Json& status) { return !json::member(status, "reblog").empty(); }

} // namespace larum::connectors::mastodon
