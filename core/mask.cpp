#include "core/mask.h"

#include "core/text.h"

#include <unicode/uchar.h>
#include <unicode/utf8.h>

#include <algorithm>
#include <set>

namespace larum {

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

/// «jkowalski_87», «ania1990»: nobody writes an ordinary word so.
bool is_handle(std::string_view folded, std::string_view word) {
    const auto underscore = word.find('_');
    if (underscore != word.npos && underscore > 0 && underscore + 1 < word.size()) return folded.size() > 2;
    const auto letters = std::min(folded.find_first_of("0123456789"), folded.size());
    return letters >= 4 && digits(folded.substr(letters)) >= 2;
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

/// Reads parts from left to right: what stands before a word tells whether it begins a sentence or follows a title.
class Search {
public:
    Search(const std::vector<std::string>& names, const std::vector<std::string>& keep) : names_(folded_set(names)), kept_(folded_set(keep)) {}

    void judge(TextPart& part) {
        const auto word = part.written;
        const auto& plain = part.folded;
        part.why = why(word, plain);
        const bool title = std::find(std::begin(titles), std::end(titles), plain) != std::end(titles);
        gone_ = part.why != Private::no && tail(word).empty();
        titled_ = title;
        starts_ = !title && ends_sentence(word);
    }

    void new_line() { starts_ = true; }

private:
    Private why(std::string_view word, const std::string& plain) const {
        if (is_address(word) || is_handle(plain, word)) return Private::address;
        if (is_number(word) || (gone_ && has_digit(word))) return Private::number;
        if (plain.empty() || kept_.count(plain)) return Private::no;
        if (titled_ || is_name(plain, names_) || is_given_name(plain)) return Private::name;
        const bool capitalised = is_capitalised(word) && !is_shouted(word);
        if (capitalised && gone_) return Private::name;
        // «I» is everybody.
        return capitalised && !starts_ && plain.size() > 1 ? Private::maybe_name : Private::no;
    }

    std::set<std::string> names_, kept_;
    bool starts_ = true, titled_ = false, gone_ = false;
};

bool is_blank(char c) { return c == ' ' || c == '\n' || c == '\t' || c == '\r'; }

} // namespace

std::vector<TextPart> private_parts(std::string_view text, const std::vector<std::string>& names,
                                    const std::vector<std::string>& keep) {
    std::vector<TextPart> parts;
    Search search(names, keep);
    std::uint32_t position = 0;
    for (std::size_t at = 0; at < text.size();) {
        if (is_blank(text[at])) {
            if (text[at++] == '\n') search.new_line();
            ++position;
            continue;
        }
        auto end = at;
        while (end < text.size() && !is_blank(text[end])) ++end;
        const auto word = text.substr(at, end - at);
        const auto length = static_cast<std::uint32_t>(text::code_points(word));
        auto& part = parts.emplace_back(TextPart{word, bare(word), position, position + length, Private::no});
        search.judge(part);
        position += length;
        at = end;
    }
    return parts;
}

std::string mask(std::string_view sentence, const std::vector<std::string>& names, const std::vector<std::string>& keep) {
    std::string out;
    bool gone = false;
    for (const auto& part : private_parts(sentence, names, keep)) {
        const auto end = tail(part.written);
        if (part.why == Private::no) {
            out.append(out.empty() ? "" : " ").append(part.written);
        } else {
            // One mark for a run: how many words a name has is nobody's business.
            if (!gone) out.append(out.empty() ? "" : " ").append(cut);
            out += end;
        }
        gone = part.why != Private::no && end.empty();
    }
    return out;
}

} // namespace larum
