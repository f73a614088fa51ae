#pragma once

#include "connectors/shared/graph.h"

namespace larum::connectors::graph {

/// A token that lives for 60 days and is exchanged for a new one while it lives, as Instagram Login's and Threads' are.
/// The newest is kept in the credential's session; another token in the config begins anew.
class LongToken {
public:
    LongToken(Access access, std::string grant) : access_(std::move(access)), grant_(std::move(grant)) {}

    /// Exchanges the token when it is time: that was this call's request, and the outcome says how it went (`again`:
    /// ask once more; an exchange that fails leaves the old token in use). Nothing: `access` may be used.
    std::optional<Outcome> open(Http& http, Call& call) const;

    /// With the newest token.
    Access access(const Session& session) const;

    /// When the newest token ends; nothing until the first exchange told.
    std::optional<Time> ends(const Session& session) const;

    /// What the last exchange said the token may; empty until then, and where the platform does not say.
    std::vector<std::string> permissions(const Session& session) const;

private:
    Access access_;
    std::string grant_;
};

} // namespace larum::connectors::graph
