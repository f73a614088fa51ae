#include "daemon/store/records.h"

#include <algorithm>

namespace larum::store {

namespace {

Customer customer_of(const Rows& rows, std::size_t i) {
    Customer customer;
    customer.id = rows.at(i, 0).integer();
    customer.ref = rows.at(i, 1).text();
    customer.name = rows.at(i, 2).text();
    customer.email = rows.at(i, 3).text();
    customer.phone = rows.at(i, 4).text();
    customer.city = rows.at(i, 5).text();
    if (rows.at(i, 6).view() != "{}") customer.handles = rows.at(i, 6).texts();
    customer.tier = rows.at(i, 7).text();
    customer.language = rows.at(i, 8).text();
    return customer;
}

Case case_of(const Rows& rows, std::size_t i) {
    Case matter;
    matter.id = rows.at(i, 0).integer();
    matter.ref = rows.at(i, 1).text();
    matter.customer = rows.at(i, 2).integer();
    matter.status = from_word<CaseStatus>(rows.at(i, 3).view()).value_or(CaseStatus::open);
    matter.topic = from_word<Topic>(rows.at(i, 4).view());
    matter.subject = rows.at(i, 5).text();
    matter.channel = from_word<ContactChannel>(rows.at(i, 6).view());
    matter.opened_at = rows.at(i, 7).maybe_time();
    matter.updated_at = rows.at(i, 8).maybe_time();
    matter.closed_at = rows.at(i, 9).maybe_time();
    matter.promised_at = rows.at(i, 10).maybe_time();
    matter.order_ref = rows.at(i, 11).text();
    matter.owner = rows.at(i, 12).text();
    matter.team = rows.at(i, 13).text();
    return matter;
}

Contact contact_of(const Rows& rows, std::size_t i) {
    Contact contact;
    contact.id = rows.at(i, 0).integer();
    contact.customer = rows.at(i, 1).maybe_integer().value_or(0);
    contact.matter = rows.at(i, 2).maybe_integer().value_or(0);
    contact.author = rows.at(i, 3).text();
    contact.channel = static_cast<ContactChannel>(rows.at(i, 4).integer());
    contact.direction = static_cast<Direction>(rows.at(i, 5).integer());
    contact.at = rows.at(i, 6).time();
    contact.agent = rows.at(i, 7).text();
    contact.summary = rows.at(i, 8).text();
    contact.automatic = rows.at(i, 9).yes();
    return contact;
}

} // namespace

std::unordered_map<Id, Records> records_of(Transaction& transaction, BrandId brand, const std::vector<std::int64_t>& customers) {
    std::unordered_map<Id, Records> people;
    if (customers.empty()) return people;
    const auto rows = transaction.run_prepared("SELECT customer_id, ref, name, email, phone, city, handles, tier, language"
                                               " FROM unnest($2::bigint[]) AS q(id)"
                                               " CROSS JOIN LATERAL (SELECT * FROM customer WHERE brand_id = $1"
                                               " AND customer_id = q.id LIMIT 1) AS c"
                                               " WHERE NOT do_not_match AND objected_at IS NULL",
                                               {brand, array_of(customers)});
    std::vector<std::int64_t> known;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        Customer one = customer_of(rows, i);
        known.push_back(one.id);
        people[one.id].customers.push_back(std::move(one));
    }
    if (known.empty()) return people;
    const auto cases = transaction.run_prepared("SELECT case_id, ref, customer_id, status, topic, subject, channel, opened_at,"
                                                " updated_at, closed_at, promised_at, order_ref, owner, team"
                                                " FROM unnest($2::bigint[]) AS q(known)"
                                                " CROSS JOIN LATERAL (SELECT * FROM service_case WHERE brand_id = $1"
                                                " AND customer_id = q.known ORDER BY case_id DESC LIMIT 200) AS c",
                                                {brand, array_of(known)});
    for (std::size_t i = cases.size(); i-- > 0;) people[cases.at(i, 2).integer()].cases.push_back(case_of(cases, i));
    const auto contacts = transaction.run_prepared("SELECT c.contact_id, c.customer_id, c.case_id, c.author_key, c.channel,"
                                                   " c.direction, c.at, c.agent, c.summary, c.automatic"
                                                   " FROM unnest($2::bigint[]) AS q(customer_id)"
                                                   " CROSS JOIN LATERAL (SELECT * FROM contact WHERE brand_id = $1"
                                                   " AND customer_id = q.customer_id ORDER BY at DESC LIMIT 200) AS c",
                                                   {brand, array_of(known)});
    for (std::size_t i = contacts.size(); i-- > 0;) people[contacts.at(i, 1).integer()].contacts.push_back(contact_of(contacts, i));
    return people;
}

std::unordered_map<std::string, std::vector<Contact>> contacts_of_authors(Transaction& transaction, BrandId brand,
                                                                          const std::vector<std::string>& author_keys) {
    std::unordered_map<std::string, std::vector<Contact>> by_author;
    if (author_keys.empty()) return by_author;
    const auto rows = transaction.run_prepared("SELECT c.contact_id, c.customer_id, c.case_id, c.author_key, c.channel,"
                                               " c.direction, c.at, c.agent, c.summary, c.automatic"
                                               " FROM unnest($2::text[]) AS q(author_key)"
                                               " CROSS JOIN LATERAL (SELECT * FROM contact WHERE brand_id = $1"
                                               " AND author_key = q.author_key ORDER BY at DESC LIMIT 200) AS c",
                                               {brand, array_of(author_keys)});
    for (std::size_t i = rows.size(); i-- > 0;) by_author[rows.at(i, 3).text()].push_back(contact_of(rows, i));
    return by_author;
}

} // namespace larum::store
