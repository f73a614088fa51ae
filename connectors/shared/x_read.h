#pragma once

#include "connectors/connector.h"
#include "connectors/shared/json.h"

#include <optional>
#include <string>

/// What X (api.x.com, v2) answers: posts, problems, limits. The fields of posts come with «tweet» or «post» in their
/// names, depending on the endpoint's age; both are read.
namespace larum::connectors::x {

/// A post. `includes` may hold its author. An edited post keeps the id of its first version. Throws
/// Error::Kind::input when it has no id or time.
Post read_post(const json::Json& post, const json::Json& includes, const std::string& own_id);

/// Nobody wrote a repost.
bool is_repost(const json::Json& post);

/// The id of the newest version, where the post was edited; else its own.
std::string newest_version(const json::Json& post);

/// The last part of a problem's type: «resource-not-found»; empty when it is none.
std::string problem_of(const json::Json& problem);

/// Posts that the `errors` beside the data say are gone or no longer public.
std::vector<Deletion> deletions_of(const json::Json& body, Time now);

/// How an answer ended: by the problem's type first, then by its status.
Outcome outcome_of(const HttpAnswer& answer, Time now);

std::optional<double> used_share(const Headers& headers);

/// 00:00 UTC after `now`: when X's days and ours begin.
Time next_day(Time now);

} // namespace larum::connectors::x
