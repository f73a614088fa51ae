#pragma once

#include "connectors/connector.h"
#include "connectors/shared/json.h"

#include <optional>

/// What Reddit answers: limits, refusals, listings.
namespace larum::connectors::reddit {

Outcome outcome_of(const HttpAnswer& answer, Time now);
std::optional<double> used_share(const Headers& headers);

/// The `data` of a listing with its list of `children`; nothing when it is none.
std::optional<json::Json> listing_of(const json::Json& body);

/// All comments of a thread, flat: those of its listing and of the replies in them, in bounds.
json::Json comments_in(const json::Json& listing);

} // namespace larum::connectors::reddit
