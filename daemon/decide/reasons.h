#pragma once

#include "daemon/decide/decide.h"

namespace larum::decide {

/// Why a post is as urgent as the rule says: everything that weighs, what is gravest first. Of a hazard only the
/// code is told, never who or what. Empty below `watch`, but for a contest and the brand's own posts.
std::vector<Reason> reasons(const config::Rule& rule, const Situation& situation, const config::Brand& brand);

} // namespace larum::decide
