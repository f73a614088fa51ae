#pragma once

#include "core/id.h"
#include "daemon/store/pq.h"

#include <string>
#include <vector>

namespace larum::store {

/// What became of a post, a line each, oldest first: decisions, escalations, alerts with their deliveries, and
/// whether it waits or was put aside. No words of the post and nothing of a customer but references.
std::vector<std::string> history_of_post(Transaction& transaction, BrandId brand, Id post_id);

} // namespace larum::store
