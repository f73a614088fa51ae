#include "daemon/match/match.h"

#include "daemon/match/compare.h"
#include "daemon/match/linked.h"
#include "daemon/match/weights.h"

#include <algorithm>
#include <chrono>
#include <cmath>

namespace larum::match {

namespace {

using namespace weights;

constexpr std::size_t candidates_shown = 8;
constexpr double name_alone_most = 0.89; ///< probability; below the band in which a story is shown
constexpr Span lately = std::chrono::hours{24 * 30};

/// A person with all that speaks for and against them.
struct Weighed {
    Person who;
    const Customer* best = nullptr; ///< the record that fits best
    EvidenceList evidence;
    double weight = 0;
    bool more_than_name = false;
    std::vector<CaseShare> cases; ///< `probability` still a weight in bits
};

double sum(const EvidenceList& list) {
    double total = 0;
    for (const auto& one : list) total += one.weight;
    return total;
}

double log2_of_sum(double a, double b) {
    const double high = std::max(a, b), low = std::min(a, b);
    return high + std::log2(1 + std::exp2(low - high));
}

/// How much likelier somebody with this case writes than just any customer; nothing when it was not there yet.
std::optional<double> standing(const Case& matter, const Post& post, const Verdict& verdict) {
    const auto opened = matter.opened_at ? matter.opened_at : matter.updated_at;
    if (opened && *opened > post.posted_at) return std::nullopt;
    auto closed = matter.closed_at;
    if (!closed && matter.status == CaseStatus::closed) closed = matter.updated_at;
    const bool complains = verdict.complaint >= 0.5;
    double weight = closed_before;
    if (!closed || *closed > post.posted_at)
        weight = unsolved_case;
    else if (*closed > post.posted_at - lately)
        weight = closed_lately;
    return complains ? weight : weight - quiet;
}

bool strong(const EvidenceList& list) {
    return std::any_of(list.begin(), list.end(), [](const Evidence& one) {
        return one.weight >= 2 && one.field != "name" && one.field != "name_in_text" && one.field != "case" &&
               one.field != "handle";
    });
}

/// The cases of a person: each with its weight, the best one's evidence, all of them one sum.
void weigh_cases(const Post& post, const Verdict& verdict, const Clues& clues, const Known& known, bool& own, Weighed& person) {
    double total = 0; // no case at all: just any customer
    double best = -1e9;
    EvidenceList best_evidence;
    for (const auto& matter : person.who.records->cases) {
        const auto stands = standing(matter, post, verdict);
        if (!stands) continue;
        EvidenceList found;
        own = compare_case(post, verdict, clues, matter, *person.who.records, known, found) || own;
        const double weight = *stands + sum(found);
        person.cases.push_back({matter.id, weight});
        total = log2_of_sum(total, weight);
        if (weight <= best) continue;
        best = weight;
        best_evidence = std::move(found);
    }
    if (person.cases.empty()) return;
    const double rest = total - sum(best_evidence);
    for (auto& one : best_evidence) person.evidence.push_back(std::move(one));
    person.evidence.push_back({"case", "", std::to_string(person.cases.size()) + " on record", rest});
    for (auto& one : person.cases) one.probability = std::exp2(one.probability - total);
    std::sort(person.cases.begin(), person.cases.end(), [](const auto& a, const auto& b) { return a.probability > b.probability; });
}

void weigh_endings(const Clues& clues, Weighed& person) {
    for (const auto& ending : clues.text.endings) {
        const bool said = std::any_of(person.evidence.begin(), person.evidence.end(), [&](const auto& one) { return one.field == "ending" && one.post == ending; });
        if (said) continue;
        const bool phone = ends_digits(person.best->phone, ending);
        person.evidence.push_back({"ending", ending, phone ? person.best->phone : "",
                                   phone ? std::log2(10.0) * static_cast<double>(ending.size()) + ending_quality : other_ending});
    }
}

/// A handle made of the name says the name once, not twice.
void temper_account(EvidenceList& list) {
    const auto account = std::find_if(list.begin(), list.end(), [](const auto& one) { return one.field == "account"; });
    const bool named = std::any_of(list.begin(), list.end(), [](const auto& one) {
        return (one.field == "name" || one.field == "handle") && one.weight > name_beside_account;
    });
    if (account != list.end() && named) account->weight = std::min(account->weight, name_beside_account);
}

/// The linked record that fits best speaks for the person.
bool weigh_records(const Post& post, const Clues& clues, const Known& known, Weighed& person) {
    bool own = false;
    double best = -1e9;
    for (const auto& customer : person.who.records->customers) {
        EvidenceList found;
        own = compare_own_data(clues, customer, known, found) || own;
        if (clues.matching == Matching::full) {
            compare_names(clues, customer, known, found);
            compare_place(post, clues, customer, found);
        }
        temper_account(found);
        if (const double weight = sum(found); weight > best) {
            best = weight;
            person.best = &customer;
            person.evidence = std::move(found);
        }
    }
    return own;
}

IdentityState state_of(const Weighed& person, const Known& known) {
    auto state = IdentityState::suggested;
    for (const auto& [customer, kept] : known.identities)
        for (const auto& record : person.who.records->customers)
            if (record.id == customer && kept != IdentityState::suggested) state = kept;
    return state;
}

/// Whether this author wrote to the brand as this customer before.
bool wrote_before(const Weighed& person, const Known& known) {
    if (!known.author_contacts) return false;
    return std::any_of(known.author_contacts->begin(), known.author_contacts->end(), [&](const Contact& contact) {
        return std::any_of(person.who.records->customers.begin(), person.who.records->customers.end(),
                           [&](const Customer& record) { return record.id == contact.customer; });
    });
}

/// Nothing when the identity was rejected and the text gives no number or address of the customer's own.
std::optional<Weighed> weigh(Person who, const Post& post, const Verdict& verdict, const Clues& clues, const Known& known) {
    Weighed person{std::move(who), nullptr, {}, 0, false, {}};
    bool own = weigh_records(post, clues, known, person);
    weigh_cases(post, verdict, clues, known, own, person);
    weigh_endings(clues, person);
    const auto state = state_of(person, known);
    if (state == IdentityState::rejected && !own) return std::nullopt;
    if (state == IdentityState::confirmed) person.evidence.push_back({"confirmed", clues.subject, person.best->ref, confirmed});
    if (wrote_before(person, known)) person.evidence.push_back({"author", clues.subject, person.best->ref, same_author});
    person.more_than_name = strong(person.evidence);
    person.weight = prior - std::log2(std::max(known.customers, 2.0)) + sum(person.evidence);
    return person;
}

Candidate candidate(const Weighed& person, double probability) {
    Candidate made{person.best->id, person.best->ref, probability, person.evidence, {}};
    for (const auto& record : person.who.records->customers)
        if (record.id != person.best->id) made.linked.push_back(record.id);
    std::sort(made.evidence.begin(), made.evidence.end(), [](const auto& a, const auto& b) { return std::abs(a.weight) > std::abs(b.weight); });
    return made;
}

/// What the author wrote to the brand without being known there as a customer.
void add_own_contacts(const Known& known, Records& person) {
    if (!known.author_contacts) return;
    for (const auto& contact : *known.author_contacts)
        if (!contact.customer) person.contacts.push_back(contact);
    std::stable_sort(person.contacts.begin(), person.contacts.end(), [](const auto& a, const auto& b) { return a.at < b.at; });
}

/// Shares of one among the candidates and nobody, whose weight is 0.
Matched shares(std::vector<Weighed> people, const Known& known) {
    std::sort(people.begin(), people.end(), [](const auto& a, const auto& b) { return a.weight > b.weight; });
    double total = 0;
    for (const auto& person : people) total = log2_of_sum(total, person.weight);
    Matched matched;
    for (std::size_t i = 0; i < people.size() && i < candidates_shown; ++i) {
        double probability = std::exp2(people[i].weight - total);
        if (!people[i].more_than_name) probability = std::min(probability, name_alone_most);
        if (i > 0 && probability < 0.001) break;
        matched.result.candidates.push_back(candidate(people[i], probability));
        matched.result.nobody -= probability;
    }
    matched.result.nobody = std::max(0.0, matched.result.nobody);
    if (people.empty()) return matched;
    matched.person = *people.front().who.records;
    add_own_contacts(known, *matched.person);
    matched.cases = std::move(people.front().cases);
    return matched;
}

} // namespace

Matched match(const Post& post, const Verdict& verdict, const Clues& clues, const Known& known) {
    std::vector<Weighed> people;
    if (clues.matching == Matching::off) return {};
    for (auto& who : linked_people(known.candidates)) {
        auto person = weigh(std::move(who), post, verdict, clues, known);
        // Nothing speaks for somebody who is here only because of a key they share.
        if (person && person->weight > -20) people.push_back(std::move(*person));
    }
    return shares(std::move(people), known);
}

} // namespace larum::match
