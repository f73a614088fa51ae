#pragma once

#include "connectors/connector.h"

/// What a person is told of Meta's platforms: the rule about matching, what they forbid, what to do before the first call.
namespace larum::connectors::graph {

/// Fills `terms`, `matching_most`, `cannot` and `setup` of a kind.
void say_facebook(Kind& kind);
void say_messenger(Kind& kind);
void say_instagram(Kind& kind);
void say_threads(Kind& kind);

} // namespace larum::connectors::graph
