#pragma once

#include "connectors/connector.h"

#include <string_view>

namespace larum::connectors::tiktok {

/// What the `code` in an answer means: TikTok answers 200 also when it refuses. `message` is looked through for the
/// day's limit alone and never shown. `one_object`: the code for «does not exist» ends a stream instead of breaking it.
Outcome outcome_of(std::int64_t code, std::string_view message, bool one_object, Time now);

} // namespace larum::connectors::tiktok
