#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace larum::config {

struct Position {
    std::string file;
    int line = 0;
    int column = 0;
};

/// A config document after parsing: what TOML holds, with where it stood.
struct Value {
    using List = std::vector<Value>;
    using Table = std::vector<std::pair<std::string, Value>>;
    std::variant<std::monostate, bool, std::int64_t, double, std::string, List, Table> data;
    Position at;

    const Table* table() const { return std::get_if<Table>(&data); }
    const List* list() const { return std::get_if<List>(&data); }
    const std::string* string() const { return std::get_if<std::string>(&data); }
    /// The member `key` of a table, or nothing.
    const Value* find(std::string_view key) const;
};

/// Parses TOML text. Throws Error::Kind::config «file:line:column: …».
Value parse_toml(std::string_view text, const std::string& file);

/// Collects everything that is wrong, so that the operator sees all of it at once.
class Problems {
public:
    void add(const Position& at, const std::string& what);
    bool empty() const { return lines_.empty(); }
    const std::vector<std::string>& lines() const { return lines_; }

private:
    std::vector<std::string> lines_;
};

} // namespace larum::config
