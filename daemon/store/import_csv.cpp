#include "core/error.h"
#include "daemon/store/import_reader.h"
#include "daemon/store/import_window.h"

#include <algorithm>

namespace larum::store {

namespace {

constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
constexpr std::size_t header_bytes_max = 64 * 1024;

/// What became of reading one record from the front of some bytes.
struct Scan {
    enum class End { whole, cut, torn };
    End end = End::cut;  ///< cut: the bytes end inside the record
    std::size_t size = 0; ///< of a whole record, its line's end included
    bool in_quotes = false;
    std::string problem; ///< of a torn one
};

/// Whether a line ends at `at`: the size of its end, 0 when none does.
std::size_t line_end(std::string_view bytes, std::size_t at) {
    if (bytes[at] == '\n') return 1;
    return bytes[at] == '\r' && at + 1 < bytes.size() && bytes[at + 1] == '\n' ? 2 : 0;
}

/// Reads a quoted cell that begins after its quote at `at`. True when its closing quote was found.
bool read_quoted(std::string_view bytes, std::size_t& at, std::string& cell) {
    for (;;) {
        const auto quote = bytes.find('"', at);
        if (quote == std::string_view::npos) return false;
        cell.append(bytes, at, quote - at);
        at = quote + 1;
        if (at >= bytes.size() || bytes[at] != '"') return true;
        cell += '"';
        ++at;
    }
}

void read_plain(std::string_view bytes, std::size_t& at, std::string& cell) {
    const auto from = at;
    while (at < bytes.size() && bytes[at] != ',' && bytes[at] != '"' && line_end(bytes, at) == 0) ++at;
    cell.assign(bytes.substr(from, at - from));
}

Scan torn(std::size_t cells, const char* what) {
    Scan scan;
    scan.end = Scan::End::torn;
    scan.problem = "cell " + std::to_string(cells) + ": " + what;
    return scan;
}

/// `last`: no bytes follow these.
Scan scan_record(std::string_view bytes, bool last, std::vector<std::string>& cells) {
    cells.clear();
    for (std::size_t at = 0;;) {
        auto& cell = cells.emplace_back();
        const bool quoted = at < bytes.size() && bytes[at] == '"';
        if (quoted) {
            if (!read_quoted(bytes, ++at, cell)) {
                if (last) return torn(cells.size(), "its quote is never closed; expected one more \"");
                Scan cut;
                cut.in_quotes = true;
                return cut;
            }
        } else {
            read_plain(bytes, at, cell);
        }
        // A quote or CR at the very end may be half of a pair.
        if (at + 1 >= bytes.size() && !last && (at == bytes.size() || bytes[at] != '\n')) return {};
        if (at == bytes.size()) return {Scan::End::whole, at, false, {}};
        if (bytes[at] == ',') {
            ++at;
            continue;
        }
        if (const auto end = line_end(bytes, at); end > 0) return {Scan::End::whole, at + end, false, {}};
        if (quoted) return torn(cells.size(), "text follows its closing quote; expected quotes inside to be doubled");
        return torn(cells.size(), "a quote stands inside a cell without quotes; expected the cell in quotes");
    }
}

class CsvReader final : public RecordReader {
public:
    CsvReader(std::istream& in, ImportKind kind) : window_(in), columns_(columns_of(kind)) { read_header(kind); }

    const std::string& header() const override { return header_; }
    std::uint64_t bytes_read() const override { return window_.bytes_taken(); }

    bool next(Record& record) override {
        record = Record{};
        if (inside_long_line_) return rest_of_long_line(record);
        pass_blank_lines();
        if (window_.rest().empty() && !window_.more()) return false;
        record.line = window_.line();
        const Scan scan = scan_whole();
        if (scan.end == Scan::End::whole) return whole(record, scan), true;
        record.problem = scan.problem;
        reject_line(record);
        return true;
    }

private:
    void read_header(ImportKind kind);

    void pass_blank_lines() {
        for (;;) {
            while (window_.rest().size() < 2 && window_.more()) {}
            if (window_.rest().empty()) return;
            const auto end = window_.rest().size() >= 1 ? line_end(window_.rest(), 0) : 0;
            if (end == 0) return;
            window_.take(end);
        }
    }

    /// A record that is not whole within the bound is torn: most often a quote that is never closed.
    Scan scan_whole() {
        for (bool last = false;;) {
            const Scan scan = scan_record(window_.rest(), last, scanned_);
            if (scan.end == Scan::End::whole && scan.size > record_bytes_max)
                return torn(scanned_.size(), "the row is longer than 1 MiB");
            if (scan.end != Scan::End::cut) return scan;
            if (window_.rest().size() > record_bytes_max)
                return torn(scanned_.size(), scan.in_quotes ? "its quote is not closed within 1 MiB; expected one more \""
                                                            : "the row is longer than 1 MiB");
            last = !window_.more();
        }
    }

    void whole(Record& record, const Scan& scan) {
        record.raw = window_.take(scan.size);
        if (scanned_.size() != places_.size()) {
            record.problem = std::to_string(scanned_.size()) + " cells; expected " + std::to_string(places_.size()) +
                             " as in the header";
            return;
        }
        record.cells.resize(columns_.size());
        for (std::size_t i = 0; i < places_.size(); ++i) record.cells[places_[i]] = std::move(scanned_[i]);
    }

    void reject_line(Record& record) {
        record.raw = window_.take(window_.line_size(record_bytes_max));
        inside_long_line_ = record.raw.empty() || record.raw.back() != '\n';
    }

    bool rest_of_long_line(Record& record) {
        record.line = window_.line();
        record.continued = true;
        reject_line(record);
        if (record.raw.empty()) inside_long_line_ = false;
        return !record.raw.empty();
    }

    Window window_;
    const std::vector<Column>& columns_;
    std::string header_;
    std::vector<std::size_t> places_; ///< column of the kind, by column of the file
    std::vector<std::string> scanned_;
    bool inside_long_line_ = false;
};

void CsvReader::read_header(ImportKind kind) {
    const std::string known = "expected some of: " + [this] {
        std::string names;
        for (const auto& one : columns_) names += (names.empty() ? "" : ",") + std::string(one.name);
        return names;
    }();
    while (window_.rest().size() < byte_order_mark.size() && window_.more()) {}
    if (window_.rest().substr(0, byte_order_mark.size()) == byte_order_mark) header_ = window_.take(byte_order_mark.size());
    Scan scan;
    for (bool last = false;;) {
        scan = scan_record(window_.rest(), last, scanned_);
        if (scan.end != Scan::End::cut || window_.rest().size() > header_bytes_max) break;
        last = !window_.more();
    }
    if (scan.end != Scan::End::whole || scan.size == 0)
        throw Error(Error::Kind::config, "line 1 is no header of columns; " + known);
    std::string unknown;
    std::string problems;
    for (const auto& name : scanned_) {
        const auto found = std::find_if(columns_.begin(), columns_.end(), [&](const Column& one) { return one.name == name; });
        const auto place = static_cast<std::size_t>(found - columns_.begin());
        if (found == columns_.end()) {
            unknown += (unknown.empty() ? "" : ", ") + ("\"" + name.substr(0, 60) + "\"");
        } else if (std::find(places_.begin(), places_.end(), place) != places_.end()) {
            problems += "column \"" + name + "\" stands twice; ";
        } else {
            places_.push_back(place);
        }
    }
    if (!unknown.empty()) problems += "unknown columns " + unknown + "; ";
    if (std::find(places_.begin(), places_.end(), std::size_t{0}) == places_.end())
        problems += "column \"" + std::string(columns_[0].name) + "\" is missing; ";
    if (!problems.empty()) throw Error(Error::Kind::config, "line 1: " + problems + known + " (" + std::string(word(kind)) + ")");
    header_ += window_.take(scan.size);
    if (header_.back() != '\n') header_ += '\n'; // rows that are set aside must not continue it
}

} // namespace

std::unique_ptr<RecordReader> read_csv(std::istream& in, ImportKind kind) {
    return std::make_unique<CsvReader>(in, kind);
}

} // namespace larum::store
