#pragma once

#include "daemon/store/installation_key.h"
#include "daemon/store/pq.h"

#include <cstdio>
#include <string>

/// The whole store in one file, and back.
///
/// The file is text: a line of JSON (schema version with digests, when, by which larum), then per table a line
/// «COPY name (columns)», its rows in COPY's text format and «\.», then «END» with the SHA-256 of all before it.
/// It holds people's data, is written with mode 0600, and never the installation key: keep that apart. Sessions of
/// the review page are not in it.
namespace larum::store {

struct BackupReport {
    std::size_t tables = 0;
    std::size_t rows = 0;
    std::size_t bytes = 0;
};

/// Writes the store as it is at one moment, while others go on working.
BackupReport backup(Pool& pool, const InstallationKey& key, Time now, std::FILE* out);

struct RestoreReport {
    int schema = 0;        ///< version of the backup
    Time taken_at{};
    std::size_t rows = 0;
    std::size_t suppressed = 0; ///< entries of the suppression list that are newer than the backup and were kept
    std::size_t erased = 0;     ///< people in the backup who had been erased since, and were erased again
    std::size_t objected = 0;   ///< people who had objected since, and are not matched
};

/// Replaces the store by what `in` holds, in one transaction: all of it or nothing. The suppression list of the store
/// as it was is kept and applied: who was erased or objected after the backup stays so. A backup of an older
/// schema is migrated forward. Throws Error::Kind::refused while a larum works on the database or when its key is
/// another, Error::Kind::input when the file is no backup, was cut or changed, or is of a newer larum.
RestoreReport restore(Pool& pool, const InstallationKey& key, const Clock& clock, std::FILE* in);

} // namespace larum::store
