#pragma once

#include "daemon/store/posts.h"

/// What a page holds beside posts, and what follows from saving it. For posts.cpp.
namespace larum::store {

/// Keeps the present text of posts that are under a hold, before it is replaced.
void keep_held_texts(Transaction& transaction, BrandId brand, const std::vector<std::int64_t>& posts, Time now);

/// Blanks what the platform says is gone; unknown posts get a tombstone. Returns the posts blanked now.
std::vector<Id> delete_posts(Transaction& transaction, IdMaker& ids, const Reading& reading, const connectors::Page& page);

std::size_t save_contacts(Transaction& transaction, IdMaker& ids, const Reading& reading, const std::vector<Contact>& contacts);
void save_gaps(Transaction& transaction, IdMaker& ids, const Reading& reading, const std::vector<connectors::Gap>& gaps);
std::size_t bury_rejected(Transaction& transaction, IdMaker& ids, const Reading& reading, const std::vector<std::string>& rejected,
                          const std::string& source_name);
void queue_for_triage(Transaction& transaction, IdMaker& ids, BrandId brand, const std::vector<Id>& posts, const std::string& cause);

} // namespace larum::store
