#pragma once

#include "daemon/web/request.h"

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace larum::web {

using Work = std::function<Response(const Request&)>;

/// Gives a request its answer, from any thread; what is given after the first is dropped. A request whose last
/// `Reply` ends without one is answered 500. It must not outlive the server.
using Reply = std::function<void(Response)>;
/// Work that others finish: a worker begins it and is free again.
using LaterWork = std::function<void(const Request&, Reply)>;

/// Where a route's work runs: on the connection thread only what never waits (health, assets), else on a worker.
enum class Place { worker, at_once };

/// What is decided by a request's head alone, before its body is read.
struct Admission {
    std::optional<Response> refusal;
    std::size_t body_bytes_max = 0;
};

struct RouteLimits {
    std::size_t body_bytes_max = 64u << 10;        ///< a longer body is answered 413 and the connection closed
    Span body_time_max = std::chrono::seconds{10}; ///< for the whole body
    Span later_time_max = std::chrono::seconds{5}; ///< for `LaterWork`: then the request is answered 503
    /// Asked on the connection thread, so it must not wait; its `body_bytes_max` takes the place of the one above.
    std::function<Admission(const Request& head)> admit;
};

struct Route {
    std::string method;  ///< GET also answers HEAD
    std::string pattern; ///< «/api/posts/{id}»; a last «{name...}» takes the rest of the path
    Work work;
    Place place = Place::worker;
    RouteLimits limits;
    LaterWork later; ///< instead of `work`
};

class Routes {
public:
    void add(Route route);

    struct Found {
        const Route* route = nullptr;
        std::map<std::string, std::string, std::less<>> captured;
        std::string allowed; ///< methods of the path when none fits the request's
    };
    /// The first route that fits, in the order they were added.
    Found find(std::string_view method, std::string_view path) const;

private:
    std::vector<Route> routes_;
};

} // namespace larum::web
