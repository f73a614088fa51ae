#pragma once

#include "core/id.h"
#include "daemon/store/import_columns.h"
#include "daemon/store/installation_key.h"
#include "daemon/store/pq.h"

#include <cstdint>
#include <string>
#include <vector>

/// Rows of a file on their way into the database, some ten thousand at once.
namespace larum::store {

struct ImportRow {
    std::uint64_t line = 0;
    std::string raw;
    Cells cells; ///< checked and normalized
};

/// A row that is not imported, as it stood. Without a reason it goes on what stands before it.
struct SetAside {
    std::uint64_t line = 0;
    std::string raw;
    std::string reason;
};

/// Each reference stands once in a chunk.
struct ImportChunk {
    std::uint64_t read = 0;       ///< rows of the file that went into it
    std::uint64_t bytes_read = 0; ///< of the file, up to its end
    std::vector<ImportRow> rows;
    std::vector<SetAside> set_aside;
};

struct ImportCounts {
    std::uint64_t read = 0;
    std::uint64_t added = 0;
    std::uint64_t changed = 0;
    std::uint64_t unchanged = 0; ///< a row that a later one of the same chunk went over counts here too
    std::uint64_t rejected = 0;
    std::uint64_t incomplete = 0; ///< customers and cases that only a reference is known of
    std::uint64_t suppressed = 0; ///< customers on the suppression list, kept without being matched
};

/// Whom and with what.
struct ImportInto {
    BrandId brand = 0;
    const InstallationKey& key; ///< of the suppression hashes
};

/// How rows that are new are written: at once, or prepared for somebody else having been faster with one of them.
enum class NewRows { copy, careful };

/// Writes a chunk in the caller's transaction, which may be repeated from the start and whose commit does not wait for
/// the disk: a later one must. Imports of one brand take
/// turns, chunk by chunk. Rows that prove incomplete only beside what is stored are added to `late`.
/// Throws DatabaseError 23505 when a new row was written by a connector meanwhile: again, `careful`.
ImportCounts load_chunk(Transaction& transaction, IdMaker& ids, const ImportInto& into, ImportKind kind,
                        const ImportChunk& chunk, NewRows way, std::vector<SetAside>& late);

} // namespace larum::store
