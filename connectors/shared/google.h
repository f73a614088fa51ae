#pragma once

#include "connectors/shared/call.h"
#include "connectors/shared/json.h"
#include "connectors/shared/oauth.h"

/// What Google's APIs have in common: their errors, their sign-in and their day.
namespace larum::connectors::google {

inline constexpr std::string_view token_url = "https://oauth2.googleapis.com/token";

/// Google counts a day's quota in California: the day there («2026-04-05»), and when the next one begins.
std::string day(Time now);
Time next_day(Time now);

struct Reply {
    Outcome outcome;
    json::Json body;    ///< an object when the outcome is ok
    std::string reason; ///< Google's own word for the error: quotaExceeded, commentsDisabled; may be empty
    int status = 0;     ///< 0: the API itself was not asked, or did not answer
};

/// Reads an answer and classifies Google's errors by their word, in whichever of its three forms it comes.
Reply read(const Answered& answered, const std::string& platform, Time now);

/// A page token dies when it is old: the walk begins at its top again, and nothing is lost.
template <class Walk> bool begins_again(Walk& walk, const Reply& reply, PollResult& result) {
    if (reply.status != 400 || walk.position().empty()) return false;
    result.outcome = {};
    walk.restart(result.page);
    return true;
}

/// A refresh token that a person gave by consent.
OAuth::Grant refresh_grant(const std::string& platform, const std::string& url, const std::string& client_id,
                           const config::Secret& client_secret, const config::Secret& refresh_token);

/// A service account's key file as Google's console gives it.
struct ServiceAccount {
    std::string email;
    std::string key_id;
    config::Secret private_key; ///< PEM
};

/// Nothing when `file` is no such key file.
std::optional<ServiceAccount> read_service_account(const config::Secret& file);
OAuth::Grant service_account_grant(const std::string& platform, const std::string& url,
                                   const ServiceAccount& account, const std::string& scope);

/// Asks a Google API, with an access token that is fetched when it is needed, or with an API key.
class Api {
public:
    Api(Http& http, std::string platform, std::string host, OAuth::Grant grant);
    Api(Http& http, std::string platform, std::string host, config::Secret api_key);

    /// One request: the token's when there is none (`Ending::again`), else this one.
    Reply get(const std::string& path_and_query, Call& call) const;

    /// Scopes that the token was given, as far as the token endpoint told; empty: not told.
    static std::vector<std::string> scopes(const Session& session);

private:
    Http& http_;
    std::string platform_;
    std::string host_;
    std::optional<OAuth> oauth_;
    config::Secret api_key_;
};

} // namespace larum::connectors::google
