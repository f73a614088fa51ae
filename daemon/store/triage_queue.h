#pragma once

#include "core/id.h"
#include "core/model.h"
#include "daemon/store/pq.h"

#include <optional>
#include <string>
#include <vector>

/// The queue of posts that wait for a decision: a narrow row per saved page. Rows are claimed with a fence and an
/// expiry by the database's clock, so that a dead daemon's work is taken over after eight seconds.
namespace larum::store {

/// A row of the queue that is ours until it expires.
struct Claim {
    BrandId brand = 0;
    Id queue_id = 0;
    std::vector<Id> posts;
    std::string cause; ///< new, edit, contact, case, identity, verdict, promise, opinion, rerun, platform, deadline
    std::int64_t fence = 0;
    int tries = 1; ///< this one included
};

/// Takes rows of one brand until they hold `posts_max` posts, oldest first. Rows that another daemon holds, or is
/// about to take, are passed over. Commit at once: the claim is work of its own.
std::vector<Claim> claim_triage(Transaction& transaction, BrandId brand, int holder, int posts_max);

/// Deletes the row if it is still ours. False: somebody else has it, and nothing we know of it may be written.
bool finish_claim(Transaction& transaction, const Claim& claim);

/// Puts the posts of a claim back as rows of one half each, with the tries so far. False when it is not ours.
bool halve_claim(Transaction& transaction, IdMaker& ids, const Claim& claim);

/// Lets go of a claim that could not be tried (the database went away, a drain): its try does not count.
void release_claim(Transaction& transaction, const Claim& claim);

/// Posts to be decided again, in rows of at most 100. Posts that wait already wait no second time.
void enqueue_again(Transaction& transaction, IdMaker& ids, BrandId brand, const std::vector<Id>& posts,
                   const std::string& cause);

/// Posts of the last 30 days that were decided watch or more for one of these customers, or whose escalation is
/// open: a new contact, a closed case or a kept promise may change what is thought of them.
std::vector<Id> open_posts_of(Transaction& transaction, BrandId brand, const std::vector<Id>& customers);

} // namespace larum::store
