#pragma once

#include "core/id.h"
#include "core/time.h"
#include "daemon/match/mixture.h"
#include "daemon/store/pq.h"

namespace larum::store {

/// How many cases of a brand had each standing at `at`: what a single case is one of.
match::Standings count_cases(Transaction& transaction, BrandId brand, Time at);

} // namespace larum::store
