#include "core/error.h"
#include "core/text.h"
#include "daemon/store/import_reader.h"
#include "daemon/store/import_window.h"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace larum::store {

namespace {

using nlohmann::json;

/// The cell that a member stands for, or nothing when a file cannot hold such a thing.
std::optional<std::string> cell_of(const json& value) {
    if (value.is_null()) return "";
    if (value.is_string()) return value.get<std::string>();
    if (value.is_number_integer()) return value.dump();
    if (value.is_boolean()) return value.get<bool>() ? "true" : "false";
    if (!value.is_array()) return std::nullopt;
    std::string joined;
    for (const auto& one : value) {
        if (!one.is_string()) return std::nullopt;
        joined += (joined.empty() ? "" : ";") + one.get<std::string>();
    }
    return joined;
}

class JsonReader final : public RecordReader {
public:
    JsonReader(std::istream& in, ImportKind kind) : window_(in), kind_(kind), columns_(columns_of(kind)) {}

    const std::string& header() const override { return header_; }
    std::uint64_t bytes_read() const override { return window_.bytes_taken(); }

    bool next(Record& record) override {
        do {
            const bool goes_on = inside_long_line_;
            record = Record{};
            record.line = window_.line();
            record.raw = window_.take(window_.line_size(record_bytes_max));
            if (record.raw.empty()) return false;
            const bool whole = record.raw.back() == '\n' || record.raw.size() < record_bytes_max;
            inside_long_line_ = !whole;
            record.continued = goes_on;
            if (goes_on) return true;
            if (!whole) return record.problem = "the row is longer than 1 MiB", true;
        } while (record.raw.find_first_not_of(" \t\r\n") == std::string::npos);
        read(record);
        return true;
    }

private:
    void read(Record& record) {
        if (!text::is_valid_utf8(record.raw)) {
            record.problem = "is not UTF-8, or holds a NUL byte";
            return;
        }
        const json object = json::parse(record.raw, nullptr, false);
        if (!object.is_object()) {
            record.problem = "not a JSON object; expected one a line";
            return;
        }
        record.cells.resize(columns_.size());
        for (const auto& [name, value] : object.items()) {
            const auto found =
                std::find_if(columns_.begin(), columns_.end(), [&name = name](const Column& one) { return one.name == name; });
            if (found == columns_.end()) return unknown(record, object);
            auto cell = cell_of(value);
            if (!cell) {
                record.problem = name + " is not text, a whole number, true, false, null or a list of texts";
                return;
            }
            record.cells[static_cast<std::size_t>(found - columns_.begin())] = std::move(cell);
        }
        first_ = false;
    }

    void unknown(Record& record, const json& object) {
        std::string names;
        std::string known;
        for (const auto& one : columns_) known += (known.empty() ? "" : ",") + std::string(one.name);
        for (const auto& [name, value] : object.items())
            if (std::none_of(columns_.begin(), columns_.end(), [&name = name](const Column& one) { return one.name == name; }))
                names += (names.empty() ? "\"" : ", \"") + name.substr(0, 60) + "\"";
        record.problem = "unknown columns " + names + "; expected some of: " + known;
        if (first_)
            throw Error(Error::Kind::config, "line " + std::to_string(record.line) + ": " + record.problem + " (" +
                                                 std::string(word(kind_)) + ")");
        record.cells.clear();
    }

    Window window_;
    ImportKind kind_;
    const std::vector<Column>& columns_;
    std::string header_;
    bool first_ = true; ///< nothing was read yet that looks like a row
    bool inside_long_line_ = false;
};

} // namespace

std::unique_ptr<RecordReader> read_json_lines(std::istream& in, ImportKind kind) {
    return std::make_unique<JsonReader>(in, kind);
}

} // namespace larum::store
