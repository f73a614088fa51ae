#pragma once

#include "core/id.h"
#include "daemon/judge/correction.h"
#include "daemon/store/pq.h"

#include <map>
#include <vector>

namespace larum::store {

/// What people last said about the words of these posts; only those of which anything was said. A correction of a
/// text that was edited since does not count.
std::map<Id, Correction> corrections(Transaction& transaction, BrandId brand_id, const std::vector<Id>& posts);

} // namespace larum::store
