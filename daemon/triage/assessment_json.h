#pragma once

#include "daemon/triage/assess.h"

#include <nlohmann/json_fwd.hpp>
#include <string>

namespace larum::triage {

/// What `larum replay --json` prints for a post: the verdict's fields and the decision's.
nlohmann::json decision_json(const std::string& id, const Assessment& assessment);

/// What `larum match` prints for a post.
nlohmann::json candidates_json(const std::string& id, const MatchResult& match);

} // namespace larum::triage
