#pragma once

#include "core/id.h"
#include "daemon/store/pq.h"

#include <vector>

namespace larum::store {

/// Posts that a poll found before `before`, and that no webhook has brought since, were missed by it: adds them to
/// their sources' count where webhooks are `promised`. Each post is settled once.
void count_misses(Transaction& transaction, BrandId brand, const std::vector<Id>& promised, Time before);

} // namespace larum::store
