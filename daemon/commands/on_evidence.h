#pragma once

#include "core/model.h"
#include "daemon/judge/brand_words.h"
#include "daemon/judge/loudest.h"

#include <iosfwd>
#include <string>
#include <vector>

/// What larum thinks, as text for people: what `match --explain`, `judge --explain` and `explain` share.
namespace larum::commands {

/// Each candidate's evidence as a walk from «any customer» to the probability, and nobody's share.
void print_candidates(std::ostream& out, const MatchResult& match);

/// Each signal of the verdict that stands out, with its probability and the words of `text` it rests on.
void print_signals(std::ostream& out, const std::string& text, const Verdict& verdict);

/// What spoke loudest for each of the signals of `verdict` that are at least half likely, and for complaint always.
void print_loudest(std::ostream& out, const judging::Loudest& loudest, const std::string& text, const std::string& lang,
                   const BrandWords& brand, const Verdict& verdict);

} // namespace larum::commands
