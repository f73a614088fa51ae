#pragma once

#include "core/error.h"
#include "core/time.h"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace larum {

using Headers = std::vector<std::pair<std::string, std::string>>;

/// The value of the first header of that name, compared without case; empty when there is none.
std::string header(const Headers& headers, std::string_view name);

struct HttpRequest {
    std::string method = "GET";
    std::string url;
    Headers headers;
    std::string body;
    Span timeout = std::chrono::seconds{30};
    std::size_t body_bytes_max = 8u << 20; ///< a longer answer ends in Error::Kind::too_large
    /// Private, loopback and link-local addresses are refused after name resolution unless this is set.
    bool private_allowed = false;
};

struct HttpAnswer {
    int status = 0;
    Headers headers;
    std::string body;
};

/// Unreachable after a request that changes something was sent: the other side may have carried it out.
class NoAnswer : public Error {
public:
    explicit NoAnswer(const std::string& text) : Error(Kind::unreachable, text) {}
};

/// Calls out. Redirects are never followed: a 3xx is an answer. Every status is an answer; what cannot be
/// had at all is an Error: unreachable (NoAnswer once it was sent), refused (address not allowed), too_large. Texts of errors name the
/// host only, never path or query, which may carry tokens.
class Http {
public:
    virtual ~Http() = default;
    virtual HttpAnswer send(const HttpRequest& request) = 0;
};

} // namespace larum
