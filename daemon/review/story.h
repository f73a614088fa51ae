#pragma once

#include "config/config.h"

#include <nlohmann/json_fwd.hpp>
#include <string>

/// How much of a customer the page shows. A name, and the story that hangs on it, is shown only from the brand's
/// `link_min` on, or when a person confirmed the identity; below, «probably a customer» and candidates by initials.
namespace larum::review {

bool is_certain(const nlohmann::json& probability, bool confirmed, const config::Brand& brand);

/// «A. N.»; never more of a name than that.
std::string initials(const std::string& name);

/// Reasons without what only a certain customer's story may say.
nlohmann::json shown_reasons(nlohmann::json reasons, bool certain);

/// A row of store::read_queue as the page may see it.
nlohmann::json queue_item(nlohmann::json row, const config::Brand& brand);

/// Who the author may be: {state, probability, certain, customer, candidates}. `raw` is what store::read_post
/// gave, `customers` what read_customers gave of everyone named in it.
nlohmann::json who(const nlohmann::json& raw, const nlohmann::json& customers, const config::Brand& brand);

/// Ids of all customers that `raw` (store::read_post) names.
std::vector<std::int64_t> named_customers(const nlohmann::json& raw);

} // namespace larum::review
