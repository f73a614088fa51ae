#pragma once

#include "daemon/store/pq.h"
#include "daemon/triage/assess.h"

#include <vector>

/// Answers that platforms and the law want by a certain time.
namespace larum::triage {

/// Takes `answer_due` from the posts that the brand has answered.
void heed_answers(store::Transaction& transaction, BrandId brand, std::vector<Asked>& batch);

} // namespace larum::triage
