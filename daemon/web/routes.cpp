#include "daemon/web/routes.h"

namespace larum::web {

namespace {

std::string_view next_segment(std::string_view& path) {
    if (!path.empty() && path.front() == '/') path.remove_prefix(1);
    const auto end = path.find('/');
    const auto segment = path.substr(0, end);
    path = end == std::string_view::npos ? std::string_view{} : path.substr(end);
    return segment;
}

bool is_name(std::string_view segment) {
    return segment.size() > 2 && segment.front() == '{' && segment.back() == '}';
}

using Captured = std::map<std::string, std::string, std::less<>>;

std::optional<Captured> fit(std::string_view pattern, std::string_view path) {
    Captured captured;
    while (!pattern.empty() && !path.empty()) {
        const auto rest = path.substr(1);
        const auto wanted = next_segment(pattern);
        const auto given = next_segment(path);
        if (!is_name(wanted)) {
            if (wanted != given) return std::nullopt;
            continue;
        }
        auto name = wanted.substr(1, wanted.size() - 2);
        if (name.size() > 3 && name.substr(name.size() - 3) == "...") {
            captured.emplace(name.substr(0, name.size() - 3), decode_url(rest));
            return captured;
        }
        if (given.empty()) return std::nullopt;
        captured.emplace(name, decode_url(given));
    }
    if (!pattern.empty() || !path.empty()) return std::nullopt;
    return captured;
}

} // namespace

void Routes::add(Route route) { routes_.push_back(std::move(route)); }

Routes::Found Routes::find(std::string_view method, std::string_view path) const {
    Found found;
    if (path.empty() || path.front() != '/') return found;
    for (const auto& route : routes_) {
        auto captured = fit(route.pattern, path);
        if (!captured) continue;
        if (route.method == method || (method == "HEAD" && route.method == "GET")) {
            found.route = &route;
            found.captured = std::move(*captured);
            return found;
        }
        if (found.allowed.find(route.method) == std::string::npos)
            found.allowed += (found.allowed.empty() ? "" : ", ") + route.method;
    }
    return found;
}

} // namespace larum::web
