#pragma once

#include "core/model.h"
#include "daemon/store/person.h"

#include <string>
#include <vector>

namespace larum::store {

/// Where in the store a person stands.
struct Traces {
    std::vector<std::int64_t> customers;
    std::vector<std::int64_t> cases;
    std::vector<std::string> authors;       ///< author keys
    std::vector<std::int64_t> posts;        ///< written by them, as far as a person confirmed it
    std::vector<std::string> subjects;      ///< of identity: «author:KEY», «post:ID»
    std::vector<std::int64_t> escalations;  ///< about those posts, or naming the customer
    std::vector<std::string> native_ids;    ///< of posts and authors, as platforms write them
    bool empty() const { return customers.empty() && authors.empty() && posts.empty(); }
};

/// Throws Error::Kind::input when an author or post is not named «platform:id».
Traces find_traces(Transaction& transaction, BrandId brand, const Person& person);

/// Traces of some customers without their posts: for an objection.
Traces traces_of_customers(Transaction& transaction, BrandId brand, std::vector<std::int64_t> customers);

/// The records of customers, for their suppression hashes.
std::vector<Customer> customers_of(Transaction& transaction, BrandId brand, const std::vector<std::int64_t>& ids);

/// A column of a result.
std::vector<std::int64_t> integers_of(const Rows& rows, int column = 0);
std::vector<std::string> texts_of(const Rows& rows, int column = 0);

} // namespace larum::store
