#pragma once

#include <cstdint>
#include <random>
#include <string>
#include <vector>

/// Invented people whose names are as unevenly spread as in life: a few first names and surnames belong to very many.
namespace larum::bench {

struct Person {
    std::string first, surname; ///< as in a record
    std::string city;
    bool woman = false;
    std::string name() const { return first + ' ' + surname; }
};

/// How an author writes a name that a record has.
enum class Spelling { as_recorded, diminutive, swapped, without_diacritics, other_gender, typo };
constexpr Spelling spellings[] = {Spelling::as_recorded,        Spelling::diminutive,   Spelling::swapped,
                                  Spelling::without_diacritics, Spelling::other_gender, Spelling::typo};
const char* word(Spelling spelling);

/// The same people for the same seed.
class Population {
public:
    explicit Population(unsigned seed);

    Person anybody();
    /// Somebody whose surname no record has.
    Person stranger();
    std::string written(const Person& person, Spelling spelling);
    std::size_t below(std::size_t limit) { return std::uniform_int_distribution<std::size_t>(0, limit - 1)(random_); }

private:
    std::string mistyped(std::string word);

    std::mt19937 random_;
};

} // namespace larum::bench
