#pragma once

#include "core/model.h"

#include <string>

/// JSON of decisions, written straight to text: triage writes thousands a second.
namespace larum::store {

std::string verdict_json(const Verdict& verdict, bool briefly);
std::string reasons_json(const std::vector<Reason>& reasons);
std::string evidence_json(const std::vector<Evidence>& evidence);
std::string story_json(const Decision& decision, const MatchResult& match);

} // namespace larum::store
