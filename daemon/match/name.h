#pragma once

#include <string>
#include <string_view>
#include <vector>

/// Personal names as people write them: diminutives, feminine surnames, transliterations, any order.
namespace larum::match {

/// What the tables of first names know of a folded word.
struct FirstName {
    bool known = false;
    bool formal = false;              ///< is one itself, perhaps a diminutive of others too
    char gender = '-';                ///< f, m or - when unknown or both
    std::vector<std::string> formals; ///< formal names it may stand for, itself first when it is one; skeletons
};

/// Of a folded word; not known when it is in no table.
const FirstName& first_name(std::string_view folded);

/// A folded word of a name without what spelling and transliteration vary: «kowalski» and «kovalskyi», «Oxana»
/// and «Oksana» are the same.
std::string skeleton(std::string_view folded);

/// The skeleton of a surname without gender and case ending, its letters behind the first in order: «kowalska»,
/// «kowalskiej», «kowalski» and «kowalksi» are the same.
std::string surname_stem(std::string_view folded);

/// A word of a name. Words joined by a hyphen share `group`.
struct NameWord {
    std::string folded;
    std::vector<std::string> forms; ///< formal first names it may be, else the stem of a surname
    bool first = false;             ///< known as a first name
    bool formal = false;            ///< as such, not only as a diminutive: then `forms` begins with it
    char gender = '-';
    int group = 0;
};

struct Name {
    std::vector<NameWord> words;   ///< of two letters or more, at most four
    std::vector<char> initials;    ///< «Jan K.»: k
};

/// Titles, remarks in brackets, decoration and words with digits are left out.
Name parse_name(std::string_view text);

} // namespace larum::match
