#pragma once

#include "config/secret.h"
#include "connectors/connector.h"
#include "connectors/shared/bluesky_reply.h"

#include <optional>
#include <string>

namespace larum::connectors::bluesky {

/// The account's own server (PDS), with the session that it opens for an app password. Logging in is allowed 30 times
/// in five minutes and 300 times a day, so a session is kept and refreshed as long as it lives.
class Server {
public:
    Server(Http& http, const std::string& service, const std::string& identifier, const config::Secret& password)
        : http_(http), service_(service), identifier_(identifier), password_(password) {}

    /// Opens a session, or refreshes the one there is, when there is no access token: that was this call's request.
    std::optional<Outcome> open_session(Call& call) const;

    /// One authorized question. A dead access token is thrown away, so that the next call refreshes: `again`.
    Reply ask(const std::string& method, const std::string& query, Call& call) const;

private:
    Http& http_;
    const std::string& service_;
    const std::string& identifier_;
    const config::Secret& password_;
};

/// Whose session it is; empty when none was opened.
std::string did_of(const Session& session);

} // namespace larum::connectors::bluesky
