#pragma once

#include "connectors/connector.h"
#include "connectors/shared/json.h"

#include <optional>
#include <vector>

/// Service reviews of Trustpilot as posts.
namespace larum::connectors::trustpilot {

/// Throws Error::Kind::input.
Post read_review(const json::Json& review);

/// The company's reply to it, where there is one.
std::optional<Post> read_company_reply(const json::Json& review, const Post& parent);

/// Adds reviews and replies of an answer, oldest first, and returns when each review was written, by which
/// the list is sorted.
std::vector<Time> read_reviews(const json::Json& body, Page& page);

} // namespace larum::connectors::trustpilot
