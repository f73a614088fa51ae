#include "bench/people.h"

#include "core/text.h"
#include "daemon/match/names/tables.h"

#include <algorithm>
#include <cmath>
#include <string_view>

namespace larum::bench {

namespace {

/// A first name of the tables with what it is called among friends.
struct Given {
    std::string name;
    bool woman = false;
    std::vector<std::string> diminutives;
};

std::vector<std::string> split(std::string_view text, char at) {
    std::vector<std::string> parts;
    for (std::size_t from = 0; from < text.size();) {
        const auto end = std::min(text.find(at, from), text.size());
        if (end > from) parts.emplace_back(text.substr(from, end - from));
        from = end + 1;
    }
    return parts;
}

std::vector<Given> read_given() {
    std::vector<Given> all;
    for (const auto& line : split(match::polish_names, '\n')) {
        auto words = split(line, ' ');
        if (words.size() > 1) all.push_back({words[0], words[1] == "f", {words.begin() + 2, words.end()}});
    }
    return all;
}

/// The commonest first names by how many in a thousand bear them, roughly as in Poland; the rest share what is left.
constexpr struct {
    std::string_view name;
    double share;
} common_given[] = {
    {"Anna", 27},     {"Maria", 17},      {"Katarzyna", 16}, {"Małgorzata", 15}, {"Agnieszka", 14}, {"Barbara", 12},  {"Ewa", 12},      {"Magdalena", 11},
    {"Joanna", 11},   {"Elżbieta", 10},   {"Krystyna", 9},   {"Aleksandra", 9},  {"Monika", 9},     {"Zofia", 8},     {"Teresa", 8},    {"Natalia", 7},
    {"Karolina", 7},  {"Danuta", 7},      {"Marta", 6},      {"Julia", 6},       {"Piotr", 18},     {"Krzysztof", 17}, {"Andrzej", 15}, {"Jan", 15},
    {"Tomasz", 14},   {"Paweł", 13},      {"Michał", 13},    {"Marcin", 12},     {"Stanisław", 10}, {"Jakub", 10},    {"Adam", 9},      {"Marek", 9},
    {"Łukasz", 9},    {"Grzegorz", 8},    {"Mateusz", 8},    {"Wojciech", 7},    {"Mariusz", 6},    {"Dariusz", 6},   {"Maciej", 6},    {"Zbigniew", 6}};

std::vector<double> running_sum(std::vector<double> shares) {
    for (std::size_t i = 1; i < shares.size(); ++i) shares[i] += shares[i - 1];
    return shares;
}

struct Tables {
    Tables() : given(read_given()) {
        std::vector<double> shares(given.size(), 0.9);
        for (std::size_t i = 0; i < given.size(); ++i)
            for (const auto& one : common_given)
                if (one.name == given[i].name) shares[i] = one.share;
        given_shares = running_sum(std::move(shares));
        // The commonest surname has 5 in 1,000, the hundredth 0.6, the thousandth 0.1: so it is in Poland.
        std::vector<double> surnames(100'000);
        for (std::size_t rank = 0; rank < surnames.size(); ++rank) surnames[rank] = std::pow(static_cast<double>(rank) + 6.8, -0.8);
        surname_shares = running_sum(std::move(surnames));
        cities = split(match::polish_cities, '\n');
        std::vector<double> sizes;
        for (std::size_t rank = 0; rank < cities.size(); ++rank) sizes.push_back(1.0 / (static_cast<double>(rank) + 2));
        city_shares = running_sum(std::move(sizes));
    }
    std::vector<Given> given;
    std::vector<double> given_shares, surname_shares, city_shares;
    std::vector<std::string> cities;
};

const Tables& tables() {
    static const Tables made;
    return made;
}

std::size_t drawn(const std::vector<double>& shares, std::mt19937& random) {
    const double at = std::uniform_real_distribution<>(0, shares.back())(random);
    return static_cast<std::size_t>(std::lower_bound(shares.begin(), shares.end(), at) - shares.begin());
}

constexpr std::string_view commonest[] = {"Nowak",      "Kowalski", "Wiśniewski", "Wójcik", "Kowalczyk", "Kamiński", "Lewandowski", "Zieliński", "Szymański",
                                          "Woźniak",    "Dąbrowski", "Kozłowski", "Mazur",  "Jankowski", "Kwiatkowski", "Krawczyk", "Piotrowski", "Grabowski"};

/// Behind the commonest, surnames put together from syllables; every rank has its own.
std::string surname_of(std::size_t rank) {
    static constexpr std::string_view starts[] = {"Ko", "Ma", "Le", "Za", "Gra", "Ste", "Wi", "Bo", "Sa", "Dą", "Ry", "Pie", "Mro", "Żu", "Cie", "Ha", "Ja", "Lu", "Ny", "Ol", "Śli", "Ta", "Ur", "Wę"};
    static constexpr std::string_view middles[] = {"wal", "zur", "wan", "cze", "jac", "bo", "pie", "rek", "dro", "ła", "mi", "no", "go", "ży", "wrze", "si", "lu", "ro", "bie", "ko", "mar", "ci", "tu", "sze"};
    static constexpr std::string_view endings[] = {"ński", "wski", "cki", "czyk", "k", "rz", "ncki", "wicz", "łek", "ra", "siak"};
    if (rank < std::size(commonest)) return std::string(commonest[rank]);
    std::string made(starts[rank % 24]);
    made += middles[rank / 24 % 24];
    if (rank / 6336 % 16) made += middles[rank / 6336 % 24];
    return made += endings[rank / 576 % 11];
}

std::string feminine(std::string surname) {
    for (const std::string_view ending : {"ski", "cki", "dzki"})
        if (surname.ends_with(ending)) surname.back() = 'a';
    return surname;
}

std::string masculine(std::string surname) {
    for (const std::string_view ending : {"ska", "cka", "dzka"})
        if (surname.ends_with(ending)) surname.back() = 'i';
    return surname;
}

} // namespace

const char* word(Spelling spelling) {
    switch (spelling) {
    case Spelling::as_recorded: return "as recorded";
    case Spelling::diminutive: return "diminutive";
    case Spelling::swapped: return "swapped";
    case Spelling::without_diacritics: return "without diacritics";
    case Spelling::other_gender: return "other gender";
    case Spelling::typo: return "typo";
    }
    return "";
}

Population::Population(unsigned seed) : random_(seed) {}

Person Population::anybody() {
    const auto& all = tables();
    const auto& given = all.given[drawn(all.given_shares, random_)];
    auto surname = surname_of(drawn(all.surname_shares, random_));
    return {given.name, given.woman ? feminine(std::move(surname)) : surname, all.cities[drawn(all.city_shares, random_)], given.woman};
}

Person Population::stranger() {
    auto made = anybody();
    made.surname = "Xa" + text::fold(made.surname).substr(2) + "xo";
    return made;
}

/// Two letters changed places, one left out or one doubled; never the first, which people get right.
std::string Population::mistyped(std::string word) {
    std::vector<std::size_t> plain;
    for (std::size_t i = 1; i + 1 < word.size(); ++i)
        if (static_cast<unsigned char>(word[i]) < 0x80 && static_cast<unsigned char>(word[i + 1]) < 0x80) plain.push_back(i);
    if (plain.empty()) return word;
    const auto at = plain[below(plain.size())];
    switch (below(4)) {
    case 0: return word.erase(at, 1);
    case 1: return word.insert(at, 1, word[at]);
    default: std::swap(word[at], word[at + 1]); return word;
    }
}

std::string Population::written(const Person& person, Spelling spelling) {
    switch (spelling) {
    case Spelling::as_recorded: break;
    case Spelling::diminutive:
        for (const auto& given : tables().given)
            if (given.name == person.first && !given.diminutives.empty())
                return given.diminutives[below(given.diminutives.size())] + ' ' + person.surname;
        break;
    case Spelling::swapped: return person.surname + ' ' + person.first;
    case Spelling::without_diacritics: return text::fold(person.name());
    case Spelling::other_gender: return person.first + ' ' + (person.woman ? masculine(person.surname) : feminine(person.surname));
    case Spelling::typo: return person.first + ' ' + mistyped(person.surname);
    }
    return person.name();
}

} // namespace larum::bench
