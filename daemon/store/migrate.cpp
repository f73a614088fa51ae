#include "daemon/store/migrate.h"

#include <algorithm>
#include <cstdlib>

namespace larum::store {

namespace {

/// Two processes that start at once take turns by it. Any number that nobody else uses: «larum».
constexpr long long migration_lock = 0x6c6172756d;

void make_schema_table(Transaction& transaction) {
    transaction.run("SELECT pg_advisory_xact_lock($1)", {migration_lock});
    transaction.script("SET LOCAL statement_timeout = 0;"
                       "CREATE TABLE IF NOT EXISTS schema ("
                       "  version integer PRIMARY KEY,"
                       "  name text NOT NULL,"
                       "  digest text NOT NULL,"
                       "  oldest_allowed integer NOT NULL,"
                       "  key_check text," // of the installation key; in the first row only
                       "  applied_at timestamptz NOT NULL DEFAULT now())");
}

bool has_schema_table(Transaction& transaction) {
    return transaction.run("SELECT to_regclass('schema') IS NOT NULL").at(0, 0).yes();
}

SchemaState read_state(Transaction& transaction) {
    const auto rows = transaction.run("SELECT coalesce(max(version), 0), coalesce(max(oldest_allowed), 0) FROM schema");
    return {static_cast<int>(rows.at(0, 0).integer()), static_cast<int>(rows.at(0, 1).integer())};
}

/// An applied migration is history: its text must be the one that was applied.
void check_digests(Transaction& transaction, const std::vector<Migration>& migrations) {
    const auto rows = transaction.run("SELECT version, digest FROM schema ORDER BY version");
    for (std::size_t row = 0; row < rows.size(); ++row) {
        const auto version = rows.at(row, 0).integer();
        const auto known = std::find_if(migrations.begin(), migrations.end(),
                                        [&](const Migration& one) { return one.version == version; });
        if (known == migrations.end() || known->digest == rows.at(row, 1).view()) continue;
        throw Error(Error::Kind::config, "database: migration " + known->name +
                                             " was edited after it was applied here; run the larum it belongs to, or "
                                             "put the change into a migration of its own");
    }
}

void apply(Transaction& transaction, const Migration& migration) {
    try {
        transaction.script(migration.sql);
    } catch (const DatabaseError& error) {
        throw DatabaseError("migration " + migration.name + " failed, nothing of it was kept: " + error.what(),
                            error.sqlstate(), error.broken());
    }
    transaction.run("INSERT INTO schema (version, name, digest, oldest_allowed) VALUES ($1, $2, $3, $4)",
                    {migration.version, migration.name, migration.digest, oldest_allowed(migration)});
}

} // namespace

int oldest_allowed(const Migration& migration) {
    static constexpr std::string_view mark = "-- oldest allowed: ";
    const auto at = migration.sql.find(mark);
    const int number = at == std::string::npos ? 0 : std::atoi(migration.sql.c_str() + at + mark.size());
    if (number < 1 || number > migration.version)
        throw Error(Error::Kind::bug, "migration " + migration.name + " lacks its line \"-- oldest allowed: N\" with N "
                                      "from 1 to its own number");
    return number;
}

void check_allowed(const SchemaState& state, int known) {
    if (state.oldest_allowed <= known) return;
    throw Error(Error::Kind::config, "database: its schema (" + std::to_string(state.version) +
                                         ") needs a larum that knows at least migration " +
                                         std::to_string(state.oldest_allowed) + "; this one knows " +
                                         std::to_string(known) + ": update larum");
}

SchemaState schema_state(Pool& pool) {
    SchemaState state;
    pool.with([&](Transaction& transaction) {
        state = has_schema_table(transaction) ? read_state(transaction) : SchemaState{};
    });
    return state;
}

void apply_migrations(Transaction& transaction, const std::vector<Migration>& migrations, int last) {
    make_schema_table(transaction);
    check_digests(transaction, migrations);
    for (const auto& migration : migrations)
        if (migration.version > read_state(transaction).version && migration.version <= last) apply(transaction, migration);
}

SchemaState migrate(Pool& pool, const std::vector<Migration>& migrations) {
    const int known = migrations.empty() ? 0 : migrations.back().version;
    SchemaState state;
    pool.with([&](Transaction& transaction) {
        state = {};
        if (!has_schema_table(transaction)) return;
        state = read_state(transaction);
        check_digests(transaction, migrations);
    });
    check_allowed(state, known);
    if (state.version >= known) return state; // the usual start: no lock, no writing
    for (const auto& migration : migrations)
        pool.with([&](Transaction& transaction) { apply_migrations(transaction, migrations, migration.version); });
    state = schema_state(pool);
    check_allowed(state, known);
    return state;
}

} // namespace larum::store
