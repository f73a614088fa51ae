#pragma once

#include "core/model.h"

#include <memory>
#include <vector>

namespace larum::match {

/// One person among the candidates: the records as they are, or several linked ones put together.
struct Person {
    const Records* records = nullptr;
    std::shared_ptr<Records> together; ///< what `records` points to when several are linked
};

/// The candidates grouped by person: records that share e-mail or phone and a word of the name are linked. In the
/// order of the first record of each.
std::vector<Person> linked_people(const std::vector<const Records*>& candidates);

} // namespace larum::match
