#include "daemon/store/import_merge.h"

#include "daemon/store/pq.h"

#include <utility>

namespace larum::store {

namespace {

void close_case(const Cells& cells, const Values* known, Merged& merged) {
    using namespace case_column;
    auto& values = merged.values;
    if (values[status] == word(CaseStatus::closed)) {
        if (values[closed_at].empty()) values[closed_at] = values[updated_at];
        if (values[closed_at].empty()) merged.problem = "status is closed without closed_at; expected closed_at or updated_at";
        return;
    }
    const bool was_closed = known && (*known)[status] == word(CaseStatus::closed);
    if (was_closed && !cells[closed_at]) values[closed_at].clear();
}

void need_contact(Merged& merged) {
    using namespace contact_column;
    for (const auto needed : {std::size_t{channel}, std::size_t{direction}, std::size_t{at}})
        if (merged.values[needed].empty())
            merged.problem = std::string(columns_of(ImportKind::contacts)[needed].name) +
                             " is not given; a new contact needs channel, direction and at";
}

} // namespace

Merged merge(ImportKind kind, Cells cells, const Values* known) {
    const auto& columns = columns_of(kind);
    Merged merged;
    merged.values.reserve(columns.size());
    for (std::size_t i = 0; i < columns.size(); ++i) {
        if (cells[i])
            merged.values.push_back(std::move(*cells[i]));
        else if (known)
            merged.values.push_back((*known)[i]);
        else
            merged.values.emplace_back(columns[i].empty == "null" ? "" : columns[i].empty);
    }
    if (kind == ImportKind::cases) close_case(cells, known, merged);
    if (kind == ImportKind::contacts) need_contact(merged);
    return merged;
}

Customer customer_of(Id id, const Values& values) {
    using namespace customer_column;
    Customer customer;
    customer.id = id;
    customer.ref = values[ref];
    customer.name = values[name];
    customer.email = values[email];
    customer.phone = values[phone];
    customer.city = values[city];
    if (values[handles] != "{}")
        customer.handles = Field(values[handles].data(), values[handles].size(), false).texts();
    customer.do_not_match = values[do_not_match] == "t";
    return customer;
}

Case case_of(Id id, const Values& values) {
    Case matter;
    matter.id = id;
    matter.ref = values[case_column::ref];
    matter.order_ref = values[case_column::order_ref];
    return matter;
}

} // namespace larum::store
