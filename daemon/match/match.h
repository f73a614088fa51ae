#pragma once

#include "core/model.h"
#include "daemon/match/clues.h"
#include "daemon/match/mixture.h"

#include <functional>
#include <optional>
#include <vector>

/// Who wrote a post, among the brand's customers or nobody it knows, and which of their cases it is about. Pure.
/// Weights are bits in the manner of Fellegi and Sunter: what a clue is likelier among this person's posts than
/// among posts of just anybody. How often a name occurs is counted in the brand's own customers.
namespace larum::match {

/// What the store knows that concerns one post.
struct Known {
    double customers = 0;                                   ///< how many the brand has
    std::vector<const Records*> candidates;                 ///< one customer each, none that must not be matched
    std::function<int(std::int64_t)> sharing;               ///< customers with this key; -1: too many or not asked
    std::vector<std::pair<Id, IdentityState>> identities;   ///< what is kept of this author
    const std::vector<Contact>* author_contacts = nullptr;  ///< came in from this very author; may be none
};

/// A case of the likeliest person. Probabilities of all of a person's cases, and of none, sum to one.
struct CaseShare {
    Id matter = 0;
    double probability = 0;
};

struct Matched {
    MatchResult result;
    std::optional<Records> person;  ///< of the likeliest candidate, all linked records together
    std::vector<CaseShare> cases;   ///< likeliest first
    Standings thought = {1, 0, 0, 0, 0}; ///< what the author may be to the brand; for the mixture to learn from
};

/// `odds`: of whom the brand's posts are, see `Mixture`. A person is never given 0.9 or more by a name alone. Rejected identities are left out, but for a customer whose
/// own number or address stands in the text.
Matched match(const Post& post, const Verdict& verdict, const Clues& clues, const Known& known, const Odds& odds);

} // namespace larum::match
