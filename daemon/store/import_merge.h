#pragma once

#include "core/id.h"
#include "core/model.h"
#include "daemon/store/import_columns.h"

#include <string>
#include <vector>

/// What a row of a file makes of what the store knew. Pure.
namespace larum::store {

/// Every cell of a row as the store keeps it; empty also stands for null. References are ids.
using Values = std::vector<std::string>;

struct Merged {
    Values values;
    std::string problem; ///< why the row cannot be kept; empty when it can
};

/// `known`: the row as it is stored; null for a new one. What the file does not say stays or gets its default.
/// A case that is closed without a time closes when it was updated; one that is open again is no longer closed.
/// A new contact needs channel, direction and time.
Merged merge(ImportKind kind, Cells cells, const Values* known);

Customer customer_of(Id id, const Values& values);
Case case_of(Id id, const Values& values);

} // namespace larum::store
