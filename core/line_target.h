#pragma once

#include "core/line_client.h"

#include <cstdint>
#include <string>

namespace larum {

/// Where a line is opened to, read from its URL.
struct LineTarget {
    bool secure = true;
    std::string host; ///< without brackets
    std::uint16_t port = 443;
    std::string resource = "/";

    /// As it stands in a Host header.
    std::string authority() const;
};

/// Throws Error: config (not a URL that can be called), refused (no TLS where private addresses are not allowed).
LineTarget target_of(const LineRequest& request);

} // namespace larum
