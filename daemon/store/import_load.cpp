#include "daemon/store/import_load.h"

#include "core/error.h"
#include "daemon/match/keys.h"
#include "daemon/store/import_merge.h"
#include "daemon/store/record_keys.h"
#include "daemon/store/suppression.h"
#include "daemon/store/triage_queue.h"

#include <algorithm>
#include <future>
#include <unordered_map>
#include <utility>

namespace larum::store {

namespace {

struct Table {
    std::string name;
    std::string id;
    const KeyTable* keys = nullptr; ///< of its match keys; may be none
};

Table table_of(ImportKind kind) {
    switch (kind) {
    case ImportKind::customers: return {"customer", "customer_id", &customer_key_table};
    case ImportKind::cases: return {"service_case", "case_id", &case_key_table};
    case ImportKind::contacts: break;
    }
    return {"contact", "contact_id", nullptr};
}

/// The rows of references $2 of brand $1. LIMIT makes it a look-up a row in the index: of ten thousands of
/// references at once the planner thinks that reading the whole table is cheaper.
std::string found_by_ref(const Table& table) {
    return "FROM unnest($2::text[]) AS given (wanted) "
           "CROSS JOIN LATERAL (SELECT * FROM " + table.name + " WHERE brand_id = $1 AND ref = wanted LIMIT 1) AS known";
}

/// Rows that must be written, with what was stored of them.
struct Pending {
    Id id = 0;
    Values values;
    bool fresh = false;
    bool keys_change = false;
};

struct Stored {
    Id id = 0;
    Values values;
};

/// What a reference to another table leads to. `customer` is the customer of a case, 0: none.
struct Referred {
    Id id = 0;
    Id customer = 0;
};
using ByRef = std::unordered_map<std::string, Referred>;

/// Match keys that are no longer right and those that are new.
struct KeyChanges {
    std::vector<Id> changed; ///< records that had keys before
    Keys stale, fresh;
};

class Loader {
public:
    Loader(Transaction& transaction, IdMaker& ids, const ImportInto& into, ImportKind kind)
        : transaction_(transaction), ids_(ids), into_(into), kind_(kind), table_(table_of(kind)), columns_(columns_of(kind)) {}

    ImportCounts load(const ImportChunk& chunk, NewRows way, std::vector<SetAside>& late) {
        counts_.read = chunk.read;
        // The disk is waited for once, at the end of the file: until then nobody was told that it is done.
        transaction_.run("SET LOCAL synchronous_commit = off");
        // Imports of a brand take turns: then what is read below is still true when it is written.
        transaction_.run("SELECT 1 FROM brand WHERE brand_id = $1 FOR NO KEY UPDATE", {into_.brand});
        anyone_suppressed_ = kind_ != ImportKind::contacts && anyone_suppressed(transaction_, into_.brand);
        find_referred(chunk);
        const auto stored = find_stored(chunk);
        auto pending = merge_all(chunk, stored, late);
        if (kind_ == ImportKind::customers && anyone_suppressed_) hide_suppressed(pending, stored);
        // While the server is busy with the rows, their keys are made.
        auto keys = std::async(std::launch::async, [&] { return key_changes(pending, stored); });
        write(pending, way);
        write_keys(keys.get());
        decide_again(pending);
        counts_.unchanged = counts_.read - counts_.added - counts_.changed - counts_.rejected;
        return counts_;
    }

private:
    void find_referred(const ImportChunk& chunk);
    ByRef resolve(const ImportChunk& chunk, std::size_t column, ImportKind of);
    void make_incomplete(ImportKind of, const std::vector<std::string>& refs, ByRef& known);
    std::unordered_map<std::string, Stored> find_stored(const ImportChunk& chunk);
    std::vector<Pending> merge_all(const ImportChunk& chunk, const std::unordered_map<std::string, Stored>& stored,
                                   std::vector<SetAside>& late);
    Cells with_ids(const Cells& cells) const;
    bool keys_change(const Values& before, const Values& after) const;
    void hide_suppressed(std::vector<Pending>& pending, const std::unordered_map<std::string, Stored>& stored);
    void write(const std::vector<Pending>& pending, NewRows way);
    std::vector<Param> line_of(const Pending& one) const;
    void copy_new(const std::vector<Pending>& pending);
    void upsert(const std::vector<Pending>& pending, NewRows way);
    std::vector<std::int64_t> keys_of(Id id, const Values& values) const;
    KeyChanges key_changes(const std::vector<Pending>& pending, const std::unordered_map<std::string, Stored>& stored) const;
    void write_keys(KeyChanges changes);
    void decide_again(const std::vector<Pending>& pending);

    Transaction& transaction_;
    IdMaker& ids_;
    const ImportInto& into_;
    ImportKind kind_;
    Table table_;
    const std::vector<Column>& columns_;
    ByRef customers_;
    ByRef cases_;
    bool anyone_suppressed_ = false;
    ImportCounts counts_;
};

void Loader::find_referred(const ImportChunk& chunk) {
    if (kind_ == ImportKind::cases) customers_ = resolve(chunk, case_column::customer, ImportKind::customers);
    if (kind_ != ImportKind::contacts) return;
    customers_ = resolve(chunk, contact_column::customer, ImportKind::customers);
    cases_ = resolve(chunk, contact_column::matter, ImportKind::cases);
}

ByRef Loader::resolve(const ImportChunk& chunk, std::size_t column, ImportKind of) {
    std::vector<std::string> refs;
    for (const auto& row : chunk.rows)
        if (row.cells[column] && !row.cells[column]->empty()) refs.push_back(*row.cells[column]);
    std::sort(refs.begin(), refs.end());
    refs.erase(std::unique(refs.begin(), refs.end()), refs.end());
    ByRef known;
    if (refs.empty()) return known;
    const Table table = table_of(of);
    const Rows rows = transaction_.run("SELECT ref, " + table.id + ", customer_id " + found_by_ref(table),
                                       {into_.brand, array_of(refs)});
    known.reserve(refs.size());
    for (std::size_t i = 0; i < rows.size(); ++i)
        known.emplace(rows.at(i, 0).text(), Referred{rows.at(i, 1).integer(), rows.at(i, 2).maybe_integer().value_or(0)});
    refs.erase(std::remove_if(refs.begin(), refs.end(), [&](const std::string& ref) { return known.count(ref) > 0; }),
               refs.end());
    if (!refs.empty()) make_incomplete(of, refs, known);
    return known;
}

void Loader::make_incomplete(ImportKind of, const std::vector<std::string>& refs, ByRef& known) {
    const Table table = table_of(of);
    std::vector<std::int64_t> new_ids;
    Keys keys;
    for (const auto& ref : refs) {
        const Id id = ids_.next();
        new_ids.push_back(id);
        known[ref] = {id, of == ImportKind::customers ? id : 0};
        Case matter;
        matter.ref = ref;
        if (of == ImportKind::cases)
            for (const auto key : match::case_keys(matter)) keys.emplace_back(key, id);
    }
    transaction_.run("INSERT INTO " + table.name + " (brand_id, " + table.id + ", ref) "
                     "SELECT $1, id, ref "
                     "FROM unnest($2::bigint[], $3::text[]) AS given (id, ref)",
                     {into_.brand, array_of(new_ids), array_of(refs)});
    if (of == ImportKind::cases) insert_keys(transaction_, into_.brand, case_key_table, std::move(keys));
    counts_.incomplete += refs.size();
}

/// A field as a Values entry.
std::string value_of(const Field& field, std::string_view type) {
    if (field.null()) return {};
    if (type == "timestamptz") return format_time(field.time());
    if (type == "text[]") return array_of(field.texts());
    return field.text();
}

std::unordered_map<std::string, Stored> Loader::find_stored(const ImportChunk& chunk) {
    std::vector<std::string> refs;
    refs.reserve(chunk.rows.size());
    for (const auto& row : chunk.rows) refs.push_back(*row.cells[0]);
    std::sort(refs.begin(), refs.end()); // in the index's order, neighbours meet the same page
    std::string fields;
    for (const auto& column : columns_) fields += ", " + std::string(column.field);
    const Rows rows = transaction_.run("SELECT " + table_.id + fields + ' ' + found_by_ref(table_),
                                       {into_.brand, array_of(refs)});
    std::unordered_map<std::string, Stored> stored;
    stored.reserve(rows.size());
    for (std::size_t i = 0; i < rows.size(); ++i) {
        Stored one{rows.at(i, 0).integer(), {}};
        for (std::size_t c = 0; c < columns_.size(); ++c)
            one.values.push_back(value_of(rows.at(i, static_cast<int>(c) + 1), columns_[c].type));
        stored.emplace(one.values[0], std::move(one));
    }
    return stored;
}

Cells Loader::with_ids(const Cells& cells) const {
    Cells changed = cells;
    const auto replace = [&changed](std::size_t column, const ByRef& known) {
        if (changed[column] && !changed[column]->empty()) changed[column] = std::to_string(known.at(*changed[column]).id);
    };
    if (kind_ == ImportKind::cases) replace(case_column::customer, customers_);
    if (kind_ == ImportKind::contacts) {
        replace(contact_column::customer, customers_);
        replace(contact_column::matter, cases_);
    }
    return changed;
}

bool Loader::keys_change(const Values& before, const Values& after) const {
    const auto differ = [&](std::initializer_list<std::size_t> columns) {
        return std::any_of(columns.begin(), columns.end(), [&](std::size_t c) { return before[c] != after[c]; });
    };
    if (kind_ == ImportKind::customers) {
        using namespace customer_column;
        return differ({name, email, phone, city, handles, do_not_match});
    }
    return kind_ == ImportKind::cases && differ({case_column::order_ref});
}

std::vector<Pending> Loader::merge_all(const ImportChunk& chunk, const std::unordered_map<std::string, Stored>& stored,
                                       std::vector<SetAside>& late) {
    std::vector<Pending> pending;
    pending.reserve(chunk.rows.size());
    for (const auto& row : chunk.rows) {
        const auto found = stored.find(*row.cells[0]);
        const Stored* known = found == stored.end() ? nullptr : &found->second;
        Merged merged = merge(kind_, with_ids(row.cells), known ? &known->values : nullptr);
        if (!merged.problem.empty()) {
            late.push_back({row.line, row.raw, std::move(merged.problem)});
            ++counts_.rejected;
        } else if (!known) {
            pending.push_back({ids_.next(), std::move(merged.values), true, true});
        } else if (known->values != merged.values) {
            const bool change = keys_change(known->values, merged.values);
            pending.push_back({known->id, std::move(merged.values), false, change});
        }
    }
    return pending;
}

void Loader::hide_suppressed(std::vector<Pending>& pending, const std::unordered_map<std::string, Stored>& stored) {
    std::vector<std::string> hashes;
    std::vector<std::size_t> owners;
    const Suppressor suppressor(into_.key, into_.brand);
    for (std::size_t i = 0; i < pending.size(); ++i)
        for (auto& one : suppressor.of(customer_of(pending[i].id, pending[i].values))) {
            hashes.push_back(std::move(one.hash));
            owners.push_back(i);
        }
    const auto listed = suppressed(transaction_, into_.brand, hashes);
    if (listed.empty()) return;
    for (std::size_t h = 0; h < hashes.size(); ++h)
        if (listed.count(hashes[h]) > 0) pending[owners[h]].values[customer_column::do_not_match] = "S";
    // A row that differs from the stored one only by what the list says is no change.
    const auto same = [&](Pending& one) {
        if (one.values[customer_column::do_not_match] != "S") return false;
        ++counts_.suppressed;
        one.values[customer_column::do_not_match] = "t";
        if (one.fresh) return false;
        const auto& before = stored.at(one.values[0]).values;
        one.keys_change = one.keys_change || before[customer_column::do_not_match] != "t";
        return before == one.values;
    };
    pending.erase(std::remove_if(pending.begin(), pending.end(), same), pending.end());
}

void Loader::write(const std::vector<Pending>& pending, NewRows way) {
    std::size_t fresh = 0;
    for (const auto& one : pending) fresh += one.fresh ? 1 : 0;
    counts_.added += fresh;
    counts_.changed += pending.size() - fresh;
    if (way == NewRows::copy && fresh > 0) copy_new(pending);
    if (way == NewRows::careful ? !pending.empty() : fresh < pending.size()) upsert(pending, way);
}

std::vector<Param> Loader::line_of(const Pending& one) const {
    std::vector<Param> line = {static_cast<long long>(one.id)};
    line.reserve(columns_.size() + 2);
    for (std::size_t c = 0; c < columns_.size(); ++c) {
        if (one.values[c].empty() && columns_[c].empty == "null")
            line.emplace_back(nullptr);
        else
            line.emplace_back(one.values[c]);
    }
    return line;
}

void Loader::copy_new(const std::vector<Pending>& pending) {
    std::vector<std::string> copied = {table_.id};
    for (const auto& column : columns_) copied.emplace_back(column.field);
    copied.emplace_back("brand_id");
    const auto copy = transaction_.copy_into(table_.name, copied);
    for (const auto& one : pending) {
        if (!one.fresh) continue;
        auto line = line_of(one);
        line.emplace_back(into_.brand);
        copy->row(line);
    }
    copy->finish();
}

/// Rows that are there, and when careful the new ones too.
void Loader::upsert(const std::vector<Pending>& pending, NewRows way) {
    std::string definitions = table_.id + " bigint";
    std::string fields = table_.id;
    std::string changes;
    std::vector<std::string> copied = {table_.id};
    for (const auto& column : columns_) {
        const std::string field(column.field);
        definitions += ", " + field + ' ' + std::string(column.type);
        fields += ", " + field;
        copied.push_back(field);
        if (field != "ref") changes += (changes.empty() ? "" : ", ") + field + " = excluded." + field;
    }
    transaction_.script("CREATE TEMPORARY TABLE import_row (" + definitions + ") ON COMMIT DROP");
    const auto copy = transaction_.copy_into("import_row", copied);
    for (const auto& one : pending)
        if (!one.fresh || way == NewRows::careful) copy->row(line_of(one));
    copy->finish();
    transaction_.run("INSERT INTO " + table_.name + " (brand_id, " + fields + ") "
                     "SELECT $1, " + fields + " "
                     "FROM import_row "
                     "ON CONFLICT (brand_id, ref) DO UPDATE "
                     "SET " + changes,
                     {into_.brand});
}

std::vector<std::int64_t> Loader::keys_of(Id id, const Values& values) const {
    if (kind_ == ImportKind::cases) return match::case_keys(case_of(id, values));
    return match::customer_keys(customer_of(id, values));
}

KeyChanges Loader::key_changes(const std::vector<Pending>& pending, const std::unordered_map<std::string, Stored>& stored) const {
    KeyChanges changes;
    if (!table_.keys) return changes;
    for (const auto& one : pending) {
        if (!one.keys_change) continue;
        if (!one.fresh) {
            changes.changed.push_back(one.id);
            for (const auto key : keys_of(one.id, stored.at(one.values[0]).values)) changes.stale.emplace_back(key, one.id);
        }
        if (kind_ == ImportKind::customers && one.values[customer_column::do_not_match] == "t") continue;
        for (const auto key : keys_of(one.id, one.values)) changes.fresh.emplace_back(key, one.id);
    }
    return changes;
}

void Loader::write_keys(KeyChanges changes) {
    if (!table_.keys) return;
    delete_keys(transaction_, into_.brand, *table_.keys, changes.changed, std::move(changes.stale));
    insert_keys(transaction_, into_.brand, *table_.keys, std::move(changes.fresh));
}

/// A new contact, a case that changed: what the customers wrote lately is thought over.
void Loader::decide_again(const std::vector<Pending>& pending) {
    if (kind_ == ImportKind::customers) return;
    const auto column = kind_ == ImportKind::cases ? std::size_t{case_column::customer} : std::size_t{contact_column::customer};
    std::unordered_map<std::string, Id> owners; // of cases, by the case's id
    for (const auto& [ref, matter] : cases_) owners.emplace(std::to_string(matter.id), matter.customer);
    std::vector<Id> customers;
    for (const auto& one : pending) {
        if (!one.values[column].empty()) customers.push_back(id_from_text(one.values[column]));
        if (kind_ != ImportKind::contacts || one.values[contact_column::matter].empty()) continue;
        const auto owner = owners.find(one.values[contact_column::matter]);
        if (owner != owners.end() && owner->second != 0) customers.push_back(owner->second);
    }
    std::sort(customers.begin(), customers.end());
    customers.erase(std::unique(customers.begin(), customers.end()), customers.end());
    const auto posts = open_posts_of(transaction_, into_.brand, customers);
    enqueue_again(transaction_, ids_, into_.brand, posts, kind_ == ImportKind::cases ? "case" : "contact");
}

} // namespace

ImportCounts load_chunk(Transaction& transaction, IdMaker& ids, const ImportInto& into, ImportKind kind,
                        const ImportChunk& chunk, NewRows way, std::vector<SetAside>& late) {
    return Loader(transaction, ids, into, kind).load(chunk, way, late);
}

} // namespace larum::store
