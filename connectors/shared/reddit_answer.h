#pragma once

#include "connectors/connector.h"
#include "connectors/shared/json.h"

#include <optional>

/// What Reddit answers: limits, refusals, listings.
namespace larum::connectors::reddit {

Outcome outcome_of(const HttpAnswer& answer, Time now);
std::optional<double> used_share(const Headers& headers);

/// What a good status hides: `json.errors` of the endpoints that answer so. Its code alone is given.
std::optional<std::string> problem_in(const json::Json& body);

/// The `data` of a listing with its list of `children`; nothing when it is none.
std::optional<json::Json> listing_of(const json::Json& body);

} // namespace larum::connectors::reddit
