#pragma once

#include "core/time.h"
#include "daemon/store/pq.h"

#include <sodium.h>

#include <cstdio>
#include <string>
#include <string_view>
#include <vector>

namespace larum::store {

/// What the first line of a backup says.
struct BackupHead {
    int schema = 0;
    std::vector<std::string> digests; ///< of migrations 1..schema
    std::string key_check;
    Time taken_at{};
    std::string made_by;
};

struct BackupTable {
    std::string name;
    std::vector<std::string> columns;
};

class BackupWriter {
public:
    BackupWriter(std::FILE* out, const BackupHead& head);
    void begin(const BackupTable& table);
    void row(const Rows& rows, std::size_t row, int columns);
    void end_table();
    /// Throws Error::Kind::input when something could not be written, such as on a full disk.
    std::size_t finish();

private:
    void put(std::string_view line);

    std::FILE* out_;
    crypto_hash_sha256_state digest_{};
    std::string line_;
    std::size_t bytes_ = 0;
};

class BackupReader {
public:
    explicit BackupReader(std::FILE* in);
    ~BackupReader();
    BackupReader(const BackupReader&) = delete;
    BackupReader& operator=(const BackupReader&) = delete;

    const BackupHead& head() const { return head_; }
    /// False at the end, after the file has proved whole.
    bool next_table(BackupTable& table);
    /// The fields of the next row; false at the table's end.
    bool next_row(std::vector<std::string>& fields, std::vector<bool>& nulls);

private:
    std::string_view line();

    std::FILE* in_;
    crypto_hash_sha256_state digest_{};
    crypto_hash_sha256_state before_{}; ///< without the last line
    char* buffer_ = nullptr;
    std::size_t capacity_ = 0;
    BackupHead head_;
};

} // namespace larum::store
