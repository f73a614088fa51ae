#include "daemon/match/linked.h"

#include "daemon/match/keys.h"

#include <algorithm>
#include <numeric>

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

bool linked(const Customer& a, const Customer& b) {
    const auto same = [](const std::string& one, const std::string& two) { return !one.empty() && one == two; };
    const bool reached = same(folded_email(a.email), folded_email(b.email)) || same(folded_phone(a.phone), folded_phone(b.phone));
    return reached && share_a_word(a, b);
}

void add(Records& to, const Records& from) {
    to.customers.insert(to.customers.end(), from.customers.begin(), from.customers.end());
    to.cases.insert(to.cases.end(), from.cases.begin(), from.cases.end());
    to.contacts.insert(to.contacts.end(), from.contacts.begin(), from.contacts.end());
    std::stable_sort(to.contacts.begin(), to.contacts.end(), [](const auto& x, const auto& y) { return x.at < y.at; });
}

} // namespace

std::vector<Records> linked_people(const std::vector<const Records*>& candidates) {
    std::vector<Records> people;
    for (const auto* one : candidates) {
        const auto known = std::find_if(people.begin(), people.end(), [&](const Records& person) {
            return std::any_of(person.customers.begin(), person.customers.end(),
                               [&](const auto& record) { return linked(record, one->customers.front()); });
        });
        if (known == people.end())
            people.push_back(*one);
        else
            add(*known, *one);
    }
    return people;
}

} // namespace larum::match
