#pragma once

#include "core/id.h"
#include "daemon/judge/correction.h"
#include "daemon/store/installation_key.h"
#include "daemon/store/pq.h"

#include <string>
#include <vector>

namespace larum::store {

/// A post about whose words people said something, with what they said.
struct ReviewedPost {
    std::string text, lang;
    std::string author_key, author_name, author_handle; ///< empty where hidden
    std::string thread;                                 ///< the post it stands under; empty: none
    Correction said;
};

/// The newest `most` posts of the brand that people corrected, settled as a matter of theirs, or dismissed as no
/// complaint. What was said before an edit does not count. Left out: texts that ended, deleted posts, the brand's own,
/// and everybody who objected.
std::vector<ReviewedPost> reviewed_posts(Transaction& transaction, BrandId brand, const InstallationKey& key, int most);

} // namespace larum::store
