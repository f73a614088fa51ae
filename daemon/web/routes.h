#pragma once

#include "daemon/web/request.h"

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace larum::web {

using Work = std::function<Response(const Request&)>;

/// Where a route's work runs: on the connection thread only what never waits (health, assets), else on a worker.
enum class Place { worker, at_once };

struct RouteLimits {
    std::size_t body_bytes_max = 64u << 10;        ///< a longer body is answered 413 and the connection closed
    Span body_time_max = std::chrono::seconds{10}; ///< for the whole body
};

struct Route {
    std::string method;  ///< GET also answers HEAD
    std::string pattern; ///< «/api/posts/{id}»; a last «{name...}» takes the rest of the path
    Work work;
    Place place = Place::worker;
    RouteLimits limits;
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
