#pragma once

#include "core/model.h"
#include "daemon/store/pq.h"

#include <string>
#include <unordered_map>
#include <vector>

/// Reads what the brand's records hold of people.
namespace larum::store {

/// Customers with their cases and their latest 200 contacts each. Who must never be matched is left out.
std::unordered_map<Id, Records> records_of(Transaction& transaction, BrandId brand, const std::vector<std::int64_t>& customers);

/// The latest 200 contacts that came in under each author's key, oldest first.
std::unordered_map<std::string, std::vector<Contact>> contacts_of_authors(Transaction& transaction, BrandId brand,
                                                                          const std::vector<std::string>& author_keys);

} // namespace larum::store
