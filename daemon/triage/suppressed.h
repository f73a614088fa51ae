#pragma once

#include "daemon/store/installation_key.h"
#include "daemon/store/pq.h"
#include "daemon/triage/assess.h"

namespace larum::triage {

/// Turns matching off for authors on the suppression list (DESIGN I8).
void respect_suppressed(store::Transaction& transaction, BrandId brand, const store::InstallationKey& key, std::vector<Asked>& batch);

} // namespace larum::triage
