#pragma once

#include "core/http.h"
#include "daemon/web/event_stream.h"

#include <map>
#include <memory>
#include <string>
#include <string_view>

namespace larum::web {

/// A request as it came in, complete and within its bounds.
struct Request {
    std::string method;
    std::string target;  ///< path with query, as sent
    std::string path;    ///< without query, not decoded
    std::string address; ///< the peer's IP
    Headers headers;
    std::string body;
    std::map<std::string, std::string, std::less<>> captured; ///< by name, from the route's pattern, decoded

    std::string header(std::string_view name) const { return larum::header(headers, name); }
    /// Decoded; empty when absent.
    std::string query(std::string_view name) const;
    std::string cookie(std::string_view name) const;
    /// What the route's pattern captured; empty when it has no such name.
    std::string part(std::string_view name) const;
};

struct Response {
    int status = 200;
    std::string type = "text/plain; charset=utf-8";
    std::string body;
    Headers headers;
    /// Set: the answer is a stream of server-sent events that stays open; `body` is ignored.
    std::shared_ptr<EventStream> events;

    static Response json(int status, std::string body);
    /// `{"error": code, "what": sentence}`, the shape of every error of the API.
    static Response error(int status, std::string_view code, std::string_view what);
};

/// `%41` and `+` undone; what is no valid escape stays as it is.
std::string decode_url(std::string_view text);

} // namespace larum::web
