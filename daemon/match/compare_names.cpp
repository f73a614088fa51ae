#include "daemon/match/compare.h"
#include "daemon/match/weights.h"

#include <algorithm>
#include <cmath>

namespace larum::match {

namespace {

using namespace weights;

/// A form that both words may stand for; empty when there is none.
const std::string* common_form(const NameWord& a, const NameWord& b) {
    for (const auto& one : a.forms)
        for (const auto& two : b.forms)
            if (one == two) return &one;
    return nullptr;
}

/// How two names agree, word by word.
struct Agreement {
    const std::string* first = nullptr; ///< forms that agree, at most two
    const std::string* second = nullptr;
    const NameWord* post_word = nullptr; ///< the word of the post behind `first`
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
            if (!found.second) found.post_word = &word;
            break;
        }
    return found;
}

/// Bits that a name shared by `sharing` customers is worth.
double rarity(const Known& known, int sharing) {
    const double namesakes = (sharing < 0 ? 2 * 64 : std::max(sharing, 1)) + namesakes_elsewhere;
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

/// «Anna K.» for a record «Anna Kowalska», «A. Kowalska» for it too.
std::optional<double> with_initial(const Name& post, const Name& record, const Agreement& same, const Known& known) {
    if (same.count() != 1 || post.initials.empty()) return std::nullopt;
    for (const auto& word : record.words) {
        if (std::find(word.forms.begin(), word.forms.end(), *same.first) != word.forms.end()) continue;
        for (const char initial : post.initials) {
            if (skeleton({&initial, 1}) != skeleton(word.folded.substr(0, 1))) continue;
            const std::string letter = skeleton({&initial, 1});
            const auto kind = same.post_word->first ? KeyKind::first_name : KeyKind::surname;
            return rarity(known, sharing(known, kind, *same.first + '|' + letter)) + initial_reading;
        }
    }
    return std::nullopt;
}

struct Verdictless {
    double weight = 0;
    bool says = false;
};

/// What the displayed name says of the record.
Verdictless displayed(const Name& post, const Name& record, const Known& known) {
    const auto same = agree(post, record);
    if (same.count() == 2) return {full_name(same, known), true};
    if (const auto shortened = with_initial(post, record, same, known)) return {*shortened, true};
    const auto given = [](const Name& name) {
        return std::any_of(name.words.begin(), name.words.end(), [](const auto& word) { return word.first; });
    };
    const bool whole = post.words.size() >= 2 && given(post);
    if (same.count() == 1 && same.post_word->first)
        return {whole ? surname_changed : post.initials.empty() ? given_name_only : name_differs / 2, true};
    if (same.count() == 1) return {whole ? surname_only + given_name_differs : surname_only, true};
    if (whole && given(record)) return {name_differs, true};
    if (post.words.size() == 1 && given(post) && given(record)) return {given_name_differs, true};
    return {};
}

/// «jkowalski87» for «Jan Kowalski».
double handle_reading(const Clues& clues, const Name& record, const Known& known) {
    if (!clues.handle_initial) return 0;
    const std::string stem = surname_stem(clues.handle_surname);
    const std::string letter = skeleton({&clues.handle_initial, 1});
    for (const auto& surname : record.words) {
        if (surname_stem(surname.folded) != stem) continue;
        for (const auto& given : record.words)
            if (&given != &surname && skeleton(given.folded).starts_with(letter))
                return rarity(known, sharing(known, KeyKind::surname, stem + '|' + letter)) + name_in_handle;
    }
    return 0;
}

} // namespace

void compare_names(const Clues& clues, const Customer& customer, const Known& known, EvidenceList& out) {
    const Name record = parse_name(customer.name);
    if (record.words.empty()) return;
    auto shown = displayed(clues.name, record, known);
    if (clues.name_from_handle && shown.says) {
        if (shown.weight < 0) shown.weight /= 2; // a handle is often just a joke
        else shown.weight += name_in_handle;
    }
    const double handle = handle_reading(clues, record, known);
    if (handle > 0 && handle > shown.weight)
        out.push_back({"handle", clues.account, customer.name, handle});
    else if (shown.says)
        out.push_back({clues.name_from_handle ? "handle" : "name", written(clues.name), customer.name, shown.weight});
    for (const auto& name : clues.text.names) {
        const auto same = agree(name, record);
        if (same.count() != 2) continue;
        // The same name again says little; a name where the profile shows none says all of it.
        const bool news = !shown.says || shown.weight < full_name(same, known);
        out.push_back({"name_in_text", written(name), customer.name,
                       news ? full_name(same, known) - std::max(0.0, shown.weight) : name_in_text});
        break;
    }
}

} // namespace larum::match
