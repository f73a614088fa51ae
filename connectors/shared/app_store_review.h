#pragma once

#include "connectors/connector.h"
#include "connectors/shared/json.h"

#include <optional>
#include <string>
#include <vector>

/// Customer reviews of App Store Connect (JSON:API) as posts.
namespace larum::connectors::app_store {

/// `app` may be empty: then the post has no address. Throws Error::Kind::input.
Post read_review(const json::Json& item, const std::string& app);

/// The brand's answer among what came along in `body`. One that Apple has not published yet is nobody's to
/// see.
std::optional<Post> read_response(const json::Json& body, const json::Json& item, const Post& review);

/// Adds reviews and answers, oldest first, and returns when each review was written, by which the list is
/// sorted.
std::vector<Time> read_reviews(const json::Json& body, const std::string& app, Page& page);

/// The cursor of the next page; empty at the end of the list. The address of that page is never called: it is
/// the answer's, not ours. Throws Error::Kind::input when there is a next page that cannot be asked for.
std::string next_of(const json::Json& body);

} // namespace larum::connectors::app_store
