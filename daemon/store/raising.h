#pragma once

#include "daemon/escalate/escalate.h"
#include "daemon/store/escalations.h"

#include <cstdint>

/// The pure part of raising: what a batch of posts means before the database is asked.
namespace larum::store {

/// «case:…», «thread:…»; hazards begin with «hazard:», so that they wait for their own recipients. Authors
/// stand in it as a hash.
std::string subject_of(const Raised& post);

bool names_hazard(const Decision& decision);

/// Urgent for more than the hazard alone: the service desk hears of it too.
bool for_the_desk(const Decision& decision);

/// Equal for texts that differ in case, accents, punctuation, emoji, numbers, links, mentions and tags only.
/// Nothing for short texts, which many people write alike without knowing of each other.
std::optional<std::int64_t> fold_hash(std::string_view text);

/// One subject of a batch.
struct Opening {
    Id id = 0;
    std::string subject;
    std::vector<const Raised*> posts; ///< oldest first
    Urgency urgency = Urgency::none;
    bool hazard = false;
    bool desk = false;
    std::optional<std::int64_t> fold;
    std::optional<Id> folded_into;
    int step = 0;
    std::optional<Time> next_at;

    const Raised& first() const { return *posts.front(); }
    const Raised& last() const { return *posts.back(); }
};

/// Posts by subject, ordered by subject so that two daemons lock alike.
std::vector<Opening> group_by_subject(const std::vector<std::pair<std::string, const Raised*>>& posts);

/// An alert about to be written.
struct NewAlert {
    Id escalation = 0;
    const char* kind = "alert";
    int step = 0;
    Address to;
    Time due_at{};
    Time created_at{}; ///< by the post's clock
};

/// The first calls of an escalation, and its step and timer afterwards.
std::vector<NewAlert> first_alerts(Opening& opening, const config::Brand& brand, Time now);

} // namespace larum::store
