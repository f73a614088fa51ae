#include "daemon/dispatch/sentence.h"

#include "core/text.h"

#include <unicode/uchar.h>
#include <unicode/utf8.h>

#include <algorithm>
#include <set>

namespace larum::dispatch {

namespace {

constexpr std::string_view cut = "[…]";

/// Behind these words stands a street or a person.
constexpr std::string_view titles[] = {"ul",   "ulica", "ulicy",  "al",   "aleja", "alei", "os",   "osiedle", "osiedlu", "pl",
                                       "pan",  "pana",  "panu",   "panem", "pani", "pania", "panie", "mr",     "mrs",     "ms",
                                       "miss", "dr",    "street", "st",    "road", "avenue"};

/// Given names so common that a sentence may begin with one, folded; words that mean something else are left out.
constexpr std::string_view given_names[] = {
    "adam", "agata", "agnieszka", "aleksandra", "alicja", "andrzej", "anna", "ania", "barbara", "beata", "dorota",
    "elzbieta", "ewa", "grzegorz", "iwona", "jakub", "jerzy", "joanna", "asia", "jolanta", "julia", "justyna", "kamil",
    "karolina", "kasia", "katarzyna", "krystyna", "krzysztof", "lukasz", "maciej", "magda", "magdalena", "malgorzata",
    "marcin", "marek", "maria", "mariusz", "marta", "mateusz", "michal", "monika", "natalia", "patryk", "paulina", "pawel",
    "piotr", "rafal", "renata", "robert", "ryszard", "stanislaw", "sylwia", "tomasz", "tomek", "urszula", "wojciech",
    "zbigniew", "zofia", "alice", "amanda", "andrew", "anthony", "ashley", "barbara", "brian", "charles", "christopher",
    "daniel", "david", "deborah", "donald", "donna", "edward", "elizabeth", "emily", "emma", "george", "jack", "james",
    "jason", "jennifer", "jessica", "john", "joseph", "joshua", "karen", "kevin", "laura", "linda", "lisa", "margaret",
    "mary", "matthew", "melissa", "michael", "michelle", "nancy", "oliver", "patricia", "paul", "richard", "ronald",
    "sandra", "sarah", "stephanie", "steven", "susan", "thomas", "timothy", "william"};

UChar32 first_letter(std::string_view word) {
    int32_t at = 0;
    UChar32 c = 0;
    while (at < static_cast<int32_t>(word.size())) {
        U8_NEXT(word.data(), at, static_cast<int32_t>(word.size()), c);
        if (c >= 0 && u_isalpha(c)) return c;
    }
    return 0;
}

bool is_capitalised(std::string_view word) { return u_isupper(first_letter(word)); }

bool is_shouted(std::string_view word) {
    const std::string letters(word);
    return text::fold(letters).size() > 1 && std::none_of(letters.begin(), letters.end(), [](char c) { return c >= 'a' && c <= 'z'; });
}

std::string bare(std::string_view word) {
    std::string out;
    const auto folded = text::fold(word);
    for (const auto part : text::folded_words(folded)) out += part;
    return out;
}

bool has_digit(std::string_view word) {
    return std::any_of(word.begin(), word.end(), [](char c) { return c >= '0' && c <= '9'; });
}

int digits(std::string_view word) {
    return static_cast<int>(std::count_if(word.begin(), word.end(), [](char c) { return c >= '0' && c <= '9'; }));
}

bool is_address(std::string_view word) {
    return word.find('@') != std::string_view::npos || word.find("://") != std::string_view::npos ||
           word.find("www.") != std::string_view::npos;
}

/// Small numbers tell of times and counts; «3», «12.03» and «20» stay. A date or count never has five digits.
bool is_number(std::string_view word) { return digits(word) >= 3; }

/// Inflection changes the end of a name: «Nowaka», «Kowalskiego», «Annie».
bool is_name(const std::string& word, const std::set<std::string>& names) {
    return std::any_of(names.begin(), names.end(), [&](const std::string& name) {
        if (name.size() < 3) return word == name;
        const bool vowel = std::string_view("aeiouy").find(name.back()) != std::string_view::npos;
        const auto stem = name.substr(0, vowel && name.size() > 3 ? name.size() - 1 : name.size());
        return word.rfind(stem, 0) == 0 && word.size() <= name.size() + 4;
    });
}

bool is_given_name(const std::string& word) {
    return std::find(std::begin(given_names), std::end(given_names), word) != std::end(given_names);
}

std::set<std::string> folded_set(const std::vector<std::string>& texts) {
    std::set<std::string> all;
    for (const auto& one : texts) {
        const auto folded = text::fold(one);
        for (const auto part : text::folded_words(folded)) all.insert(std::string(part));
    }
    return all;
}

bool ends_sentence(std::string_view word) {
    return !word.empty() && std::string_view(".!?:").find(word.back()) != std::string_view::npos;
}

/// The end of `word` that is no letter or digit, so that a sentence keeps its full stop.
std::string_view tail(std::string_view word) {
    const auto last = word.find_last_not_of(".,!?;:)\"'");
    return last == std::string_view::npos ? std::string_view() : word.substr(last + 1);
}

} // namespace

std::string mask(std::string_view sentence, const std::vector<std::string>& names, const std::vector<std::string>& keep) {
    const auto known = folded_set(names), kept = folded_set(keep);
    std::string out;
    bool starts = true, titled = false, gone = false;
    for (std::size_t at = 0; at < sentence.size();) {
        const auto end = std::min(sentence.find(' ', at), sentence.size());
        const auto word = sentence.substr(at, end - at);
        at = end + 1;
        if (word.empty()) continue;
        const auto plain = bare(word);
        const bool own = kept.count(plain) > 0;
        const bool a_name = is_name(plain, known) || is_given_name(plain) || titled ||
                            (!starts && is_capitalised(word) && !is_shouted(word)) || (gone && is_capitalised(word) && !is_shouted(word));
        const bool house_number = gone && has_digit(word);
        const bool secret = is_address(word) || is_number(word) || house_number || (!own && a_name && !plain.empty());
        const bool title = std::find(std::begin(titles), std::end(titles), plain) != std::end(titles);
        if (secret) {
            // One mark for a run: how many words a name has is nobody's business.
            if (!gone) out.append(out.empty() ? "" : " ").append(cut);
            out += tail(word);
        } else {
            out.append(out.empty() ? "" : " ").append(word);
        }
        gone = secret && tail(word).empty();
        titled = title;
        starts = !title && ends_sentence(word);
    }
    return out;
}

} // namespace larum::dispatch
