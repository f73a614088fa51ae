#pragma once

#include "alerts/channel.h"
#include "core/http.h"

#include <optional>
#include <string>
#include <variant>

/// What channels over HTTP have in common.
namespace larum::alerts {

/// Sends once: the answer, or the outcome where there is none. `who` begins every reason: «slack».
std::variant<HttpAnswer, Outcome> call(Http& http, HttpRequest request, const std::string& who);

/// What a status that is not 2xx means for a message: 408, 425, 429 and 5xx later, everything else refused.
/// `Retry-After` is obeyed, up to a day. The body is never quoted.
Outcome outcome_of_status(const HttpAnswer& answer, const std::string& who, Time now);

bool is_success(const HttpAnswer& answer);

/// «120» or an HTTP date; nothing when absent or senseless; never before `now` nor more than a day after it.
std::optional<Time> retry_after(const Headers& headers, Time now);

HttpRequest json_request(const std::string& method, const std::string& url, const std::string& body);

/// Adds a problem unless `url` is an http(s) address without user name.
void check_url(const std::string& url, const std::string& setting, const config::Value& table, config::Problems&);

} // namespace larum::alerts
