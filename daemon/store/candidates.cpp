#include "daemon/store/candidates.h"

#include "daemon/store/records.h"

#include <algorithm>
#include <set>
#include <unordered_set>

namespace larum::store {

namespace {

using match::KeyKind;
using match::KeyQuestion;

/// Distinct keys of a batch, with how many customers of each are wanted.
struct Asked {
    std::vector<std::int64_t> keys, most;
    std::unordered_set<std::int64_t> seen;

    void add(const KeyQuestion& question) {
        if (!seen.insert(question.key).second) return;
        keys.push_back(question.key);
        most.push_back(question.most + 1); // one more tells that there are too many
    }
};

void take(Found& found, const Rows& rows, const Asked& asked) {
    std::unordered_map<std::int64_t, std::int64_t> most;
    for (std::size_t i = 0; i < asked.keys.size(); ++i) {
        found.by_key[asked.keys[i]];
        most[asked.keys[i]] = asked.most[i];
    }
    for (std::size_t i = 0; i < rows.size(); ++i) {
        auto& sharing = found.by_key[rows.at(i, 0).integer()];
        ++sharing.count;
        if (rows.at(i, 2).yes()) sharing.customers.push_back(rows.at(i, 1).integer());
    }
    for (auto& [key, sharing] : found.by_key) {
        const auto asked_for = most.find(key);
        if (asked_for == most.end() || sharing.count < asked_for->second) continue;
        sharing.count = -1;
        sharing.customers.clear();
    }
}

void ask_customers(Transaction& transaction, BrandId brand, const Asked& asked, Found& found) {
    if (asked.keys.empty()) return;
    take(found,
         transaction.run_prepared("SELECT q.key, k.customer_id, true"
                                  " FROM unnest($2::bigint[], $3::bigint[]) AS q(key, most)"
                                  " CROSS JOIN LATERAL (SELECT customer_id FROM customer_key"
                                  " WHERE brand_id = $1 AND key = q.key LIMIT q.most) AS k",
                                  {brand, array_of(asked.keys), array_of(asked.most)}),
         asked);
}

/// Of those who share only a first name and an initial, only somebody with a case can be the one.
void ask_with_case(Transaction& transaction, BrandId brand, const Asked& asked, Found& found) {
    if (asked.keys.empty()) return;
    take(found,
         transaction.run_prepared("SELECT q.key, k.customer_id,"
                                  " EXISTS (SELECT FROM service_case WHERE brand_id = $1 AND customer_id = k.customer_id)"
                                  " FROM unnest($2::bigint[], $3::bigint[]) AS q(key, most)"
                                  " CROSS JOIN LATERAL (SELECT customer_id FROM customer_key"
                                  " WHERE brand_id = $1 AND key = q.key LIMIT q.most) AS k",
                                  {brand, array_of(asked.keys), array_of(asked.most)}),
         asked);
}

void ask_cases(Transaction& transaction, BrandId brand, const Asked& asked, Found& found) {
    if (asked.keys.empty()) return;
    const auto rows = transaction.run_prepared("SELECT q.key, c.customer_id"
                                               " FROM unnest($2::bigint[], $3::bigint[]) AS q(key, most)"
                                               " CROSS JOIN LATERAL (SELECT case_id FROM case_key"
                                               " WHERE brand_id = $1 AND key = q.key LIMIT q.most) AS k"
                                               " JOIN service_case AS c ON c.brand_id = $1 AND c.case_id = k.case_id"
                                               " WHERE c.customer_id IS NOT NULL",
                                               {brand, array_of(asked.keys), array_of(asked.most)});
    for (std::size_t i = 0; i < rows.size(); ++i)
        found.by_case_key[rows.at(i, 0).integer()].push_back(rows.at(i, 1).integer());
}

std::vector<std::string> distinct(const std::vector<Question>& questions, std::string Question::* member) {
    std::set<std::string> values;
    for (const auto& one : questions)
        if (!(one.*member).empty()) values.insert(one.*member);
    return {values.begin(), values.end()};
}

void ask_identities(Transaction& transaction, BrandId brand, const std::vector<Question>& questions, Found& found) {
    const auto subjects = distinct(questions, &Question::subject);
    if (subjects.empty()) return;
    // In the order of their states what people said comes before what was only suggested.
    const auto rows = transaction.run_prepared("SELECT q.subject, i.customer_id, i.state FROM unnest($2::text[]) AS q(subject)"
                                               " CROSS JOIN LATERAL (SELECT customer_id, state FROM identity"
                                               " WHERE brand_id = $1 AND subject = q.subject ORDER BY state LIMIT 200) AS i",
                                               {brand, array_of(subjects)});
    for (std::size_t i = 0; i < rows.size(); ++i)
        if (const auto state = from_word<IdentityState>(rows.at(i, 2).view()))
            found.identities[rows.at(i, 0).text()].emplace_back(rows.at(i, 1).integer(), *state);
}

std::vector<std::int64_t> everybody(const Found& found) {
    std::unordered_set<Id> ids;
    for (const auto& [key, sharing] : found.by_key) ids.insert(sharing.customers.begin(), sharing.customers.end());
    for (const auto& [key, customers] : found.by_case_key) ids.insert(customers.begin(), customers.end());
    for (const auto& [subject, kept] : found.identities)
        for (const auto& one : kept) ids.insert(one.first);
    for (const auto& [author, contacts] : found.author_contacts)
        for (const auto& one : contacts)
            if (one.customer) ids.insert(one.customer);
    return {ids.begin(), ids.end()};
}

} // namespace

match::Known Found::known(const Question& question) const {
    match::Known known;
    known.customers = customers;
    known.sharing = [this](std::int64_t key) {
        const auto found = by_key.find(key);
        return found == by_key.end() ? -1 : found->second.count;
    };
    std::unordered_set<Id> taken;
    const auto take_one = [&](Id id) {
        const auto person = people.find(id);
        if (person != people.end() && taken.insert(id).second) known.candidates.push_back(&person->second);
    };
    for (const auto& one : question.customers)
        if (const auto sharing = by_key.find(one.key); sharing != by_key.end())
            for (const auto id : sharing->second.customers) take_one(id);
    for (const auto& one : question.cases)
        if (const auto owners = by_case_key.find(one.key); owners != by_case_key.end())
            for (const auto id : owners->second) take_one(id);
    if (const auto kept = identities.find(question.subject); kept != identities.end()) {
        known.identities = kept->second;
        for (const auto& one : kept->second)
            if (one.second == IdentityState::confirmed) take_one(one.first);
    }
    if (const auto contacts = author_contacts.find(question.author_key); contacts != author_contacts.end()) {
        known.author_contacts = &contacts->second;
        for (const auto& one : contacts->second)
            if (one.customer) take_one(one.customer);
    }
    // The order of a hash table must not decide anything.
    std::sort(known.candidates.begin(), known.candidates.end(),
              [](const auto* a, const auto* b) { return a->customers.front().id < b->customers.front().id; });
    return known;
}

Found find_candidates(Transaction& transaction, BrandId brand, const std::vector<Question>& questions, double customers) {
    Found found;
    found.customers = customers;
    Asked plain, shortened, cases;
    for (const auto& question : questions) {
        for (const auto& one : question.customers) (one.with_case ? shortened : plain).add(one);
        for (const auto& one : question.cases) cases.add(one);
    }
    ask_customers(transaction, brand, plain, found);
    ask_with_case(transaction, brand, shortened, found);
    ask_cases(transaction, brand, cases, found);
    ask_identities(transaction, brand, questions, found);
    found.author_contacts = contacts_of_authors(transaction, brand, distinct(questions, &Question::author_key));
    found.people = records_of(transaction, brand, everybody(found));
    return found;
}

double count_customers(Transaction& transaction, BrandId brand) {
    const auto rows = transaction.run("SELECT count(*) FROM customer WHERE brand_id = $1", {brand});
    return rows.at(0, 0).number();
}

} // namespace larum::store
