#include "daemon/match/match.h"

#include "daemon/match/observe.h"

#include <algorithm>
#include <cmath>

namespace larum::match {

namespace {

constexpr std::size_t candidates_shown = 8;
constexpr double name_alone_most = 0.89; ///< probability; below the band in which a story is shown
constexpr double says_more = 1.0;        ///< bits that something beside the name must add
constexpr double least_bits = -20;       ///< nothing speaks for somebody who is here only because of a shared key

/// A person and what all that was observed is worth.
struct Weighed {
    Observed seen;
    double bits = 0;               ///< against nobody
    std::vector<double> way_bits;  ///< of each way, the same
    double quiet = 0;              ///< before anything was looked at: just any customer, about no case
    std::size_t best_way = 0;
};

double log2_of_sum(const std::vector<double>& list) {
    const double high = *std::max_element(list.begin(), list.end());
    double sum = 0;
    for (const double one : list) sum += std::exp2(one - high);
    return high + std::log2(sum);
}

Weighed weigh(Observed seen, const Odds& odds) {
    const auto prior = [&](Standing standing) { return odds[static_cast<std::size_t>(standing)]; };
    Weighed person{std::move(seen), 0, {}, prior(Standing::no_case), 0};
    const double found = worth(person.seen.found, general_weights());
    for (const auto& way : person.seen.ways)
        person.way_bits.push_back(prior(way.standing) + worth(way.found, general_weights()) + found);
    const auto best = std::max_element(person.way_bits.begin(), person.way_bits.end());
    person.best_way = static_cast<std::size_t>(best - person.way_bits.begin());
    person.bits = log2_of_sum(person.way_bits);
    return person;
}

bool strong(const FoundList& list) {
    return std::any_of(list.begin(), list.end(), [](const Found& one) {
        return beyond_name(one.sign) && worth(one, general_weights()) >= says_more;
    });
}

bool more_than_name(const Weighed& person) {
    return strong(person.seen.found) || strong(person.seen.ways[person.best_way].found);
}

/// What was found, in bits that together with «prior» make the person's odds against nobody. What the source's
/// `matching` forbids to look at is not listed either.
std::vector<Evidence> evidence(const Weighed& person, const Known& known, Matching matching) {
    std::vector<Evidence> list;
    double listed = 0;
    const auto add = [&](const Found& one) {
        const double bits = worth(one, general_weights());
        listed += bits;
        list.push_back({std::string(field(one)), one.post, one.record, bits});
    };
    for (const auto& one : person.seen.found) add(one);
    for (const auto& one : person.seen.ways[person.best_way].found)
        if (field(one.sign) != "case") add(one);
    if (matching == Matching::full) {
        const auto cases = person.seen.ways.size() - 1;
        if (cases) list.push_back({"case", "", std::to_string(cases) + " on record", person.bits - person.quiet - listed});
    }
    std::stable_sort(list.begin(), list.end(), [](const auto& a, const auto& b) { return std::abs(a.weight) > std::abs(b.weight); });
    if (matching == Matching::full)
        list.push_back({"prior", "", "one of " + std::to_string(static_cast<long>(known.customers)) + " customers", person.quiet});
    return list;
}

Candidate candidate(const Weighed& person, double probability, const Known& known, Matching matching) {
    const auto& best = *person.seen.best;
    Candidate made{best.id, best.ref, probability, evidence(person, known, matching), {}};
    for (const auto& record : person.seen.who.records->customers)
        if (record.id != best.id) made.linked.push_back(record.id);
    return made;
}

std::vector<CaseShare> cases(const Weighed& person) {
    std::vector<CaseShare> shares;
    for (std::size_t i = 0; i < person.way_bits.size(); ++i)
        if (person.seen.ways[i].matter) shares.push_back({person.seen.ways[i].matter, std::exp2(person.way_bits[i] - person.bits)});
    std::sort(shares.begin(), shares.end(), [](const auto& a, const auto& b) { return a.probability > b.probability; });
    return shares;
}

/// What the author wrote to the brand without being known there as a customer.
void add_own_contacts(const Known& known, Records& person) {
    if (!known.author_contacts) return;
    for (const auto& contact : *known.author_contacts)
        if (!contact.customer) person.contacts.push_back(contact);
    std::stable_sort(person.contacts.begin(), person.contacts.end(), [](const auto& a, const auto& b) { return a.at < b.at; });
}

/// Probabilities of each standing, for the mixture to learn from.
Standings thought(const std::vector<Weighed>& people, double total) {
    Standings standings{};
    for (const auto& person : people)
        for (std::size_t i = 0; i < person.way_bits.size(); ++i)
            standings[static_cast<std::size_t>(person.seen.ways[i].standing)] += std::exp2(person.way_bits[i] - total);
    standings[0] = std::exp2(-total);
    return standings;
}

/// Shares of one among the people and nobody, who has 0 bits. `people`: likeliest first.
Matched shares_of(const std::vector<Weighed>& people, const Known& known, Matching matching) {
    std::vector<double> all = {0};
    for (const auto& person : people) all.push_back(person.bits);
    const double total = log2_of_sum(all);
    Matched matched;
    matched.thought = thought(people, total);
    for (std::size_t i = 0; i < people.size() && i < candidates_shown; ++i) {
        double probability = std::exp2(people[i].bits - total);
        if (!more_than_name(people[i])) probability = std::min(probability, name_alone_most);
        if (i > 0 && probability < 0.001) break;
        matched.result.candidates.push_back(candidate(people[i], probability, known, matching));
        matched.result.nobody -= probability;
    }
    matched.result.nobody = std::max(0.0, matched.result.nobody);
    if (people.empty()) return matched;
    matched.person = *people.front().seen.who.records;
    add_own_contacts(known, *matched.person);
    matched.cases = cases(people.front());
    return matched;
}

} // namespace

Matched match(const Post& post, const Verdict& verdict, const Clues& clues, const Known& known, const Odds& odds) {
    std::vector<Weighed> people;
    for (auto& seen : observe(post, verdict, clues, known))
        if (auto person = weigh(std::move(seen), odds); person.bits > least_bits) people.push_back(std::move(person));
    std::stable_sort(people.begin(), people.end(), [](const auto& a, const auto& b) { return a.bits > b.bits; });
    return shares_of(people, known, clues.matching);
}

} // namespace larum::match
