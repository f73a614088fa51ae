#pragma once

#include "connectors/connector.h"
#include "core/error.h"
#include "core/http.h"

#include <string>

/// What every connector does alike with an answer, before its platform's own error codes.
namespace larum::connectors {

/// An answer, or the outcome that came instead of one.
struct Answered {
    Outcome outcome;
    HttpAnswer answer;
};

/// Sends; what cannot be had becomes an outcome whose reason begins with the platform's name.
Answered send(Http& http, const HttpRequest& request, const std::string& platform);

/// What a status alone says: 2xx and 304 ok; 408, 429 and 5xx later, with Retry-After or RateLimit-Reset where told;
/// 401 and 403 reauth; 404 and 410 gone; the rest broken.
Outcome outcome_of_status(const HttpAnswer& answer, const std::string& platform, Time now);

/// `Retry-After`: seconds or a date, in bounds of a day.
std::optional<Time> retry_after(const Headers& headers, Time now);

/// «Sun, 06 Nov 1994 08:49:37 GMT», also with numeric or named zones, as HTTP and RSS write it.
std::optional<Time> parse_mail_time(std::string_view text);

/// `text` with everything but letters, digits, and -._~ as %XX.
std::string percent_encoded(std::string_view text);

} // namespace larum::connectors
