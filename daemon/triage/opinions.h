#pragma once

#include "daemon/store/pq.h"
#include "daemon/triage/assess.h"

#include <vector>

/// Second opinions on borderline posts: which are worth asking for, and what was said (daemon/second asks).
namespace larum::triage {

/// The settings by which this brand's posts may be asked about; null when they may not.
const config::SecondOpinionSettings* opinions_of(const config::Config& config, const config::Brand& brand);

/// Fills `opinion` of `batch`, whose posts are `ids`, from the store.
void heed_opinions(store::Transaction& transaction, BrandId brand, const std::vector<Id>& ids,
                   const config::SecondOpinionSettings& settings, std::vector<Asked>& batch);

/// Of `ids`, the posts that may be asked about: borderline by our own reading alone. Never one that the brand wrote,
/// that may tell of a hazard or touches on what is most private, that a person spoke about, or whose author is not to be matched.
std::vector<Id> worth_asking(const std::vector<Id>& ids, const std::vector<Asked>& batch, const std::vector<Assessment>& made,
                             const config::SecondOpinionSettings& settings);

} // namespace larum::triage
