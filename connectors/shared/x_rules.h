#pragma once

#include "connectors/shared/json.h"

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

/// The body of the next change that makes the rules X lists (`data` of GET) the wanted ones; nothing when they are.
/// Deletions and additions are requests of their own.
std::optional<std::string> next_change(const json::Json& listed, const RulesWanted& wanted);

} // namespace larum::connectors::x
