#include "daemon/store/person_traces.h"

#include "core/error.h"

#include <algorithm>

namespace larum::store {

namespace {

struct Platformed {
    std::string platform;
    std::string id;
};

Platformed split(const std::string& name) {
    const auto colon = name.find(':');
    if (colon == std::string::npos || colon == 0 || colon + 1 == name.size())
        throw Error(Error::Kind::input, "an author or a post is named PLATFORM:ID, like facebook:123_456");
    return {name.substr(0, colon), name.substr(colon + 1)};
}

std::string escaped_for_like(const std::string& text) {
    std::string out;
    for (const char c : text) {
        if (c == '%' || c == '_' || c == '\\') out += '\\';
        out += c;
    }
    return out;
}

/// An author key is «platform:scope:id»; an id may hold colons itself, a scope never does.
std::vector<std::string> find_authors(Transaction& transaction, BrandId brand, const Platformed& name) {
    const std::string pattern = escaped_for_like(name.platform) + ":%:" + escaped_for_like(name.id);
    auto found = texts_of(transaction.run("SELECT author_key FROM post WHERE brand_id = $1 AND author_key LIKE $2 "
                                          "UNION "
                                          "SELECT author_key FROM contact WHERE brand_id = $1 AND author_key LIKE $2 "
                                          "UNION "
                                          "SELECT substr(subject, 8) FROM identity"
                                          " WHERE brand_id = $1 AND subject LIKE 'author:' || $2",
                                          {brand, pattern}));
    const auto other = [&](const std::string& key) {
        const auto from = name.platform.size() + 1;
        const auto scope = key.substr(from, key.size() - from - name.id.size() - 1);
        return scope.find(':') != std::string::npos;
    };
    found.erase(std::remove_if(found.begin(), found.end(), other), found.end());
    return found;
}

/// Authors and posts that a person confirmed to be the customer's.
void add_confirmed(Transaction& transaction, BrandId brand, Traces& traces) {
    const auto subjects = texts_of(transaction.run("SELECT subject FROM identity "
                                                   "WHERE brand_id = $1 AND customer_id = ANY ($2::bigint[]) AND state = 'confirmed'",
                                                   {brand, array_of(traces.customers)}));
    for (const auto& subject : subjects) {
        if (subject.rfind("author:", 0) == 0) traces.authors.push_back(subject.substr(7));
        if (subject.rfind("post:", 0) == 0) traces.posts.push_back(id_from_text(subject.substr(5)));
    }
}

void add_posts_of_authors(Transaction& transaction, BrandId brand, Traces& traces) {
    const auto found = integers_of(transaction.run("SELECT post_id FROM post "
                                                   "WHERE brand_id = $1 AND author_key = ANY ($2::text[])",
                                                   {brand, array_of(traces.authors)}));
    traces.posts.insert(traces.posts.end(), found.begin(), found.end());
    std::sort(traces.posts.begin(), traces.posts.end());
    traces.posts.erase(std::unique(traces.posts.begin(), traces.posts.end()), traces.posts.end());
}

void add_names(Transaction& transaction, BrandId brand, Traces& traces) {
    for (const auto& key : traces.authors) {
        traces.subjects.push_back("author:" + key);
        const auto scope = key.find(':', key.find(':') + 1);
        if (scope != std::string::npos) traces.native_ids.push_back(key.substr(scope + 1));
    }
    for (const auto post : traces.posts) traces.subjects.push_back("post:" + to_text(post));
    for (auto& id : texts_of(transaction.run("SELECT native_id FROM post WHERE brand_id = $1 AND post_id = ANY ($2::bigint[])",
                                             {brand, array_of(traces.posts)})))
        traces.native_ids.push_back(std::move(id));
}

void add_cases_and_escalations(Transaction& transaction, BrandId brand, Traces& traces) {
    traces.cases = integers_of(transaction.run("SELECT case_id FROM service_case "
                                               "WHERE brand_id = $1 AND customer_id = ANY ($2::bigint[])",
                                               {brand, array_of(traces.customers)}));
    traces.escalations = integers_of(transaction.run(
        "SELECT escalation_id FROM escalation "
        "WHERE brand_id = $1"
        " AND (customer_id = ANY ($2::bigint[]) OR case_id = ANY ($3::bigint[]) OR post_id = ANY ($4::bigint[])) "
        "UNION "
        "SELECT escalation_id FROM escalation_post WHERE brand_id = $1 AND post_id = ANY ($4::bigint[])",
        {brand, array_of(traces.customers), array_of(traces.cases), array_of(traces.posts)}));
}

} // namespace

std::vector<std::int64_t> integers_of(const Rows& rows, int column) {
    std::vector<std::int64_t> all;
    for (std::size_t i = 0; i < rows.size(); ++i) all.push_back(rows.at(i, column).integer());
    return all;
}

std::vector<std::string> texts_of(const Rows& rows, int column) {
    std::vector<std::string> all;
    for (std::size_t i = 0; i < rows.size(); ++i) all.push_back(rows.at(i, column).text());
    return all;
}

Traces find_traces(Transaction& transaction, BrandId brand, const Person& person) {
    Traces traces;
    if (person.by == PersonBy::customer) {
        traces.customers = integers_of(
            transaction.run("SELECT customer_id FROM customer WHERE brand_id = $1 AND ref = $2", {brand, person.name}));
        add_confirmed(transaction, brand, traces);
    } else if (person.by == PersonBy::author) {
        traces.authors = find_authors(transaction, brand, split(person.name));
    } else {
        const auto name = split(person.name);
        traces.posts = integers_of(transaction.run("SELECT post_id FROM post "
                                                   "WHERE brand_id = $1 AND platform = $2 AND native_id = $3",
                                                   {brand, name.platform, name.id}));
    }
    add_posts_of_authors(transaction, brand, traces);
    add_names(transaction, brand, traces);
    add_cases_and_escalations(transaction, brand, traces);
    return traces;
}

Traces traces_of_customers(Transaction& transaction, BrandId brand, std::vector<std::int64_t> customers) {
    Traces traces;
    traces.customers = std::move(customers);
    add_cases_and_escalations(transaction, brand, traces);
    return traces;
}

std::vector<Customer> customers_of(Transaction& transaction, BrandId brand, const std::vector<std::int64_t>& ids) {
    const Rows rows = transaction.run("SELECT customer_id, ref, email, phone, handles FROM customer "
                                      "WHERE brand_id = $1 AND customer_id = ANY ($2::bigint[])",
                                      {brand, array_of(ids)});
    std::vector<Customer> all;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        Customer one;
        one.id = rows.at(i, 0).integer();
        one.ref = rows.at(i, 1).text();
        one.email = rows.at(i, 2).text();
        one.phone = rows.at(i, 3).text();
        one.handles = rows.at(i, 4).texts();
        all.push_back(std::move(one));
    }
    return all;
}

} // namespace larum::store
