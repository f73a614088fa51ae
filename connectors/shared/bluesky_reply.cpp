#include "connectors/shared/bluesky_reply.h"

#include <algorithm>
#include <array>
#include <cstdlib>

namespace larum::connectors::bluesky {

namespace {

struct Known {
    std::string_view error;
    Ending ending;
    std::string_view means; ///< for the person on duty
};

/// Names that say more than the status beside them.
constexpr std::array known_errors = {
    Known{"AccountTakedown", Ending::reauth, "the account was taken down"},
    Known{"AccountSuspended", Ending::reauth, "the account was suspended"},
    Known{"AccountDeactivated", Ending::reauth, "the account was deactivated"},
    Known{"AccountDeleted", Ending::reauth, "the account was deleted"},
    Known{"AuthFactorTokenRequired", Ending::reauth, "this is the account's own password; larum needs an app password"},
    Known{"AuthenticationRequired", Ending::reauth, "identifier or app password is wrong, or the password was revoked"},
    Known{"AuthMissing", Ending::reauth, "no session was sent"},
    Known{"BadQueryString", Ending::broken, "the words to search for are not understood"},
    Known{"MethodNotImplemented", Ending::broken, "the server does not know this question"},
    Known{"UpstreamFailure", Ending::later, "the server behind it failed"},
    Known{"UpstreamTimeout", Ending::later, "the server behind it did not answer"},
    Known{"NotEnoughResources", Ending::later, "the server is overloaded"},
};

std::optional<double> used_share(const Headers& headers) {
    const auto limit = std::strtod(header(headers, "RateLimit-Limit").c_str(), nullptr);
    const auto left = header(headers, "RateLimit-Remaining");
    if (limit <= 0 || left.empty()) return {};
    return std::clamp(1 - std::strtod(left.c_str(), nullptr) / limit, 0.0, 1.0);
}

void classify(Outcome& outcome, const std::string& error) {
    if (!error.empty()) outcome.reason += " " + error;
    // An unknown method or host answers 404 like an object would: no stream of ours is one.
    if (outcome.ending == Ending::gone) outcome.ending = Ending::broken;
    const auto* one = std::find_if(known_errors.begin(), known_errors.end(), [&](const Known& known) { return known.error == error; });
    if (one == known_errors.end()) return;
    outcome.ending = one->ending;
    outcome.whole_credential = outcome.whole_credential || one->ending == Ending::reauth;
    outcome.reason += ": " + std::string(one->means);
}

} // namespace

bool Reply::token_ended() const {
    return error == "ExpiredToken" || error == "InvalidToken" || (outcome.ending == Ending::reauth && error == "AuthMissing");
}

std::string error_name(const json::Json& body) {
    auto name = json::text(body, "error").substr(0, 64);
    const bool a_word = std::all_of(name.begin(), name.end(), [](unsigned char c) { return std::isalnum(c); });
    return a_word ? name : std::string();
}

Reply read_reply(const Answered& answered, Time now) {
    Reply reply;
    reply.outcome = answered.outcome;
    if (!reply.outcome.ok()) return reply;
    reply.outcome = outcome_of_status(answered.answer, "bluesky", now);
    reply.used = used_share(answered.answer.headers);
    reply.body = json::parse(answered.answer.body);
    reply.error = error_name(reply.body);
    // A refusal that XRPC has no name for is not the server's: what stands before it fends off a crowd, and us with it.
    if (answered.answer.status == 403 && reply.error.empty())
        reply.outcome = {Ending::later, reply.outcome.reason + ": refused by what stands before the server", {}, false, true};
    else if (!reply.outcome.ok())
        classify(reply.outcome, reply.error);
    else if (!reply.body.is_object())
        reply.outcome = {Ending::later, "bluesky: the answer is not JSON", {}, false};
    return reply;
}

} // namespace larum::connectors::bluesky
