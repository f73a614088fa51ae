#include "daemon/review/page.h"

#include <string>

namespace larum::review {

namespace {

std::string type_of(std::string_view path) {
    const auto ends = [path](std::string_view end) {
        return path.size() >= end.size() && path.substr(path.size() - end.size()) == end;
    };
    if (ends(".html")) return "text/html; charset=utf-8";
    if (ends(".js")) return "text/javascript; charset=utf-8";
    if (ends(".css")) return "text/css; charset=utf-8";
    if (ends(".svg")) return "image/svg+xml";
    if (ends(".webmanifest")) return "application/manifest+json";
    return "application/octet-stream";
}

web::Response show(const Asset& asset) {
    web::Response response;
    response.type = type_of(asset.path);
    response.body = std::string(asset.bytes);
    // The names of files below assets/ carry a hash of what is in them.
    const bool hashed = asset.path.rfind("assets/", 0) == 0;
    response.headers.emplace_back("Cache-Control", hashed ? "public, max-age=31536000, immutable" : "no-cache");
    return response;
}

web::Response not_built(const web::Request&) {
    web::Response response;
    response.body = "larum runs, but it was built without its review page.\n\n"
                    "Build it with:\n\n"
                    "    cmake --preset release -DLARUM_PAGE=ON\n"
                    "    cmake --build --preset release\n\n"
                    "This needs Node.js 18 or newer with npm. The API answers below /api meanwhile.\n";
    response.headers.emplace_back("Cache-Control", "no-cache");
    return response;
}

} // namespace

void add_page_routes(web::Server& server) {
    const auto assets = page_assets();
    if (assets.empty()) server.route("GET", "/", not_built, web::Place::at_once);
    for (const auto& asset : assets) {
        const auto work = [asset](const web::Request&) { return show(asset); };
        const auto path = "/" + std::string(asset.path);
        server.route("GET", path, work, web::Place::at_once);
        // Every view of the page has an address of its own; the page itself finds what it shows.
        if (asset.path == "index.html")
            for (const auto* view : {"/", "/post/{brand}/{id}", "/sources", "/letters", "/report", "/sign-in"})
                server.route("GET", view, work, web::Place::at_once);
    }
}

} // namespace larum::review
