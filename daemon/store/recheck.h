#pragma once

#include "core/model.h"
#include "daemon/store/pq.h"

#include <optional>
#include <vector>

/// Posts with open escalations are looked at again, for edits and deletion.
namespace larum::store {

/// What a connector needs to find a post again and to tell an edit: platform, realm, native id, parent, kind, author
/// key, author handle, posted_at, url, author name, text and own, in this order from column `from` on.
Post read_sought(const Rows& rows, std::size_t row, int from);
inline constexpr const char* sought_columns =
    "p.platform, p.realm, p.native_id, p.parent_native_id, p.kind, p.author_key, p.author_handle, p.posted_at, p.url,"
    " p.author_name, p.text, p.own";

/// One of `sources` that has posts whose escalation is due for a look at `now`.
std::optional<Id> source_to_recheck(Transaction& transaction, BrandId brand, const std::vector<Id>& sources, Time now);

struct Recheck {
    struct Escalation {
        Id id = 0;
        Time opened_at{};
        Time next{}; ///< for set_rechecks
    };
    std::vector<Post> posts; ///< as `read_sought` gives them
    std::vector<Escalation> escalations;
};

/// At most `most` posts of the source, of the escalations that have waited longest.
Recheck posts_to_recheck(Transaction& transaction, BrandId brand, Id source, std::size_t most, Time now);

void set_rechecks(Transaction& transaction, BrandId brand, const std::vector<Recheck::Escalation>& escalations);

} // namespace larum::store
