#pragma once

#include "daemon/store/posts.h"

#include <optional>
#include <string>
#include <vector>

/// What becomes of the posts of a page, step by step. For posts.cpp, which says in which order.
namespace larum::store {

/// What the store knew of a post before this page.
struct Known {
    Id id = 0;
    std::optional<std::int64_t> text_hash, earlier_hash;
    std::optional<Time> edited_at;
    std::optional<std::int64_t> rating;
    bool deleted = false;
    bool seen_here = false;
    bool nameless = false; ///< it came from somewhere that tells only the author's id
    Metrics metrics;
    std::optional<Time> answer_by;
    bool other_orders = false; ///< the page names orders that the store does not have
};

/// A post of the page on its way into the store.
struct Arriving {
    const Post* post = nullptr;
    std::int64_t text_hash = 0;
    std::optional<Known> known;
    Id id = 0;
    std::optional<std::int64_t> link_hash; ///< of one that is not known; set by join_reported
};

/// A page may hold a post twice (two edits of it): the later one counts.
std::vector<Arriving> arriving_of(const connectors::Page& page);

/// Finds those that are known by their native id.
void look_up(Transaction& transaction, const Reading& reading, std::vector<Arriving>& arriving);

/// Finds posts that are there under another id, handed in or brought by a source, and makes one of the two. Those that
/// must be judged again for it.
std::vector<Id> join_reported(Transaction& transaction, const Reading& reading, std::vector<Arriving>& arriving);

/// Inserts the posts that are new and notes them as seen by this source.
void add_new(Transaction& transaction, IdMaker& ids, const Reading& reading, const connectors::Page& page,
             std::vector<Arriving>& arriving, Saved& saved);

// ---- of those that were known ----

/// Gives those that have another text or other stars now.
std::vector<Id> apply_edits(Transaction& transaction, const Reading& reading, const std::vector<Arriving>& arriving);

/// A line may bring a post with the author's id alone; whoever brings it next tells how they are called.
std::vector<Id> name_authors(Transaction& transaction, const Reading& reading, const std::vector<Arriving>& arriving);

/// Posts of which the platform now says something else beside the text. An older copy says nothing.
std::vector<Id> take_restated(Transaction& transaction, const Reading& reading, const std::vector<Arriving>& arriving);

void update_counts(Transaction& transaction, const Reading& reading, const std::vector<Arriving>& arriving);

/// Notes that this source, too, saw posts that another brought.
void note_seen(Transaction& transaction, const Reading& reading, const std::vector<Arriving>& arriving);

/// A webhook brought what a poll had found before it: it was slower, and missed nothing.
void end_awaiting(Transaction& transaction, const Reading& reading, const std::vector<Arriving>& arriving);

// ---- as columns take them ----

using Texts = std::vector<std::optional<std::string>>;

inline std::optional<std::string> or_null(const std::string& text) {
    return text.empty() ? std::nullopt : std::optional<std::string>(text);
}

template <class T>
std::optional<std::string> number_or_null(const std::optional<T>& number) {
    return number ? std::optional<std::string>(std::to_string(*number)) : std::nullopt;
}

inline std::optional<std::string> time_or_null(const std::optional<Time>& time) {
    return time ? std::optional<std::string>(format_time(*time)) : std::nullopt;
}

std::optional<std::string> attachments_of(const Post& post);

/// Whether a webhook should have brought a post that this reading brings.
inline bool awaited(const Reading& reading, const Post& post) {
    return !reading.by_webhook && reading.webhook_since && post.posted_at >= *reading.webhook_since;
}

} // namespace larum::store
