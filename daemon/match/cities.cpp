#include "daemon/match/cities.h"

#include "core/text.h"
#include "daemon/match/keys.h"
#include "daemon/match/names/tables.h"
#include "daemon/match/text_clues.h"

#include <algorithm>
#include <array>
#include <unordered_map>
#include <unordered_set>

namespace larum::match {

namespace {

constexpr std::size_t cities_max = 4;

struct Cities {
    std::unordered_set<std::string> whole;                               ///< letters and digits
    std::unordered_map<std::string, std::vector<std::string>> beginning; ///< by the first three letters of the first word
};

const Cities& cities() {
    static const Cities table = [] {
        Cities made;
        for (std::size_t at = 0; at < polish_cities.size();) {
            const auto end = std::min(polish_cities.find('\n', at), polish_cities.size());
            const std::string folded = text::fold(polish_cities.substr(at, end - at));
            at = end + 1;
            const auto words = text::folded_words(folded);
            if (words.empty() || words[0] == "sroda") continue; // a day of the week, and the middle of anything
            made.whole.insert(letters_and_digits(folded));
            made.beginning[std::string(words[0].substr(0, 3))].emplace_back(words[0]);
        }
        return made;
    }();
    return table;
}

// Short words before a place; «z», «w» and «do» stand before much else, so that only words of the table count.
constexpr std::array<std::string_view, 16> before_place = {"w",  "we",   "do",   "z",   "ze",  "kolo", "pod",   "salon",
                                                           "in", "from", "near", "aus", "bei", "nach", "miasta", "filiale"};

} // namespace

bool known_city(const std::string& folded) { return cities().whole.contains(folded); }

std::vector<std::string> cities_in(std::string_view folded) {
    std::vector<std::string> found;
    std::string_view before;
    for (const auto word : text::folded_words(folded)) {
        const bool place = std::find(before_place.begin(), before_place.end(), before) != before_place.end();
        before = word;
        if (!place || word.size() < 4) continue;
        const auto like = cities().beginning.find(std::string(word.substr(0, 3)));
        if (like == cities().beginning.end()) continue;
        for (const auto& city : like->second)
            if (found.size() < cities_max && same_word(word, city)) {
                found.push_back(city);
                break;
            }
    }
    return found;
}

} // namespace larum::match
