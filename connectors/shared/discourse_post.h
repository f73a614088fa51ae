#pragma once

#include "connectors/connector.h"
#include "connectors/shared/json.h"

#include <string>
#include <vector>

/// Posts as Discourse writes them.
namespace larum::connectors::discourse {

struct Ground {
    std::string host;             ///< https://forum.example
    std::string realm;            ///< forum.example: ids of posts and users mean something there only
    std::vector<std::string> own; ///< names of users that write for the brand
};

/// Adds a post, or that it is gone, to `page`; what nobody wrote (closings, moves) and what is not public adds nothing
/// but its name. `title` is used for the first post of a topic that brings none. Throws Error::Kind::input.
void read_post(const json::Json& post, const Ground& ground, const std::string& title, Time now, Page& page);

/// What the author wrote: markup gone, and with it quotes of others and previews of links.
std::string text_of(const json::Json& post);

} // namespace larum::connectors::discourse
