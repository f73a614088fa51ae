#pragma once

#include "daemon/escalate/escalate.h"
#include "daemon/store/pq.h"

#include "core/id.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

/// Alerts on their way. Whoever takes one holds a lease of a few seconds; every write behind it asks whether its
/// fencing number is still the alert's.
namespace larum::store {

/// An alert that is ours to send, or to edit. Its try is already committed when the caller gets it.
struct TakenAlert {
    Id id = 0;
    std::int64_t fence = 0;
    int attempt = 0;
    int unknown = 0;    ///< earlier tries whose outcome nobody knows
    Id escalation = 0;  ///< 0: none
    std::string kind;   ///< alert, digest, notice, test
    int step = 0;
    Address to;
    std::string body;   ///< JSON of digest and notice
    std::string once;
    Time created_at{};
    std::string message_id; ///< of an edit
    std::optional<std::int64_t> sent_hash;
};

/// The next due alert of the brand whose channel does not rest; nothing when there is none.
std::optional<TakenAlert> take_due(Transaction& transaction, BrandId brand_id, const std::vector<std::string>& resting,
                                   int holder, Time now);

/// The next delivered alert whose message does not show the latest news of its escalation.
std::optional<TakenAlert> take_news(Transaction& transaction, BrandId brand_id, const std::vector<std::string>& resting,
                                    int holder, Time now);

/// A message that counts (of a burst) whose count has grown.
std::optional<TakenAlert> take_grown(Transaction& transaction, BrandId brand_id, const std::vector<std::string>& resting,
                                     int holder, Time now);

/// What a message shows once it stands.
struct Shown {
    std::string message_id;
    int revision = 1;
    std::int64_t hash = 0;
    Id post = 0;
    bool ended = false; ///< a stub: nothing will change any more
};

// How a try ended. False when the lease was lost meanwhile: then only the delivery keeps the outcome.
bool write_delivered(Transaction&, BrandId, const TakenAlert&, const Shown&, Time now);
bool write_later(Transaction&, BrandId, const TakenAlert&, const std::string& reason, Time due_at, bool unknown, Time now);
bool write_refused(Transaction&, BrandId, const TakenAlert&, const std::string& reason, Time now);
/// Not sent after all: acknowledged, answered or deleted in the meantime. The try is taken back.
bool write_cancelled(Transaction&, BrandId, const TakenAlert&, const std::string& reason, Time now);

// The same for edits: the alert stays delivered.
bool write_edited(Transaction&, BrandId, const TakenAlert&, const Shown&, Time now);
bool write_edit_later(Transaction&, BrandId, const TakenAlert&, const std::string& reason, Time due_at, Time now);
/// Nothing that a reader would see has changed, or the channel cannot edit: no call was made.
bool write_unchanged(Transaction&, BrandId, const TakenAlert&, const Shown&);
/// Marks, before it is sent, that a last message follows; the lease goes on.
bool write_ended(Transaction&, BrandId, const TakenAlert&, Time now);
/// The message can no longer be changed: larum lets go of it.
bool write_edit_refused(Transaction&, BrandId, const TakenAlert&, const std::string& reason, int revision, Time now);

/// What was folded into one message is folded into another.
void move_folded(Transaction& transaction, BrandId brand_id, Id from, Id to);

/// Where alerts of this escalation have gone already, by any step.
std::vector<Address> used_addresses(Transaction& transaction, BrandId brand_id, Id escalation);

} // namespace larum::store
