#pragma once

#include "core/id.h"
#include "daemon/store/pq.h"

#include <string>
#include <utility>
#include <vector>

/// The match keys of stored customers and cases (daemon/match/keys.h). They have no index by whose they are: a
/// record's keys are made again from the record, which spares every import an index as large as the keys'.
namespace larum::store {

/// Match keys with whose they are.
using Keys = std::vector<std::pair<std::int64_t, Id>>;

struct KeyTable {
    std::string name; ///< of the table
    std::string id;   ///< its column with whose key it is
};
inline const KeyTable customer_key_table{"customer_key", "customer_id"};
inline const KeyTable case_key_table{"case_key", "case_id"};

/// In the index's order, where neighbours meet the same page.
void insert_keys(Transaction& transaction, BrandId brand, const KeyTable& table, Keys keys);

/// `keys` are all that the `owners` have as we fold names; what an earlier larum folded otherwise goes too, by
/// reading the whole table.
void delete_keys(Transaction& transaction, BrandId brand, const KeyTable& table, const std::vector<Id>& owners, Keys keys);

/// Of stored records: before they are changed or removed.
void delete_customer_keys(Transaction& transaction, BrandId brand, const std::vector<Id>& customers);
void delete_case_keys(Transaction& transaction, BrandId brand, const std::vector<Id>& cases);

} // namespace larum::store
