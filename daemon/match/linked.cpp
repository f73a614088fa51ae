#include "daemon/match/linked.h"

#include "daemon/match/keys.h"

#include <algorithm>
#include <unordered_map>

namespace larum::match {

namespace {

bool share_a_word(const Customer& a, const Customer& b) {
    const Name one = parse_name(a.name), two = parse_name(b.name);
    for (const auto& word : one.words)
        for (const auto& other : two.words)
            if (std::find_first_of(word.forms.begin(), word.forms.end(), other.forms.begin(), other.forms.end()) != word.forms.end())
                return true;
    return false;
}

void add(Records& to, const Records& from) {
    to.customers.insert(to.customers.end(), from.customers.begin(), from.customers.end());
    to.cases.insert(to.cases.end(), from.cases.begin(), from.cases.end());
    to.contacts.insert(to.contacts.end(), from.contacts.begin(), from.contacts.end());
    std::stable_sort(to.contacts.begin(), to.contacts.end(), [](const auto& x, const auto& y) { return x.at < y.at; });
}

void join(Person& person, const Records& records) {
    if (!person.together) person.together = std::make_shared<Records>(*person.records);
    add(*person.together, records);
    person.records = person.together.get();
}

} // namespace

std::vector<Person> linked_people(const std::vector<const Records*>& candidates) {
    std::vector<Person> people;
    std::unordered_map<std::string, std::size_t> reached; // whose e-mail or phone it is
    for (const auto* one : candidates) {
        const auto& customer = one->customers.front();
        std::vector<std::string> addresses;
        if (!customer.email.empty()) addresses.push_back(folded_email(customer.email));
        if (!customer.phone.empty()) addresses.push_back(folded_phone(customer.phone));
        std::erase(addresses, std::string());
        std::size_t place = people.size();
        for (const auto& address : addresses)
            if (const auto owner = reached.find(address);
                owner != reached.end() && share_a_word(people[owner->second].records->customers.front(), customer))
                place = std::min(place, owner->second);
        if (place == people.size())
            people.push_back({one, nullptr});
        else
            join(people[place], *one);
        for (auto& address : addresses) reached.emplace(std::move(address), place);
    }
    return people;
}

} // namespace larum::match
