#pragma once

#include "daemon/match/linked.h"
#include "daemon/match/match.h"
#include "daemon/match/sign.h"

#include <vector>

namespace larum::match {

/// One way in which a person may have come to write: about one of their cases, or about none.
struct Way {
    Standing standing = Standing::no_case;
    Id matter = 0;
    FoundList found;
};

/// A person with all that speaks for and against them.
struct Observed {
    Person who;
    const Customer* best = nullptr; ///< of the linked records the one that fits best
    FoundList found;
    std::vector<Way> ways;          ///< the last one is about no case
};

/// What agrees and what differs, before anything is made of it. Rejected identities are left out, but for a customer
/// whose own number or address stands in the text. Points into `known`.
std::vector<Observed> observe(const Post& post, const Verdict& verdict, const Clues& clues, const Known& known);

} // namespace larum::match
