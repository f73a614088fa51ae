#pragma once

#include "connectors/shared/call.h"
#include "connectors/shared/json.h"

#include <functional>
#include <optional>
#include <string>
#include <vector>

/// Rules of the filtered stream. All sources of an app share them, so ours carry a tag and others stay untouched.
namespace larum::connectors::x {

struct RulesWanted {
    std::string tag;
    std::vector<std::string> values;
};

/// The rules for `queries`, without reposts: nobody wrote those, and X bills them.
RulesWanted rules_for(const std::vector<std::string>& queries, const std::string& user_id);

/// Makes one call of the work that brings X's rules to the wanted ones: what is listed, then a change, then again. `ask`
/// sends with the app's token. The cursor holds the change that the call before found.
PollResult poll_rules(const Stream& stream, const RulesWanted& wanted, const std::function<Answered(HttpRequest)>& ask);

/// The body of the next change that makes the rules X lists (`data` of GET) the wanted ones; nothing when they are.
/// Deletions and additions are requests of their own.
std::optional<std::string> next_change(const json::Json& listed, const RulesWanted& wanted);

} // namespace larum::connectors::x
