#include "core/text.h"
#include "daemon/match/cities.h"
#include "daemon/match/compare.h"

#include <algorithm>

namespace larum::match {

namespace {

/// «Warszawie», «Warsaw» and «Warszawa» are one; so is the first word of «Gorzów Wielkopolski».
bool names_city(const TextClues& text, const std::string& city) {
    const std::string folded = text::fold(city);
    const auto words = text::folded_words(folded);
    if (words.empty() || words[0].size() < 3) return false;
    if (words[0].size() == 3) return std::binary_search(text.words.begin(), text.words.end(), std::string(words[0]));
    return has_word(text.words, words[0]);
}

void compare_city(const Post& post, const Clues& clues, const Customer& customer, FoundList& out) {
    const std::string city = letters_and_digits(customer.city);
    if (city.empty() || clues.city.empty()) return;
    if (clues.city == city || same_word(clues.city, city))
        out.push_back({known_city(city) ? Sign::city : Sign::place, 0, 1, post.author.city, customer.city});
    else if (almost_same_word(clues.city, city))
        out.push_back({Sign::city_like, 0, 1, post.author.city, customer.city});
    else
        out.push_back({known_city(clues.city) ? Sign::city_other : Sign::place_other, 0, 1, post.author.city, customer.city});
}

} // namespace

void compare_place(const Post& post, const Clues& clues, const Customer& customer, FoundList& out) {
    if (clues.matching != Matching::full) return;
    compare_city(post, clues, customer, out);
    if (!customer.city.empty()) {
        if (names_city(clues.text, customer.city))
            out.push_back({Sign::city_in_text, 0, 1, customer.city, customer.city});
        else if (!clues.text.cities.empty())
            out.push_back({Sign::city_in_text_other, 0, 1, clues.text.cities.front(), customer.city});
    }
    if (!post.lang.empty() && !customer.language.empty() && post.lang.substr(0, 2) != customer.language.substr(0, 2))
        out.push_back({Sign::language_other, 0, 1, post.lang, customer.language});
}

} // namespace larum::match
