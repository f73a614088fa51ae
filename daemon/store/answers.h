#pragma once

#include "core/model.h"
#include "daemon/store/pq.h"

#include <optional>
#include <string>
#include <vector>

/// What platforms say of a post beside its words: when an answer is due, and which orders it is about.
namespace larum::store {

/// What a platform now says of a post that was known.
struct Restated {
    Id post = 0;
    std::optional<Time> answer_by;         ///< nothing: no answer is wanted, or wanted any more
    std::optional<std::string> order_refs; ///< a JSON list; nothing: it does not say, and what was known stays
};

/// The JSON list that `post.order_refs` keeps; nothing for a post that names none. Bounded.
std::optional<std::string> order_refs_of(const Post& post);

/// Writes it down; whose text has ended gets nothing back. Where an answer is wanted no more, escalations whose latest post
/// it is count as answered: their timer stops. Gives the posts that changed.
std::vector<Id> restate(Transaction& transaction, BrandId brand, const std::vector<Restated>& restated, bool awaits, Time now);

/// Queues the posts for a new decision whose answer is wanted at `until` or before, at most 500: each once, whoever asks.
/// True when there were any.
bool queue_due_answers(Transaction& transaction, IdMaker& ids, BrandId brand, Time until);

/// These were decided with their deadline in view: nobody need be reminded of them.
void note_due_seen(Transaction& transaction, BrandId brand, const std::vector<Id>& posts);

/// Which of `posts` have a reply of the brand beneath them, by place.
std::vector<bool> answered(Transaction& transaction, BrandId brand, const std::vector<const Post*>& posts);

} // namespace larum::store
