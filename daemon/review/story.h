#pragma once

#include "config/config.h"

#include <nlohmann/json_fwd.hpp>
#include <string>

/// How much of a customer the page shows. A name, and the story that hangs on it, is shown only from the brand's
/// `link_min` on, or when a person confirmed the identity; below, «probably a customer» and candidates by initials.
namespace larum::review {

bool is_certain(const nlohmann::json& probability, bool confirmed, const config::Brand& brand);

/// Whether a candidate is likely enough to be shown at all: the brand's `suggest_min`.
bool is_shown(const nlohmann::json& probability, bool confirmed, const config::Brand& brand);

/// «A. N.»; never more of a name than that.
std::string initials(const std::string& name);

/// Reasons without what only a certain customer's story may say.
nlohmann::json shown_reasons(nlohmann::json reasons, bool certain);

/// A row of store::read_queue as the page may see it.
nlohmann::json queue_item(nlohmann::json row, const config::Brand& brand);

} // namespace larum::review
