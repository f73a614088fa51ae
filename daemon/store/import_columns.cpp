#include "daemon/store/import_columns.h"

#include "core/model.h"
#include "core/text.h"
#include "core/time.h"
#include "daemon/store/pq.h"

#include <algorithm>

namespace larum::store {

namespace {

constexpr std::size_t ref_bytes_max = 200;
constexpr std::size_t line_bytes_max = 1000;
constexpr std::size_t text_bytes_max = 64 * 1024;
constexpr std::size_t handles_max = 50;

std::string longer_than(std::size_t bytes) { return "is longer than " + std::to_string(bytes) + " bytes"; }

std::string check_ref(std::string& cell) {
    cell = text::trim(cell);
    if (cell.empty()) return "is empty; expected the reference that names the row";
    return cell.size() > ref_bytes_max ? longer_than(ref_bytes_max) : std::string();
}

/// A reference to a row of another file; empty: none.
std::string check_other_ref(std::string& cell) {
    cell = text::trim(cell);
    return cell.size() > ref_bytes_max ? longer_than(ref_bytes_max) : std::string();
}

std::string check_line(std::string& cell) {
    return cell.size() > line_bytes_max ? longer_than(line_bytes_max) : std::string();
}

std::string check_text(std::string& cell) {
    return cell.size() > text_bytes_max ? longer_than(text_bytes_max) : std::string();
}

std::string check_time(std::string& cell) {
    static const Time first = std::chrono::sys_days{std::chrono::year{1970} / 1 / 1};
    static const Time last = std::chrono::sys_days{std::chrono::year{2200} / 1 / 1};
    if (cell.empty()) return {};
    const auto time = parse_time(cell);
    if (!time) return "is not a time like 2026-04-05T22:41:03Z (RFC 3339)";
    if (*time < first || *time >= last) return "is not a time between 1970 and 2200";
    cell = format_time(*time);
    return {};
}

std::string check_needed_time(std::string& cell) {
    return cell.empty() ? "is empty; expected a time like 2026-04-05T22:41:03Z (RFC 3339)" : check_time(cell);
}

template <class E>
std::string not_one_of() {
    return "is not one of: " + all_words<E>();
}

/// A word of E, or nothing.
template <class E>
std::string check_word(std::string& cell) {
    return cell.empty() || from_word<E>(cell) ? std::string() : not_one_of<E>();
}

/// A word of E that must be there; kept as its number.
template <class E>
std::string check_numbered_word(std::string& cell) {
    const auto value = from_word<E>(cell);
    if (!value) return not_one_of<E>();
    cell = std::to_string(static_cast<int>(*value));
    return {};
}

std::string check_status(std::string& cell) {
    if (cell.empty()) cell = word(CaseStatus::open);
    return check_word<CaseStatus>(cell);
}

std::string check_yes(std::string& cell) {
    std::string said = cell;
    std::transform(said.begin(), said.end(), said.begin(), [](unsigned char c) { return std::tolower(c); });
    if (said.empty() || said == "false" || said == "f" || said == "0" || said == "no") return cell = "f", std::string();
    if (said == "true" || said == "t" || said == "1" || said == "yes") return cell = "t", std::string();
    return "is not true or false";
}

/// «facebook:ania.n;bluesky:did:plc:abc» becomes an array of the database.
std::string check_handles(std::string& cell) {
    std::vector<std::string> handles;
    for (std::size_t from = 0; from <= cell.size();) {
        const auto to = std::min(cell.find(';', from), cell.size());
        std::string one = text::trim(std::string_view(cell).substr(from, to - from));
        from = to + 1;
        if (one.empty()) continue;
        const auto colon = one.find(':');
        if (colon == std::string::npos || colon == 0 || colon + 1 == one.size())
            return "is not platform:handle or platform:id, separated by \";\"";
        if (one.size() > line_bytes_max) return longer_than(line_bytes_max);
        handles.push_back(std::move(one));
    }
    if (handles.size() > handles_max) return "has more than " + std::to_string(handles_max) + " handles";
    cell = array_of(handles);
    return {};
}

const std::vector<Column> customers = {
    {"customer_ref", "ref", "text", "", check_ref},
    {"name", "name", "text", "", check_line},
    {"email", "email", "text", "", check_line},
    {"phone", "phone", "text", "", check_line},
    {"city", "city", "text", "", check_line},
    {"handles", "handles", "text[]", "{}", check_handles},
    {"tier", "tier", "text", "", check_line},
    {"language", "language", "text", "", check_line},
    {"do_not_match", "do_not_match", "boolean", "f", check_yes},
};

const std::vector<Column> cases = {
    {"case_ref", "ref", "text", "", check_ref},
    {"customer_ref", "customer_id", "bigint", "null", check_other_ref},
    {"status", "status", "text", "open", check_status},
    {"topic", "topic", "text", "null", check_word<Topic>},
    {"subject", "subject", "text", "", check_text},
    {"channel", "channel", "text", "null", check_word<ContactChannel>},
    {"opened_at", "opened_at", "timestamptz", "null", check_time},
    {"updated_at", "updated_at", "timestamptz", "null", check_time},
    {"closed_at", "closed_at", "timestamptz", "null", check_time},
    {"promised_at", "promised_at", "timestamptz", "null", check_time},
    {"order_ref", "order_ref", "text", "", check_line},
    {"owner", "owner", "text", "", check_line},
    {"team", "team", "text", "", check_line},
};

const std::vector<Column> contacts = {
    {"contact_ref", "ref", "text", "", check_ref},
    {"customer_ref", "customer_id", "bigint", "null", check_other_ref},
    {"case_ref", "case_id", "bigint", "null", check_other_ref},
    {"channel", "channel", "smallint", "null", check_numbered_word<ContactChannel>},
    {"direction", "direction", "smallint", "null", check_numbered_word<Direction>},
    {"at", "at", "timestamptz", "null", check_needed_time},
    {"agent", "agent", "text", "", check_line},
    {"summary", "summary", "text", "", check_text},
};

} // namespace

const std::vector<Column>& columns_of(ImportKind kind) {
    switch (kind) {
    case ImportKind::customers: return customers;
    case ImportKind::cases: return cases;
    case ImportKind::contacts: break;
    }
    return contacts;
}

std::string check_cells(ImportKind kind, Cells& cells) {
    const auto& columns = columns_of(kind);
    if (!cells[0]) cells[0] = ""; // a row of JSON that does not name itself
    for (std::size_t i = 0; i < columns.size(); ++i) {
        auto& cell = cells[i];
        if (!cell) continue;
        if (cell->find('\0') != std::string::npos) return std::string(columns[i].name) + " holds a NUL byte; expected text";
        if (!text::is_valid_utf8(*cell)) return std::string(columns[i].name) + " is not UTF-8";
        if (auto reason = columns[i].check(*cell); !reason.empty()) return std::string(columns[i].name) + ' ' + reason;
    }
    return {};
}

} // namespace larum::store
