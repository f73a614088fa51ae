#pragma once

#include "connectors/connector.h"

#include <string>
#include <vector>

namespace larum::connect {

/// Real calls: the probe, after those that open a session where the platform wants one. What fails on the way
/// is the probe's outcome. A session that changed is given to `keep` before the next call: its refresh token
/// may be good for one use. Throws only what `keep` throws.
using Keep = std::function<void(const std::string& session)>;
connectors::Probe verify(connectors::Connector& connector, std::string session, const std::string& kind,
                         const Clock& clock, const Keep& keep);

/// Nothing is missing that larum needs.
bool is_good(const connectors::Probe& probe);

/// A credential that ends within this time is warned of.
inline constexpr Span expiry_warned = std::chrono::hours{24 * 14};

/// «expires 2026-12-01, in 9 days»; empty when it has no known end.
std::string expiry_text(const connectors::Probe& probe, Time now);
bool expires_soon(const connectors::Probe& probe, Time now);

/// One thing that the probe found.
struct Finding {
    enum class Sign { good, bad, warning, note };
    Sign sign = Sign::good;
    std::string text;
};
std::vector<Finding> findings(const connectors::Probe& probe, Time now);

} // namespace larum::connect
