#pragma once

#include "core/model.h"

#include <vector>

namespace larum::match {

/// The candidates grouped by person: records that share e-mail or phone and a word of the name are linked, their
/// cases and contacts put together. In the order of the first record of each.
std::vector<Records> linked_people(const std::vector<const Records*>& candidates);

} // namespace larum::match
