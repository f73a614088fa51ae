#include "daemon/store/backup.h"

#include "daemon/store/backup_file.h"
#include "daemon/store/migrate.h"
#include "daemon/store/suppressed_again.h"
#include "daemon/version.h"

namespace larum::store {

namespace {

/// Tables in the order in which they were made: what a foreign key points to comes before it. `schema` is made by
/// the migrations, sessions end with a restore.
std::vector<BackupTable> tables_of(Transaction& transaction) {
    const auto rows = transaction.run(
        "SELECT c.relname, array_agg(a.attname::text ORDER BY a.attnum) "
        "FROM pg_class c "
        "JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = '' "
        "WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition "
        "AND c.relname NOT IN ('schema', 'session') "
        "GROUP BY c.oid, c.relname "
        "ORDER BY c.oid");
    std::vector<BackupTable> tables;
    for (std::size_t row = 0; row < rows.size(); ++row) tables.push_back({rows.at(row, 0).text(), rows.at(row, 1).texts()});
    return tables;
}

BackupHead head_of(Transaction& transaction, const InstallationKey& key, Time now) {
    BackupHead head;
    head.key_check = key.check();
    head.made_by = version;
    head.taken_at = now;
    const auto rows = transaction.run("SELECT version, digest FROM schema ORDER BY version");
    for (std::size_t row = 0; row < rows.size(); ++row) head.digests.push_back(rows.at(row, 1).text());
    head.schema = static_cast<int>(rows.size());
    return head;
}

void check_head(const BackupHead& head, const InstallationKey& key) {
    const auto known = all_migrations();
    if (head.schema < 1 || head.digests.size() != static_cast<std::size_t>(head.schema))
        throw Error(Error::Kind::input, "the backup does not say which schema it has");
    if (head.schema > static_cast<int>(known.size()))
        throw Error(Error::Kind::input, "the backup is of schema " + std::to_string(head.schema) + ", this larum knows " +
                                            std::to_string(known.size()) + ": update larum");
    for (int i = 0; i < head.schema; ++i)
        if (head.digests[i] != known[i].digest)
            throw Error(Error::Kind::input, "the backup is of a larum with another migration " + known[i].name +
                                                ": restore it with the larum that made it (" + head.made_by + ")");
    if (head.key_check != key.check())
        throw Error(Error::Kind::refused, "the backup was made with another installation key, without which nobody on its "
                                          "suppression list is known again: put that key (file \"key\" of its state folder, or "
                                          "the credential installation_key) in place first");
}

void check_alone(Transaction& transaction) {
    if (!transaction.run("SELECT to_regclass('daemon') IS NOT NULL").at(0, 0).yes()) return;
    const auto rows = transaction.run("SELECT count(*) FROM daemon WHERE heartbeat_until > larum_now()");
    if (rows.at(0, 0).integer() > 0)
        throw Error(Error::Kind::refused, "larum is working on this database: stop it (systemctl stop larum), then restore");
}

/// The store as it was steps aside, so that what is newer in it can be looked up; it goes at the end.
void set_aside(Transaction& transaction) {
    transaction.script("SET LOCAL statement_timeout = 0;"
                       "DROP SCHEMA IF EXISTS larum_before CASCADE;"
                       "CREATE SCHEMA larum_before");
    const auto tables = transaction.run("SELECT quote_ident(tablename) FROM pg_tables WHERE schemaname = current_schema()");
    if (tables.size() > 0 && !transaction.run("SELECT to_regclass('schema') IS NOT NULL").at(0, 0).yes())
        throw Error(Error::Kind::refused, "this database holds tables that are not larum's; restore into one of its own");
    for (std::size_t row = 0; row < tables.size(); ++row)
        transaction.script("ALTER TABLE " + tables.at(row, 0).text() + " SET SCHEMA larum_before");
    const auto functions = transaction.run("SELECT oid::regprocedure::text FROM pg_proc "
                                           "WHERE pronamespace = current_schema()::regnamespace AND proname LIKE 'larum%'");
    for (std::size_t row = 0; row < functions.size(); ++row)
        transaction.script("ALTER FUNCTION " + functions.at(row, 0).text() + " SET SCHEMA larum_before");
}

std::size_t load(Transaction& transaction, BackupReader& reader) {
    std::size_t rows = 0;
    BackupTable table;
    std::vector<std::string> fields;
    std::vector<bool> nulls;
    std::vector<Param> parameters;
    while (reader.next_table(table)) {
        const auto copy = transaction.copy_into(table.name, table.columns);
        while (reader.next_row(fields, nulls)) {
            if (fields.size() != table.columns.size())
                throw Error(Error::Kind::input, "the backup is damaged: a row of " + table.name + " has another number of columns");
            parameters.clear();
            for (std::size_t i = 0; i < fields.size(); ++i)
                parameters.push_back(nulls[i] ? Param(nullptr) : Param(fields[i]));
            copy->row(parameters);
            ++rows;
        }
        copy->finish();
    }
    return rows;
}

std::size_t write_rows(Transaction& transaction, const BackupTable& table, BackupWriter& writer) {
    std::string columns;
    for (const auto& column : table.columns) columns += (columns.empty() ? "" : ",") + column;
    transaction.script("DECLARE rows NO SCROLL CURSOR FOR SELECT " + columns + " FROM " + table.name);
    std::size_t written = 0;
    for (;;) {
        const auto rows = transaction.run("FETCH FORWARD 2000 FROM rows");
        for (std::size_t row = 0; row < rows.size(); ++row) writer.row(rows, row, static_cast<int>(table.columns.size()));
        written += rows.size();
        if (rows.empty()) break;
    }
    transaction.script("CLOSE rows");
    return written;
}

} // namespace

BackupReport backup(Pool& pool, const InstallationKey& key, Time now, std::FILE* out) {
    BackupReport report;
    const auto transaction = pool.begin();
    transaction->script("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY; SET LOCAL statement_timeout = 0");
    BackupWriter writer(out, head_of(*transaction, key, now));
    for (const auto& table : tables_of(*transaction)) {
        writer.begin(table);
        report.rows += write_rows(*transaction, table, writer);
        writer.end_table();
        ++report.tables;
    }
    report.bytes = writer.finish();
    return report;
}

RestoreReport restore(Pool& pool, const InstallationKey& key, const Clock& clock, std::FILE* in) {
    BackupReader reader(in);
    check_head(reader.head(), key);
    RestoreReport report;
    report.schema = reader.head().schema;
    report.taken_at = reader.head().taken_at;

    const auto transaction = pool.begin();
    check_alone(*transaction);
    set_aside(*transaction);
    apply_migrations(*transaction, all_migrations(), report.schema);
    report.rows = load(*transaction, reader);
    apply_migrations(*transaction, all_migrations(), all_migrations().back().version);
    transaction->run("UPDATE schema SET key_check = $1 WHERE version = 1", {key.check()});
    suppress_again(*transaction, key, clock, report);
    transaction->script("DROP SCHEMA larum_before CASCADE");
    transaction->commit();
    return report;
}

} // namespace larum::store
