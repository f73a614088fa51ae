#pragma once

#include "daemon/store/migration.h"
#include "daemon/store/pq.h"

namespace larum::store {

/// Where a database stands.
struct SchemaState {
    int version = 0;        ///< of the last migration applied; 0: none
    int oldest_allowed = 0; ///< a larum that knows fewer migrations than this must not run on it
};

/// Brings the database to the last of `migrations`, each in a transaction of its own, under a lock: of any number
/// of processes one does it and the others find it done. Migrations only go forward and only add.
/// A database that is newer is left alone when it allows us.
///
/// Each migration names in a line «-- oldest allowed: N» which migration a larum must know to go on running
/// beside it. Throws Error::Kind::config when one was edited after it was applied, or when the database no longer
/// allows a larum that knows only `migrations`.
SchemaState migrate(Pool& pool, const std::vector<Migration>& migrations = all_migrations());

/// Inside one transaction, for a restore: waits for its turn and applies what `migrations` has from the version the
/// database has to `last`.
void apply_migrations(Transaction& transaction, const std::vector<Migration>& migrations, int last);

/// Zeros when nothing was ever applied.
SchemaState schema_state(Pool& pool);

/// Throws what `migrate` would when the database does not allow a larum that knows `known` migrations.
void check_allowed(const SchemaState& state, int known);

/// The number in the line «-- oldest allowed: N»; throws Error::Kind::bug when there is none.
int oldest_allowed(const Migration& migration);

} // namespace larum::store
