#include "daemon/store/refolding.h"

#include "daemon/match/keys.h"
#include "daemon/store/record_keys.h"

#include <algorithm>
#include <set>

namespace larum::store {

namespace {

/// Where a brand's walk is.
struct Walk {
    BrandId brand = 0;
    int rows = 0;          ///< look at no more than these
    int step = 0;
    std::int64_t key = 0;  ///< the last key looked at; only while old keys are removed
    Id id = 0;             ///< the last record, or whose the last key was
    long long looked_at = 0;
};

/// Where the index of keys begins.
constexpr std::int64_t first_key = INT64_MIN;

constexpr const char* step_words[refolding_steps] = {"new keys of customers", "new keys of cases", "old keys of customers",
                                                     "old keys of cases"};

Customer customer_at(const Rows& rows, std::size_t row) {
    Customer one;
    one.id = rows.at(row, 0).integer();
    one.name = rows.at(row, 1).text();
    one.email = rows.at(row, 2).text();
    one.phone = rows.at(row, 3).text();
    one.city = rows.at(row, 4).text();
    one.handles = rows.at(row, 5).texts();
    return one;
}

Case case_at(const Rows& rows, std::size_t row) {
    Case one;
    one.id = rows.at(row, 0).integer();
    one.ref = rows.at(row, 1).text();
    one.order_ref = rows.at(row, 2).text();
    return one;
}

/// Records locked as they are, so that an objection or an erasure waits, or has been: `condition` of the table.
Rows customers_where(Transaction& transaction, const std::string& condition, const std::vector<Param>& parameters) {
    return transaction.run("SELECT customer_id, name, email, phone, city, handles, do_not_match FROM customer "
                           "WHERE brand_id = $1 AND " + condition + " FOR SHARE", parameters);
}

Rows cases_where(Transaction& transaction, const std::string& condition, const std::vector<Param>& parameters) {
    return transaction.run("SELECT case_id, ref, order_ref FROM service_case WHERE brand_id = $1 AND " + condition + " FOR SHARE", parameters);
}

Keys keys_of_customers(const Rows& rows) {
    Keys keys;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        if (rows.at(i, 6).yes()) continue; // must not be matched: has none
        const auto one = customer_at(rows, i);
        for (const auto key : match::customer_keys(one)) keys.emplace_back(key, one.id);
    }
    return keys;
}

Keys keys_of_cases(const Rows& rows) {
    Keys keys;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        const auto one = case_at(rows, i);
        for (const auto key : match::case_keys(one)) keys.emplace_back(key, one.id);
    }
    return keys;
}

std::pair<std::string, std::string> arrays_of(const Keys& keys) {
    std::vector<std::int64_t> values, owners;
    for (const auto& [key, owner] : keys) values.push_back(key), owners.push_back(owner);
    return {array_of(values), array_of(owners)};
}

/// True when the step is through.
bool add_keys(Transaction& transaction, Walk& walk, const KeyTable& table) {
    const bool customers = table.name == customer_key_table.name;
    const std::string page = table.id + " > $2 ORDER BY " + table.id + " LIMIT $3";
    const std::vector<Param> from = {walk.brand, static_cast<long long>(walk.id), walk.rows};
    const auto rows = customers ? customers_where(transaction, page, from) : cases_where(transaction, page, from);
    auto keys = customers ? keys_of_customers(rows) : keys_of_cases(rows);
    std::sort(keys.begin(), keys.end());
    const auto [values, owners] = arrays_of(keys);
    transaction.run("INSERT INTO " + table.name + " (brand_id, key, " + table.id + ") "
                    "SELECT $1, * FROM unnest($2::bigint[], $3::bigint[]) "
                    "ON CONFLICT DO NOTHING", {walk.brand, values, owners});
    walk.looked_at += static_cast<long long>(rows.size());
    if (!rows.empty()) walk.id = rows.at(rows.size() - 1, 0).integer();
    return rows.size() < static_cast<std::size_t>(walk.rows);
}

/// Removes what is not among the keys that a record has now, in the order of the index of keys. True at its end.
bool remove_keys(Transaction& transaction, Walk& walk, const KeyTable& table) {
    const bool customers = table.name == customer_key_table.name;
    const auto rows = transaction.run("SELECT key, " + table.id + " FROM " + table.name +
                                          " WHERE brand_id = $1 AND (key, " + table.id + ") > ($2, $3) "
                                          "ORDER BY key, " + table.id + " LIMIT $4",
                                      {walk.brand, static_cast<long long>(walk.key), static_cast<long long>(walk.id), walk.rows});
    if (rows.empty()) return true;
    std::set<Id> owners;
    for (std::size_t i = 0; i < rows.size(); ++i) owners.insert(rows.at(i, 1).integer());
    const std::vector<Param> whose = {walk.brand, array_of(std::vector<std::int64_t>(owners.begin(), owners.end()))};
    const std::string these = table.id + " = ANY ($2::bigint[])";
    auto right = customers ? keys_of_customers(customers_where(transaction, these, whose)) : keys_of_cases(cases_where(transaction, these, whose));
    std::sort(right.begin(), right.end());
    Keys old;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        const std::pair<std::int64_t, Id> one{rows.at(i, 0).integer(), rows.at(i, 1).integer()};
        if (!std::binary_search(right.begin(), right.end(), one)) old.push_back(one);
    }
    const auto [values, ids] = arrays_of(old);
    transaction.run("DELETE FROM " + table.name + " AS made USING unnest($2::bigint[], $3::bigint[]) AS old (key, owner) "
                    "WHERE made.brand_id = $1 AND made.key = old.key AND made." + table.id + " = old.owner",
                    {walk.brand, values, ids});
    walk.looked_at += static_cast<long long>(rows.size());
    walk.key = rows.at(rows.size() - 1, 0).integer();
    walk.id = rows.at(rows.size() - 1, 1).integer();
    return rows.size() < static_cast<std::size_t>(walk.rows);
}

bool take_step(Transaction& transaction, Walk& walk) {
    switch (walk.step) {
    case 0: return add_keys(transaction, walk, customer_key_table);
    case 1: return add_keys(transaction, walk, case_key_table);
    case 2: return remove_keys(transaction, walk, customer_key_table);
    default: return remove_keys(transaction, walk, case_key_table);
    }
}

/// Where the walk to `version` was left; a walk to another version is begun anew.
Walk go_on(Transaction& transaction, BrandId brand, int version, int rows) {
    const auto left = transaction.run("SELECT step, after_key, after_id, looked_at FROM refolding "
                                      "WHERE brand_id = $1 AND folding_version = $2", {brand, version});
    if (left.empty()) return {brand, rows, 0, first_key, 0, 0};
    return {brand, rows, static_cast<int>(left.at(0, 0).integer()), left.at(0, 1).integer(), left.at(0, 2).integer(), left.at(0, 3).integer()};
}

void keep(Transaction& transaction, const Walk& walk, int version, Time now) {
    transaction.run("INSERT INTO refolding (brand_id, folding_version, step, after_key, after_id, looked_at, changed_at) "
                    "VALUES ($1, $2, $3, $4, $5, $6, $7) "
                    "ON CONFLICT (brand_id) DO UPDATE "
                    "SET folding_version = excluded.folding_version, step = excluded.step, after_key = excluded.after_key,"
                    " after_id = excluded.after_id, looked_at = excluded.looked_at, changed_at = excluded.changed_at",
                    {walk.brand, version, walk.step, static_cast<long long>(walk.key), static_cast<long long>(walk.id), walk.looked_at, now});
}

/// True when the brand's keys are right, or of a later larum.
bool refold(Transaction& transaction, BrandId brand, int version, int rows, Time now) {
    // As imports do: who holds the brand changes its keys. Nobody waits for the other here.
    const auto held = transaction.run("SELECT folding_version FROM brand WHERE brand_id = $1 FOR NO KEY UPDATE SKIP LOCKED", {brand});
    if (held.empty()) return false;
    if (held.at(0, 0).integer() >= version) return true;
    Walk walk = go_on(transaction, brand, version, rows);
    if (take_step(transaction, walk)) walk = {brand, rows, walk.step + 1, first_key, 0, 0};
    if (walk.step < refolding_steps) {
        keep(transaction, walk, version, now);
        return false;
    }
    transaction.run("UPDATE brand SET folding_version = $2 WHERE brand_id = $1", {brand, version});
    transaction.run("DELETE FROM refolding WHERE brand_id = $1", {brand});
    return true;
}

} // namespace

std::vector<RefoldingState> refolding_state(Transaction& transaction, int version) {
    const auto rows = transaction.run("SELECT b.name, b.folding_version, r.step, r.looked_at FROM brand AS b "
                                      "LEFT JOIN refolding AS r ON r.brand_id = b.brand_id AND r.folding_version = $1 "
                                      "WHERE b.folding_version <> $1 ORDER BY b.name", {version});
    std::vector<RefoldingState> states;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        RefoldingState state{rows.at(i, 0).text(), static_cast<int>(rows.at(i, 1).integer()), version, 0, "", 0};
        if (!rows.at(i, 2).null()) {
            state.step = static_cast<int>(rows.at(i, 2).integer()) + 1;
            state.doing = step_words[std::clamp(state.step, 1, refolding_steps) - 1];
            state.looked_at = rows.at(i, 3).integer();
        }
        states.push_back(std::move(state));
    }
    return states;
}

Refolding::Refolding(Pool& pool, std::vector<BrandId> brands, int version, int step_rows)
    : pool_(pool), brands_(std::move(brands)), version_(version), step_rows_(step_rows) {}

bool Refolding::tick(Time now) {
    if (brands_.empty()) return false;
    bool through = false;
    pool_.with([&](Transaction& transaction) { through = refold(transaction, brands_.back(), version_, step_rows_, now); });
    if (through)
        brands_.pop_back();
    else
        std::rotate(brands_.begin(), brands_.begin() + 1, brands_.end());
    return false;
}

} // namespace larum::store
