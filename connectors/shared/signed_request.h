#pragma once

#include "connectors/shared/webhook.h"

#include <string_view>

namespace larum::connectors::graph {

/// A form that holds a `signed_request`, which Meta sends when somebody takes the app's rights away («deauthorize
/// callback»): a signature and a payload, both in base64 of URLs.
bool is_signed_request(std::string_view body);

/// Whether one of the secrets signed it, with HMAC-SHA256, within a day of `now`.
bool is_genuine(std::string_view body, const Secrets& secrets, Time now);

} // namespace larum::connectors::graph
