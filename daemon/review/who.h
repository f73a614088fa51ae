#pragma once

#include "config/config.h"

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <vector>

namespace larum::review {

/// Who the author may be: {customer, candidates, nobody, hidden, bands}. `raw` is what store::read_post gave,
/// `customers` what read_customers gave of everyone named in it.
///
/// Candidates stand in the order of their probability, what people said first; each has its band (link, suggest) and
/// its evidence as a walk: {start, evidence: [{field, says, post, record, weight, sum, probability}], sum}. A
/// candidate in the band «hide» is only counted, in `hidden`, unless a person settled it.
///
/// Nothing of a customer's records beyond what the page shows elsewhere: addresses and phones are cut; of who is not
/// certain only initials stand there and what the post says itself.
nlohmann::json who(const nlohmann::json& raw, const nlohmann::json& customers, const config::Brand& brand);

/// Ids of all customers that `raw` (store::read_post) names.
std::vector<std::int64_t> named_customers(const nlohmann::json& raw);

} // namespace larum::review
