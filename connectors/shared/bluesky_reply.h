#pragma once

#include "connectors/shared/call.h"
#include "connectors/shared/json.h"

#include <optional>
#include <string>

/// Answers of XRPC, the AT Protocol's way of asking.
namespace larum::connectors::bluesky {

struct Reply {
    Outcome outcome;
    json::Json body;   ///< an object when the outcome is ok
    std::string error; ///< XRPC's name of it, when it is one word
    std::optional<double> used;

    /// The access token is to be refreshed. The contract's trap: an expired one answers 400, not 401.
    bool token_ended() const;
};

/// What an answer means. The names of errors are shown; the sentences beside them may quote what was sent and are not.
Reply read_reply(const Answered& answered, Time now);

/// The name of an XRPC error in a body; empty when it is none.
std::string error_name(const json::Json& body);

} // namespace larum::connectors::bluesky
