#pragma once

#include "core/model.h"
#include "daemon/store/posts.h"

#include <optional>
#include <vector>

/// Posts that their platform wants to be looked at again within a time, so that deletions and edits follow. One that
/// nobody could look at in time loses its text (retention_steps.h).
namespace larum::store {

/// Puts new posts on the list where the platform asks for it.
void keep_refreshed(Transaction& transaction, const Reading& reading, const std::vector<Id>& fresh);

/// One of `sources` with a post that is due for a look at `now`.
std::optional<Id> source_to_refresh(Transaction& transaction, BrandId brand, const std::vector<Id>& sources, Time now);

struct Sought {
    std::vector<Id> ids; ///< of `posts`
    std::vector<Post> posts;
};
/// At most `most` due posts of the source. Those whose text has ended meanwhile leave the list.
Sought posts_to_refresh(Transaction& transaction, BrandId brand, Id source, std::size_t most, Time now);

/// They were looked at: the next look is half of `within` away.
void note_refreshed(Transaction& transaction, BrandId brand, const std::vector<Id>& posts, Span within, Time now);
/// They could not be: tried again at `next`; their end stays where it was.
void put_off_refresh(Transaction& transaction, BrandId brand, const std::vector<Id>& posts, Time next);

} // namespace larum::store
