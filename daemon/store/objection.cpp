#include "daemon/match/keys.h"
#include "daemon/store/person_claims.h"
#include "daemon/store/record_keys.h"
#include "daemon/store/suppression.h"

#include <algorithm>
#include <set>

namespace larum::store {

namespace {

/// What the customer can be told by, beside the reference.
std::vector<std::int64_t> own_keys(const Customer& customer) {
    Customer told = customer;
    told.name.clear();
    told.city.clear();
    return match::customer_keys(told);
}

std::set<std::string> hashes_of(const Suppressor& suppressor, const Customer& customer) {
    std::set<std::string> hashes;
    for (auto& one : suppressor.of(customer)) hashes.insert(std::move(one.hash));
    return hashes;
}

/// The customers themselves and all other records that share an e-mail, a phone or a handle with one of them.
std::vector<std::int64_t> same_person(Transaction& transaction, const Desk& desk, const std::vector<Customer>& customers) {
    const Suppressor suppressor(desk.key, desk.brand);
    std::set<std::string> hashes;
    std::vector<std::int64_t> keys;
    std::set<std::int64_t> found;
    for (const auto& customer : customers) {
        hashes.merge(hashes_of(suppressor, customer));
        for (const auto key : own_keys(customer)) keys.push_back(key);
        found.insert(customer.id);
    }
    const auto alike = integers_of(transaction.run("SELECT DISTINCT customer_id FROM customer_key "
                                                   "WHERE brand_id = $1 AND key = ANY ($2::bigint[])",
                                                   {desk.brand, array_of(keys)}));
    for (const auto& other : customers_of(transaction, desk.brand, alike)) {
        const auto theirs = hashes_of(suppressor, other);
        if (std::any_of(theirs.begin(), theirs.end(), [&](const auto& hash) { return hashes.count(hash) > 0; })) found.insert(other.id);
    }
    return {found.begin(), found.end()};
}

} // namespace

PersonReport record_objection(Transaction& transaction, IdMaker& ids, const Desk& desk, const std::string& customer_ref) {
    PersonReport report;
    const auto named = integers_of(transaction.run(
        "SELECT customer_id FROM customer WHERE brand_id = $1 AND ref = $2 FOR UPDATE", {desk.brand, customer_ref}));
    if (named.empty()) return report;
    const auto customers = customers_of(transaction, desk.brand, named);
    const auto all = same_person(transaction, desk, customers);
    const auto traces = traces_of_customers(transaction, desk.brand, all);
    const auto who = array_of(all);

    std::vector<Suppression> suppressions;
    for (const auto& customer : customers)
        for (auto& one : Suppressor(desk.key, desk.brand).of(customer)) suppressions.push_back(std::move(one));
    const auto hashes = suppress(transaction, desk.brand, suppressions, desk.now);
    transaction.run("UPDATE customer SET do_not_match = true, objected_at = coalesce(objected_at, $3) "
                    "WHERE brand_id = $1 AND customer_id = ANY ($2::bigint[])",
                    {desk.brand, who, desk.now});
    delete_customer_keys(transaction, desk.brand, all);
    const auto identities = transaction.run("UPDATE identity SET state = 'rejected', probability = 0, evidence = '[]', updated_at = $3 "
                                            "WHERE brand_id = $1 AND customer_id = ANY ($2::bigint[])"
                                            " AND (state <> 'rejected' OR evidence <> '[]')",
                                            {desk.brand, who, desk.now});
    count(report, "customers", all.size());
    count(report, "suppression hashes", hashes);
    count(report, "identities", identities.affected());
    count(report, "decisions", forget_in_decisions(transaction, desk.brand, all));
    count(report, "escalations", forget_in_escalations(transaction, desk, traces));
    note_in_audit(transaction, ids, desk, "objected", "customer:" + to_text(named.front()));
    return report;
}

} // namespace larum::store
