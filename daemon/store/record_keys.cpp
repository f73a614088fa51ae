#include "daemon/store/record_keys.h"

#include "daemon/match/keys.h"

#include <algorithm>

namespace larum::store {

namespace {

bool folded_by_us(Transaction& transaction, BrandId brand) {
    const auto rows = transaction.run("SELECT folding_version FROM brand WHERE brand_id = $1", {brand});
    return !rows.empty() && rows.at(0, 0).integer() == match::folding_version;
}

} // namespace

void insert_keys(Transaction& transaction, BrandId brand, const KeyTable& table, Keys keys) {
    if (keys.empty()) return;
    std::sort(keys.begin(), keys.end());
    const auto copy = transaction.copy_into(table.name, {"brand_id", "key", table.id});
    for (const auto& [key, owner] : keys) copy->row({brand, static_cast<long long>(key), static_cast<long long>(owner)});
    copy->finish();
}

void delete_keys(Transaction& transaction, BrandId brand, const KeyTable& table, const std::vector<Id>& owners, Keys keys) {
    if (owners.empty()) return;
    if (!folded_by_us(transaction, brand)) {
        transaction.run("DELETE FROM " + table.name + " WHERE brand_id = $1 AND " + table.id + " = ANY ($2::bigint[])",
                        {brand, array_of(owners)});
        return;
    }
    std::sort(keys.begin(), keys.end());
    std::vector<std::int64_t> values, whose;
    for (const auto& [key, owner] : keys) {
        values.push_back(key);
        whose.push_back(owner);
    }
    transaction.run("DELETE FROM " + table.name + " AS made "
                    "USING unnest($2::bigint[], $3::bigint[]) AS old (key, owner) "
                    "WHERE made.brand_id = $1 AND made.key = old.key AND made." + table.id + " = old.owner",
                    {brand, array_of(values), array_of(whose)});
}

void delete_customer_keys(Transaction& transaction, BrandId brand, const std::vector<Id>& customers) {
    const auto rows = transaction.run("SELECT customer_id, name, email, phone, city, handles "
                                      "FROM unnest($2::bigint[]) AS given (wanted) "
                                      "CROSS JOIN LATERAL (SELECT * FROM customer WHERE brand_id = $1 AND customer_id = wanted LIMIT 1) AS known",
                                      {brand, array_of(customers)});
    Keys keys;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        Customer one;
        one.id = rows.at(i, 0).integer();
        one.name = rows.at(i, 1).text();
        one.email = rows.at(i, 2).text();
        one.phone = rows.at(i, 3).text();
        one.city = rows.at(i, 4).text();
        one.handles = rows.at(i, 5).texts();
        for (const auto key : match::customer_keys(one)) keys.emplace_back(key, one.id);
    }
    delete_keys(transaction, brand, customer_key_table, customers, std::move(keys));
}

void delete_case_keys(Transaction& transaction, BrandId brand, const std::vector<Id>& cases) {
    const auto rows = transaction.run("SELECT case_id, ref, order_ref "
                                      "FROM unnest($2::bigint[]) AS given (wanted) "
                                      "CROSS JOIN LATERAL (SELECT * FROM service_case WHERE brand_id = $1 AND case_id = wanted LIMIT 1) AS known",
                                      {brand, array_of(cases)});
    Keys keys;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        Case one;
        one.id = rows.at(i, 0).integer();
        one.ref = rows.at(i, 1).text();
        one.order_ref = rows.at(i, 2).text();
        for (const auto key : match::case_keys(one)) keys.emplace_back(key, one.id);
    }
    delete_keys(transaction, brand, case_key_table, cases, std::move(keys));
}

} // namespace larum::store
