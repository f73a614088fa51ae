#pragma once

#include "config/config.h"
#include "core/model.h"
#include "daemon/decide/story.h"

#include <optional>

/// The rules of urgency: pure, first match decides.
namespace larum::decide {

/// The case that the post is about, by the records of the customer it was matched to.
struct Matter {
    Case record;
    double probability = 0;
    bool unsolved = false;
    Story story;
};

/// All that a rule may ask about a post, as of its `posted_at`.
struct Situation {
    const Post* post = nullptr;
    const Verdict* verdict = nullptr;
    std::optional<Candidate> customer; ///< the best, when it is likelier than «nobody we know»
    std::optional<Matter> matter;
    bool late = false;                 ///< first seen too long after it was written, no known gap explains it
    bool backfilled = false;           ///< written long before its source was connected: decided and shown, never alerted
    bool answer_due = false;           ///< the platform wants an answer by a time that is near or past, and there is none
    bool thread_unanswered = false;    ///< the author complained in this thread before, without an answer
};

/// Asks the brand's rules in their order. Without a rule that holds, the urgency is none.
Decision decide(const Situation& situation, const config::Brand& brand);

/// The name of the rule's first condition that does not hold; null when the rule holds.
const char* failing_condition(const config::Rule& rule, const Situation& situation, const config::Brand& brand);

/// Whether any customer or case could lift this post above `none`, whoever stands in `situation`. When not, nobody needs
/// to be looked up.
bool customer_matters(const Situation& situation, const config::Brand& brand);

/// First seen more than the brand's `late_after` after it was written, unless `excused` by a known gap.
bool is_late(Time posted_at, Time first_seen_at, bool excused, const config::Brand& brand);

/// Whether the time by which an answer is wanted is near (`answer_due_before`) or past at `at`. A post from before its
/// source was connected counts only when that time was still to come at `first_seen_at`.
bool answer_is_due(const Post& post, Time at, Time first_seen_at, bool backfilled, const config::Brand& brand);

/// Followers or reactions above the brand's thresholds.
bool reach_is_great(const Post& post, const config::Brand& brand);

} // namespace larum::decide
