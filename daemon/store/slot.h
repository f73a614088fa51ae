#pragma once

#include "core/id.h"
#include "daemon/store/pq.h"

namespace larum::store {

/// The place of one process among all that use the database (table `daemon`), leased for 8 s and renewed.
struct Slot {
    int number = 0;
    std::string holder; ///< made at random for this process
    Id not_below = 0;   ///< ids of this slot go on above it
};

/// Leases a slot that nobody has held for a minute: a process that was only asleep finds its own again.
/// Throws Error::Kind::database when all 1024 are taken.
Slot lease_slot(Pool& pool);

/// False when the slot is another's by now. Ids up to ten seconds past `last` are kept from later holders, so that
/// none repeats even when this process is killed and the clock goes back.
bool renew_slot(Pool& pool, const Slot& slot, Id last);

void give_up_slot(Pool& pool, const Slot& slot, Id last);

} // namespace larum::store
