#pragma once

#include "connectors/shared/json.h"
#include "core/model.h"

#include <string>

/// Things as Reddit's listings give them: t1 comments, t3 posts.
namespace larum::connectors::reddit {

/// A comment or post. `user` is the watched account's name. Throws Error::Kind::input when it has no name or time.
Post read_thing(const json::Json& child, const std::string& user);

/// Its author or a moderator took it away, or its author is gone: what is left is a stub.
bool is_gone(const json::Json& child);

} // namespace larum::connectors::reddit
