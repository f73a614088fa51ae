#pragma once

#include "core/words.h"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// What the columns of a file to import are called and may hold. Knows neither files nor the database.
namespace larum::store {

enum class ImportKind { customers, cases, contacts };

/// Makes `cell` what the database keeps («open», a time in UTC, «t»), or says what is wrong with it and what
/// would be right. Never quotes the cell: it may be somebody's address. Empty cells are asked too.
using CellCheck = std::string (*)(std::string& cell);

struct Column {
    std::string_view name;  ///< in the file's header
    std::string_view field; ///< in the database's table
    std::string_view type;  ///< of that field
    std::string_view empty; ///< what a new row has where the file says nothing; NULL when it is «null»
    CellCheck check = nullptr;
};

/// The first column is the reference that names the row.
const std::vector<Column>& columns_of(ImportKind kind);

/// Cells by column of the kind; nothing where the file does not have the column: the old value stays.
using Cells = std::vector<std::optional<std::string>>;

/// Checks and normalizes every cell. The reason of the first that is wrong, beginning with its column's name;
/// empty when all are right.
std::string check_cells(ImportKind kind, Cells& cells);

// Where the columns stand that a chunk must look at.
namespace customer_column { enum : std::size_t { ref, name, email, phone, city, handles, tier, language, do_not_match }; }
namespace case_column {
enum : std::size_t {
    ref, customer, status, topic, subject, channel, opened_at, updated_at, closed_at, promised_at, order_ref, owner, team
};
}
namespace contact_column { enum : std::size_t { ref, customer, matter, channel, direction, at, agent, summary }; }

} // namespace larum::store

namespace larum {
template <> struct Words<store::ImportKind> {
    static constexpr std::string_view list[] = {"customers", "cases", "contacts"};
};
} // namespace larum
