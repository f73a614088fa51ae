#include "daemon/match/compare.h"

#include <algorithm>
#include <cmath>

namespace larum::match {

namespace {

constexpr double namesakes_elsewhere = 1.0; ///< of anybody's name, beyond the brand's own customers
constexpr int too_many = 128;               ///< taken for a key that more customers share than were asked for

/// A form that both words may stand for; empty when there is none.
const std::string* common_form(const NameWord& a, const NameWord& b) {
    for (const auto& one : a.forms)
        for (const auto& two : b.forms)
            if (one == two) return &one;
    return nullptr;
}

/// Written otherwise, yet likely the same: a slip, or a pet name that no table knows («Terenia», «Rafi»).
bool alike(const NameWord& a, const NameWord& b) {
    if (a.folded.empty() || b.folded.empty() || (a.formal && b.formal)) return false;
    if (almost_same_word(a.folded, b.folded)) return true;
    const bool pet = (a.first || b.first) && !(a.first && b.first);
    return pet && a.folded.size() >= 4 && b.folded.size() >= 3 && a.folded.substr(0, 3) == b.folded.substr(0, 3);
}

/// How two names agree, word by word.
struct Agreement {
    const std::string* first = nullptr;  ///< forms that agree, at most two
    const std::string* second = nullptr;
    const NameWord* post_word = nullptr; ///< the word of the post behind `first`
    const NameWord* record_word = nullptr;
    bool like = false;                   ///< besides `first`, another pair of words is alike
    int count() const { return (first != nullptr) + (second != nullptr); }
};

Agreement agree(const Name& post, const Name& record) {
    Agreement found;
    std::vector<bool> used(record.words.size());
    for (const auto& word : post.words)
        for (std::size_t i = 0; i < record.words.size(); ++i) {
            if (used[i] || found.second) continue;
            const auto* form = common_form(word, record.words[i]);
            if (!form) continue;
            used[i] = true;
            if (found.first && found.post_word->group == word.group) break; // halves of one double surname
            (found.first ? found.second : found.first) = form;
            if (!found.second) found.post_word = &word, found.record_word = &record.words[i];
            break;
        }
    if (found.count() != 1) return found;
    for (const auto& word : post.words)
        for (const auto& other : record.words)
            found.like = found.like || (word.group != found.post_word->group && other.group != found.record_word->group && alike(word, other));
    return found;
}

/// Bits that a name shared by `sharing` customers is worth.
double rarity(const Known& known, int sharing) {
    const double namesakes = (sharing < 0 ? too_many : std::max(sharing, 1)) + namesakes_elsewhere;
    return std::log2(std::max(known.customers, 2 * namesakes) / namesakes);
}

int sharing(const Known& known, KeyKind kind, const std::string& folded) {
    return known.sharing ? known.sharing(key_of(kind, folded)) : -1;
}

std::string written(const Name& name) {
    std::string text;
    for (const auto& word : name.words) text += (text.empty() ? "" : " ") + word.folded;
    for (const char initial : name.initials) text += std::string(text.empty() ? "" : " ") + initial + '.';
    return text;
}

double full_name(const Agreement& same, const Known& known) {
    return rarity(known, sharing(known, KeyKind::name, std::min(*same.first, *same.second) + '|' + std::max(*same.first, *same.second)));
}

/// Bits of the word that agrees together with the first letter of another word of the record.
double with_letter(const Agreement& same, const Name& record, const Known& known) {
    for (const auto& word : record.words) {
        if (word.group == same.record_word->group) continue;
        const auto kind = same.record_word->first ? KeyKind::first_name : KeyKind::surname;
        return rarity(known, sharing(known, kind, *same.first + '|' + skeleton(word.folded.substr(0, 1))));
    }
    return rarity(known, -1);
}

bool has_initial(const Name& post, const Name& record, const Agreement& same) {
    for (const auto& word : record.words)
        for (const char initial : post.initials)
            if (word.group != same.record_word->group && skeleton({&initial, 1}) == skeleton(word.folded.substr(0, 1))) return true;
    return false;
}

bool given(const Name& name) {
    return std::any_of(name.words.begin(), name.words.end(), [](const auto& word) { return word.first; });
}

/// Whether one name has a half of a double surname, or a middle name, that the other lacks.
bool part_only(const Name& post, const Name& record) { return post.words.size() != record.words.size(); }

std::optional<Found> one_word(const Name& post, const Name& record, const Agreement& same, const Known& known) {
    const bool whole = post.words.size() >= 2 || !post.initials.empty();
    if (same.like) return Found{Sign::name_like, with_letter(same, record, known), 1, {}, {}};
    if (!post.initials.empty() && has_initial(post, record, same)) return Found{Sign::name_initial, with_letter(same, record, known), 1, {}, {}};
    if (same.post_word->first) return Found{!whole ? Sign::given_only : post.initials.empty() ? Sign::surname_changed : Sign::name_differs, 0, 1, {}, {}};
    if (!whole) return Found{Sign::surname_only, 0, 1, {}, {}};
    if (!post.initials.empty() || (given(post) && given(record))) return Found{Sign::given_differs, 0, 1, {}, {}};
    return Found{Sign::given_other, 0, 1, {}, {}};
}

/// What the displayed name says of the record.
std::optional<Found> displayed(const Name& post, const Name& record, const Known& known) {
    const auto same = agree(post, record);
    if (same.count() == 2) return Found{part_only(post, record) ? Sign::name_part : Sign::name, full_name(same, known), 1, {}, {}};
    if (same.count() == 1) return one_word(post, record, same, known);
    const bool whole = post.words.size() >= 2 || !post.initials.empty();
    if (whole && given(post) && given(record)) return Found{Sign::name_differs, 0, 1, {}, {}};
    if (post.words.size() == 1 && given(post) && given(record)) return Found{Sign::name_differs, 0, 0.5, {}, {}};
    return std::nullopt;
}

/// «jkowalski87» for «Jan Kowalski»: bits, 0 when it does not fit.
double handle_reading(const Clues& clues, const Name& record, const Known& known) {
    if (!clues.handle_initial) return 0;
    const std::string stem = surname_stem(clues.handle_surname);
    const std::string letter = skeleton({&clues.handle_initial, 1});
    for (const auto& surname : record.words) {
        if (surname_stem(surname.folded) != stem) continue;
        for (const auto& first : record.words)
            if (&first != &surname && skeleton(first.folded).starts_with(letter))
                return rarity(known, sharing(known, KeyKind::surname, stem + '|' + letter));
    }
    return 0;
}

bool is_against(Sign sign) { return sign == Sign::name_differs || sign == Sign::given_differs; }

/// A full name of the record within the text; beside a displayed name that says it already it is worth less.
std::optional<Found> in_text(const Clues& clues, const Name& record, const Known& known, bool shown) {
    for (const auto& name : clues.text.names) {
        const auto same = agree(name, record);
        if (same.count() == 2) return Found{shown ? Sign::name_again : Sign::name_in_text, shown ? 0 : full_name(same, known), 1, written(name), {}};
        if (same.count() == 1 && !name.initials.empty() && has_initial(name, record, same))
            return Found{shown ? Sign::name_again : Sign::name_in_text, shown ? 0 : with_letter(same, record, known), 0.7, written(name), {}};
    }
    return std::nullopt;
}

void compare_sex(const Verdict& verdict, const Clues& clues, const Name& record, FoundList& out) {
    if (clues.text.sex == '-' || verdict.on_behalf >= 0.5) return;
    for (const auto& word : record.words)
        if (word.first && word.gender != '-') {
            if (word.gender != clues.text.sex) out.push_back({Sign::sex_other, 0, 1, "", ""});
            return;
        }
}

void from_handle(const Clues& clues, Found& shown) {
    if (is_against(shown.sign)) {
        shown.sign = Sign::handle_differs; // a handle is often just a joke
    } else if (shown.sign == Sign::name || shown.sign == Sign::name_part) {
        shown.sign = Sign::handle_name;
    }
    shown.post = clues.account;
}

/// One word of the name agrees, and so does the city: how many of the brand's customers share both.
void compare_word_city(const Clues& clues, const Customer& customer, const Name& record, const Known& known, FoundList& out) {
    const std::string city = letters_and_digits(customer.city);
    if (city.empty() || clues.city != city) return;
    const auto same = agree(clues.name, record);
    if (same.count() != 1) return;
    out.push_back({Sign::word_city, rarity(known, sharing(known, KeyKind::word_city, *same.first + '|' + city)), 1, clues.city, customer.city});
}

} // namespace

void compare_names(const Verdict& verdict, const Clues& clues, const Customer& customer, const Known& known, FoundList& out) {
    const Name record = parse_name(customer.name);
    if (record.words.empty()) return;
    auto shown = displayed(clues.name, record, known);
    if (shown) shown->post = written(clues.name), shown->record = customer.name;
    if (shown && clues.name_from_handle) from_handle(clues, *shown);
    const bool speaks = shown && !is_against(shown->sign) && shown->sign != Sign::handle_differs;
    if (const double bits = handle_reading(clues, record, known); bits > 0 && (!shown || shown->rarity == 0))
        shown = Found{Sign::handle_initial, bits, 1, clues.account, customer.name};
    auto told = in_text(clues, record, known, speaks && shown->rarity > 0);
    if (told) told->record = customer.name;
    if (shown && is_against(shown->sign)) {
        if (told && told->sign == Sign::name_in_text) shown->sign = Sign::named_otherwise;
        else if (verdict.on_behalf >= 0.5) shown->sign = shown->sign == Sign::given_differs ? Sign::relative : Sign::named_otherwise;
    }
    if (shown) out.push_back(std::move(*shown));
    compare_word_city(clues, customer, record, known, out);
    if (told) out.push_back(std::move(*told));
    compare_sex(verdict, clues, record, out);
}

bool almost_same_word(std::string_view a, std::string_view b) {
    if (a.size() < b.size()) std::swap(a, b);
    const std::size_t slips_most = b.size() >= 8 ? 2 : 1;
    if (b.size() < 4 || a.size() - b.size() > slips_most || a.size() > 40) return false;
    // The distance of Damerau and Levenshtein, three rows of its table.
    std::array<std::array<std::size_t, 42>, 3> rows{};
    for (std::size_t j = 0; j <= b.size(); ++j) rows[0][j] = j;
    for (std::size_t i = 1; i <= a.size(); ++i) {
        auto& row = rows[i % 3];
        const auto& above = rows[(i - 1) % 3];
        row[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            row[j] = std::min({above[j] + 1, row[j - 1] + 1, above[j - 1] + (a[i - 1] != b[j - 1])});
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) row[j] = std::min(row[j], rows[(i - 2) % 3][j - 2] + 1);
        }
    }
    return rows[a.size() % 3][b.size()] <= slips_most;
}

} // namespace larum::match
