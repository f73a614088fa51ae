#pragma once

#include "config/secret.h"
#include "connectors/connector.h"

#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace larum::connectors {

/// Access tokens by OAuth 2, kept in the credential's session: one is fetched when there is none or it is about to
/// end, and a rotated refresh token is kept before anything else is done with it.
class OAuth {
public:
    struct Grant {
        std::string platform; ///< for reasons
        std::string url;      ///< of the token endpoint
        Headers headers;      ///< beside the form's content type, such as basic authorization
        /// Form fields of the request, made when a token is needed. `refresh_token` is the newest one known: that of
        /// the session, else `first_refresh_token`.
        std::function<std::vector<std::pair<std::string, std::string>>(const std::string& refresh_token, Time now)> form;
        config::Secret first_refresh_token; ///< as configured; empty where the grant needs none
        bool private_allowed = false;
    };
    explicit OAuth(Grant grant) : grant_(std::move(grant)) {}

    /// Fetches a token when there is none that lives for another minute: that was this call's request, and the
    /// outcome says how it went (`again`: ask once more). Nothing: `token` may be used.
    std::optional<Outcome> open(Http& http, Call& call) const;

    std::string token(const Session& session) const;

    /// The platform refused the token although its time was not over: it is thrown away. True the first time, when a
    /// new one may help; false when the token was fresh and is refused all the same.
    bool discard(Call& call) const;

    /// Members of the session beside the tokens, for what a connector must remember for all streams of a credential
    /// (calls of the day). Empty when there is none.
    static std::string remembered(const Session& session, const char* name);
    static void remember(Session& session, const char* name, const std::string& value);

private:
    Grant grant_;
};

/// `application/x-www-form-urlencoded`.
std::string form_encoded(const std::vector<std::pair<std::string, std::string>>& fields);

} // namespace larum::connectors
