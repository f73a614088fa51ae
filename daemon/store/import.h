#pragma once

#include "daemon/store/import_load.h"

#include <filesystem>
#include <functional>

/// Files of customers, cases and contacts, as the README describes them («Files to import»).
namespace larum::store {

struct ImportSettings {
    std::size_t chunk_rows = 40'000;
    std::size_t chunk_bytes = 8u << 20;
    /// Told after each chunk: counts so far and the share of the file that is done.
    std::function<void(const ImportCounts&, double share)> progress = [](const ImportCounts&, double) {};
};

/// Imports `file` (CSV, or JSON lines by its ending .jsonl; a final «.rejected» does not count). Memory does not
/// grow with the file: one thread reads and checks, the caller's thread writes, a chunk a transaction. What was
/// committed stays when a later chunk fails, and importing again does no harm. Rejected rows go to FILE.rejected
/// and FILE.rejected.why, which are made only when there are any.
/// Throws Error::Kind::config for a file that cannot be read or has wrong columns, Error::Kind::database.
ImportCounts import_file(Pool& pool, IdMaker& ids, const ImportInto& into, ImportKind kind,
                         const std::filesystem::path& file, const ImportSettings& settings = {});

} // namespace larum::store
