#pragma once

#include "connectors/connector.h"
#include "connectors/shared/json.h"

#include <optional>
#include <string>
#include <vector>

/// Reviews of Google Business Profile as posts.
namespace larum::connectors::business {

/// In the words of the reviewer, without Google's translation. Throws Error::Kind::input.
Post read_review(const json::Json& review, const std::string& location);

/// The brand's reply to it, where there is one and Google shows it.
std::optional<Post> read_reply(const json::Json& review, const Post& parent);

/// Adds reviews and replies of an answer, oldest first, and returns when each review was changed, by which
/// the list is sorted. One that makes no sense counts too: it was listed.
std::vector<Time> read_reviews(const json::Json& body, const std::string& location, Time now, Page& page);

} // namespace larum::connectors::business
