#include "daemon/match/observe.h"

#include "daemon/match/compare.h"

#include <algorithm>
#include <chrono>

namespace larum::match {

namespace {

constexpr Span lately = std::chrono::hours{24 * 30};

/// What the author is to the brand when they write about `matter`; nothing when it was not there yet.
std::optional<Standing> standing(const Case& matter, const Post& post) {
    const auto opened = matter.opened_at ? matter.opened_at : matter.updated_at;
    if (opened && *opened > post.posted_at) return std::nullopt;
    auto closed = matter.closed_at;
    if (!closed && matter.status == CaseStatus::closed) closed = matter.updated_at;
    if (!closed || *closed > post.posted_at) return Standing::unsolved;
    return *closed > post.posted_at - lately ? Standing::closed_lately : Standing::closed_before;
}

Sign complains(Standing standing) {
    switch (standing) {
    case Standing::unsolved: return Sign::complains_unsolved;
    case Standing::closed_lately: return Sign::complains_lately;
    case Standing::closed_before: return Sign::complains_before;
    default: return Sign::complains_no_case;
    }
}

/// A handle made of the name says the name once, not twice.
void temper_account(FoundList& list) {
    const bool named = std::any_of(list.begin(), list.end(), [](const Found& one) {
        return one.rarity > 0 && (field(one.sign) == "name" || field(one.sign) == "handle");
    });
    if (!named) return;
    for (auto& one : list)
        if (one.sign == Sign::account) one.sign = Sign::account_beside_name, one.rarity = 0;
}

/// The linked record that fits best speaks for the person. True when the author gave a number or address of theirs.
bool observe_records(const Post& post, const Verdict& verdict, const Clues& clues, const Known& known, Observed& person) {
    bool own = false;
    double best = -1e9;
    for (const auto& customer : person.who.records->customers) {
        FoundList found;
        own = compare_own_data(clues, customer, known, found) || own;
        if (clues.matching == Matching::full) {
            compare_names(verdict, clues, customer, known, found);
            compare_place(post, clues, customer, found);
        }
        temper_account(found);
        if (const double bits = worth(found, general_weights()); bits > best) {
            best = bits;
            person.best = &customer;
            person.found = std::move(found);
        }
    }
    return own;
}

bool observe_ways(const Post& post, const Verdict& verdict, const Clues& clues, const Known& known, Observed& person) {
    bool own = false;
    const auto complaint = [&](Standing one) { return Found{complains(one), 0, 2 * verdict.complaint - 1, {}, {}}; };
    for (const auto& matter : person.who.records->cases) {
        const auto stands = standing(matter, post);
        if (!stands) continue;
        Way way{*stands, matter.id, {}};
        own = compare_numbers(clues, matter, known, way.found) || own;
        compare_endings(clues, *person.best, &matter, way.found);
        if (clues.matching == Matching::full) compare_case(post, verdict, clues, matter, *person.who.records, way.found);
        way.found.push_back(complaint(*stands));
        person.ways.push_back(std::move(way));
    }
    Way none;
    compare_endings(clues, *person.best, nullptr, none.found);
    none.found.push_back(complaint(Standing::no_case));
    person.ways.push_back(std::move(none));
    return own;
}

IdentityState state_of(const Observed& person, const Known& known) {
    auto state = IdentityState::suggested;
    for (const auto& [customer, kept] : known.identities)
        for (const auto& record : person.who.records->customers)
            if (record.id == customer && kept != IdentityState::suggested) state = kept;
    return state;
}

/// Whether this author wrote to the brand as this customer before.
bool wrote_before(const Observed& person, const Known& known) {
    if (!known.author_contacts) return false;
    return std::any_of(known.author_contacts->begin(), known.author_contacts->end(), [&](const Contact& contact) {
        return std::any_of(person.who.records->customers.begin(), person.who.records->customers.end(),
                           [&](const Customer& record) { return record.id == contact.customer; });
    });
}

} // namespace

std::vector<Observed> observe(const Post& post, const Verdict& verdict, const Clues& clues, const Known& known) {
    std::vector<Observed> people;
    if (clues.matching == Matching::off) return people;
    for (auto& who : linked_people(known.candidates)) {
        Observed person{std::move(who), nullptr, {}, {}};
        bool own = observe_records(post, verdict, clues, known, person);
        own = observe_ways(post, verdict, clues, known, person) || own;
        const auto state = state_of(person, known);
        if (state == IdentityState::rejected && !own) continue;
        if (state == IdentityState::confirmed) person.found.push_back({Sign::confirmed, 0, 1, clues.subject, person.best->ref});
        if (wrote_before(person, known)) person.found.push_back({Sign::same_author, 0, 1, clues.subject, person.best->ref});
        people.push_back(std::move(person));
    }
    return people;
}

} // namespace larum::match
