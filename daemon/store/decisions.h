#pragma once

#include "core/id.h"
#include "core/model.h"
#include "daemon/store/pq.h"

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

/// Decisions are appended rows, one per post and revision; identities are kept beside them.
///
/// The columns of `decision` in JSON: `verdict` as `larum judge` prints it without id (of an uninteresting post
/// only what is above zero); `reasons` as the README promises; `story` is
/// {"case_ref", "contacts", "attempts", "channels": [..], "promise_broken_at", "nobody": p,
///  "candidates": [{"customer_id": "..", "ref", "probability", "linked": ["..", ..],
///                  "evidence": [{"field", "post", "record", "weight"}]}]}, null where nobody was looked for.
namespace larum::store {

/// A post as it waits for a decision.
struct Waiting {
    Id id = 0;
    Post post;
    Time first_seen_at{};
    bool late_excused = false;
    bool backfilled = false; ///< written long before its source was connected
    int revision = 0; ///< of its next decision
};

/// Posts that still have a text to decide on, in the order of `ids`; deleted and ended ones are left out.
/// `Post::source` is the name of its source.
std::vector<Waiting> waiting_posts(Transaction& transaction, BrandId brand, const std::vector<Id>& ids);

/// The post PLATFORM:ID names, whatever became of it; nothing when there is none.
std::optional<Waiting> find_post(Transaction& transaction, BrandId brand, const std::string& platform, const std::string& native_id);

struct NewDecision {
    Id post = 0;
    int revision = 0;
    std::string cause;
    const Verdict* verdict = nullptr;
    const MatchResult* match = nullptr;
    const Decision* decision = nullptr;
    std::int64_t odds = 0; ///< packed; 0 where nobody was looked for
};

void insert_decisions(Transaction& transaction, BrandId brand, const std::vector<NewDecision>& decisions, Time now);

/// «author:KEY», or «post:ID» where the author has no id.
std::string identity_subject(Id post_id, const Post& post);

struct NewIdentity {
    std::string subject;
    Candidate candidate;
};

/// Suggests identities. What people confirmed or rejected stays as they left it.
void suggest_identities(Transaction& transaction, BrandId brand, const std::vector<NewIdentity>& identities, IdMaker& ids, Time now);

} // namespace larum::store
