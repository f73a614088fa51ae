#pragma once

#include "core/model.h"
#include "daemon/match/match.h"
#include "daemon/store/pq.h"

#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

/// Finds whom the posts of a whole batch may be by: a handful of statements, however many posts and customers.
namespace larum::store {

/// What one post asks.
struct Question {
    std::vector<match::KeyQuestion> customers;
    std::vector<match::KeyQuestion> cases;
    std::string subject;    ///< under which its author's identities are kept; may be empty
    std::string author_key; ///< under which its author's own contacts came in; may be empty
};

/// Customers with a key.
struct Sharing {
    std::vector<Id> customers;
    int count = 0; ///< -1: more than were asked for
};

/// What the store holds for a batch. Customers that must never be matched are not in it.
struct Found {
    double customers = 0; ///< of the brand
    std::unordered_map<std::int64_t, Sharing> by_key;
    std::unordered_map<std::int64_t, std::vector<Id>> by_case_key;
    std::unordered_map<Id, Records> people;
    std::unordered_map<std::string, std::vector<std::pair<Id, IdentityState>>> identities;
    std::unordered_map<std::string, std::vector<Contact>> author_contacts;

    /// What concerns the post that asked. Points into this object.
    match::Known known(const Question& question) const;
};

/// `customers`: how many the brand has, see `count_customers`.
Found find_candidates(Transaction& transaction, BrandId brand, const std::vector<Question>& questions, double customers);

double count_customers(Transaction& transaction, BrandId brand);

} // namespace larum::store
