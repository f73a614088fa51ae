#pragma once

#include "daemon/store/person_traces.h"

namespace larum::store {

/// What decisions, identities and escalations claim about customers; shared by erasure and objection. Each takes
/// away what there is, says how many rows that was, and finds nothing the second time.

/// Decisions no longer name the customers, nor what was recorded of them, nor take them for candidates.
std::size_t forget_in_decisions(Transaction& transaction, BrandId brand, const std::vector<std::int64_t>& customers);

/// Escalations lose customer and case. Sent messages are written again without them.
std::size_t forget_in_escalations(Transaction& transaction, const Desk& desk, const Traces& traces);

/// The row that says that something was done about a person, not about whom.
void note_in_audit(Transaction& transaction, IdMaker& ids, const Desk& desk, const char* what, const std::string& reference);

/// «cases 3» unless there were none.
void count(PersonReport& report, const char* what, std::size_t rows);

} // namespace larum::store
