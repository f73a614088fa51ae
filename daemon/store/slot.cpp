#include "daemon/store/slot.h"

#include "core/crypto.h"
#include "daemon/version.h"

namespace larum::store {

namespace {

constexpr long long slot_lock = 0x736c6f74;

/// The milliseconds stand above 22 bits of slot and sequence (core/id.h).
constexpr Id ten_seconds_of_ids = Id{10'000} << 22;

} // namespace

Slot lease_slot(Pool& pool) {
    Slot slot;
    slot.holder = to_hex(random_bytes(8));
    pool.with([&](Transaction& transaction) {
        transaction.run("SELECT pg_advisory_xact_lock($1)", {slot_lock});
        // The one that rested longest, so that a process that was suspended has the best chance to find its own.
        const auto rows = transaction.run("SELECT number, coalesce(last_id, 0) "
                                          "FROM generate_series(0, 1023) AS number "
                                          "LEFT JOIN daemon ON slot = number "
                                          "WHERE slot IS NULL OR heartbeat_until < larum_now() - interval '1 minute' "
                                          "ORDER BY heartbeat_until NULLS FIRST, number "
                                          "LIMIT 1");
        if (rows.empty()) throw DatabaseError("database: all 1024 places for processes of larum are taken", "");
        slot.number = static_cast<int>(rows.at(0, 0).integer());
        slot.not_below = rows.at(0, 1).integer();
        transaction.run("INSERT INTO daemon (slot, holder, last_id, version, heartbeat_until) "
                        "VALUES ($1, $2, $3, $4, larum_now() + interval '8 s') "
                        "ON CONFLICT (slot) DO UPDATE SET holder = excluded.holder, version = excluded.version, "
                        "heartbeat_until = excluded.heartbeat_until",
                        {slot.number, slot.holder, static_cast<long long>(slot.not_below), version});
    });
    return slot;
}

bool renew_slot(Pool& pool, const Slot& slot, Id last) {
    bool ours = false;
    pool.with([&](Transaction& transaction) {
        ours = transaction
                   .run("UPDATE daemon SET heartbeat_until = larum_now() + interval '8 s', "
                        "last_id = greatest(last_id, $3::bigint) WHERE slot = $1 AND holder = $2",
                        {slot.number, slot.holder, static_cast<long long>(last + ten_seconds_of_ids)})
                   .affected() == 1;
    });
    return ours;
}

void give_up_slot(Pool& pool, const Slot& slot, Id last) {
    pool.with([&](Transaction& transaction) {
        transaction.run("UPDATE daemon SET heartbeat_until = larum_now(), last_id = greatest(last_id, $3::bigint) "
                        "WHERE slot = $1 AND holder = $2",
                        {slot.number, slot.holder, static_cast<long long>(last)});
    });
}

} // namespace larum::store
