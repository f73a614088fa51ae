#pragma once

#include "daemon/web/server.h"

#include <string_view>
#include <vector>

namespace larum::review {

/// One built file of the page, inside the binary.
struct Asset {
    std::string_view path; ///< «index.html», «assets/index-3f2a.js»
    std::string_view bytes;
};

/// All files of the page; empty when larum was built without it. Made by the build.
std::vector<Asset> page_assets();

/// «/» and what it loads. Without a built page «/» says how to build it.
void add_page_routes(web::Server& server);

} // namespace larum::review
