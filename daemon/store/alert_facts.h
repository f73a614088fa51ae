#pragma once

#include "daemon/dispatch/wording.h"
#include "daemon/store/pq.h"

#include <optional>

/// What the store knows that an alert could say.
namespace larum::store {

/// The escalation with its latest post that still stands (`text_gone` when none does), the decision on it, who may
/// have written it, the case and what was tried. Nothing when there is no such escalation.
std::optional<dispatch::Facts> read_facts(Transaction& transaction, BrandId brand_id, Id escalation);

/// Topics of the flags that were folded into a digest.
dispatch::Digest read_digest(Transaction& transaction, BrandId brand_id, Id alert);

int count_folded(Transaction& transaction, BrandId brand_id, Id alert);

} // namespace larum::store
