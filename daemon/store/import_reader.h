#pragma once

#include "daemon/store/import_columns.h"

#include <cstdint>
#include <istream>
#include <memory>
#include <string>
#include <vector>

namespace larum::store {

/// A longer record is rejected. A file whose quotes are torn is read in steps of at most this.
inline constexpr std::size_t record_bytes_max = 1u << 20;

/// One row of a file, as it stood and as it reads.
struct Record {
    std::uint64_t line = 0; ///< of its first byte; the first line of the file is 1
    std::string raw;        ///< byte for byte, with its line's end
    Cells cells;            ///< by column of the kind; empty when there is a problem
    std::string problem;    ///< why it cannot be read; empty when it can
    bool continued = false; ///< `raw` goes on what the record before it began: a line longer than the bound
};

/// Reads a file in constant memory. Whatever stands in it comes back once, in order, as a record or as a
/// record with a problem; blank lines are passed over.
class RecordReader {
public:
    virtual ~RecordReader() = default;

    /// The bytes that a file with rejected rows must begin with; empty for JSON lines.
    virtual const std::string& header() const = 0;

    /// False at the end of the file.
    virtual bool next(Record& record) = 0;

    virtual std::uint64_t bytes_read() const = 0;
};

/// CSV as RFC 4180 has it, with a header; LF and CR LF, a byte order mark, line ends inside quotes. A record
/// whose quotes are torn costs its first line only: reading goes on with the next. Throws Error::Kind::config
/// naming every column that the kind does not have, a column given twice, or a missing reference column.
std::unique_ptr<RecordReader> read_csv(std::istream& in, ImportKind kind);

/// An object a line. Null counts as an empty cell, whole numbers as text, `handles` may be a list. Throws
/// Error::Kind::config when the first object has members that the kind does not have; later ones are rejected.
std::unique_ptr<RecordReader> read_json_lines(std::istream& in, ImportKind kind);

} // namespace larum::store
