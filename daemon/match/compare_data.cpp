#include "core/text.h"
#include "daemon/match/compare.h"
#include "daemon/match/weights.h"
#include "daemon/match/names/tables.h"

#include <algorithm>
#include <cmath>
#include <unordered_set>

namespace larum::match {

namespace {

using namespace weights;

double rarest(const Known& known) { return std::log2(std::max(known.customers, 2.0)) + surely; }

bool holds(const std::vector<std::string>& list, const std::string& value) {
    return !value.empty() && std::find(list.begin(), list.end(), value) != list.end();
}

std::string digits_of(std::string_view number) {
    std::string digits;
    for (const char c : number)
        if (c >= '0' && c <= '9') digits += c;
    return digits;
}

void compare_masked(const Clues& clues, const std::string& email, const Customer& customer, EvidenceList& out) {
    for (const auto& masked : clues.text.masked) {
        if (email.empty()) continue;
        const auto shown = masked.substr(0, masked.find('@'));
        const auto letters = std::count_if(shown.begin(), shown.end(), [](char c) { return c != '*'; });
        const bool fits = fills_mask(masked, email);
        // Two bits a letter that shows, two for the server's name.
        out.push_back({"email", masked, customer.email, fits ? 2.0 + 2.5 * static_cast<double>(letters) : other_address});
    }
}

bool compare_account(const Clues& clues, const Customer& customer, const std::string& email, const Known& known,
                     EvidenceList& out) {
    for (const auto& one : customer.handles)
        if (const auto handle = folded_handle(one); holds(clues.handles, handle)) {
            out.push_back({"known_handle", handle, one, rarest(known)});
            return true;
        }
    if (clues.account.empty()) return false;
    const auto like = [&](const std::string& record) { return folded_account(record) == clues.account; };
    bool same = !email.empty() && like(email.substr(0, email.find('@')));
    for (const auto& one : customer.handles) same = same || like(one.substr(std::min(one.size(), one.find(':') + 1)));
    if (!same) return false;
    const int sharing = known.sharing ? known.sharing(key_of(KeyKind::account, clues.account)) : 1;
    out.push_back({"account", clues.account, customer.email,
                   std::log2(std::max(known.customers, 2.0) / std::max(1, sharing)) + same_account});
    return false;
}

bool known_city(const std::string& folded) {
    static const auto cities = [] {
        std::unordered_set<std::string> made;
        for (std::size_t at = 0; at < polish_cities.size();) {
            const auto end = std::min(polish_cities.find('\n', at), polish_cities.size());
            if (end > at) made.insert(letters_and_digits(polish_cities.substr(at, end - at)));
            at = end + 1;
        }
        return made;
    }();
    return cities.contains(folded);
}

/// «Warszawie», «Warsaw» and «Warszawa» are one; so is the first word of «Gorzów Wielkopolski».
bool names_city(const TextClues& text, const std::string& city) {
    const std::string folded = text::fold(city);
    const auto words = text::folded_words(folded);
    if (words.empty() || words[0].size() < 3) return false;
    if (words[0].size() == 3) return std::binary_search(text.words.begin(), text.words.end(), std::string(words[0]));
    return has_word(text.words, words[0]);
}

} // namespace

bool ends_digits(std::string_view number, std::string_view ending) {
    const auto digits = digits_of(number);
    return digits.size() > ending.size() && digits.ends_with(ending);
}

bool almost_same_digits(std::string_view a, std::string_view b) {
    if (a.size() < 5) return false;
    if (a.size() == b.size()) {
        std::size_t first = 0;
        while (first < a.size() && a[first] == b[first]) ++first;
        if (first == a.size()) return false;
        if (a.substr(first + 1) == b.substr(first + 1)) return true;
        return first + 1 < a.size() && a[first] == b[first + 1] && a[first + 1] == b[first] && a.substr(first + 2) == b.substr(first + 2);
    }
    const auto longer = a.size() > b.size() ? a : b, shorter = a.size() > b.size() ? b : a;
    if (longer.size() != shorter.size() + 1) return false;
    std::size_t first = 0;
    while (first < shorter.size() && longer[first] == shorter[first]) ++first;
    return longer.substr(first + 1) == shorter.substr(first);
}

bool fills_mask(std::string_view masked, std::string_view address) {
    std::size_t m = 0, a = 0, star = std::string_view::npos, retry = 0;
    while (a < address.size()) {
        if (m < masked.size() && masked[m] == '*') {
            star = m++;
            retry = a;
        } else if (m < masked.size() && masked[m] == address[a]) {
            ++m, ++a;
        } else if (star != std::string_view::npos) {
            m = star + 1;
            a = ++retry;
        } else {
            return false;
        }
    }
    while (m < masked.size() && masked[m] == '*') ++m;
    return m == masked.size();
}

bool compare_own_data(const Clues& clues, const Customer& customer, const Known& known, EvidenceList& out) {
    const std::string email = folded_email(customer.email), phone = folded_phone(customer.phone);
    bool own = false;
    if (holds(clues.text.emails, email)) {
        out.push_back({"email", email, customer.email, rarest(known)});
        own = true;
    } else if (!clues.text.emails.empty() && !email.empty()) {
        out.push_back({"email", clues.text.emails.front(), customer.email, other_address});
    }
    if (holds(clues.text.phones, phone)) {
        out.push_back({"phone", phone, customer.phone, rarest(known)});
        own = true;
    } else if (!clues.text.phones.empty() && !phone.empty()) {
        out.push_back({"phone", clues.text.phones.front(), customer.phone, other_address});
    }
    compare_masked(clues, email, customer, out);
    return compare_account(clues, customer, email, known, out) || own;
}

void compare_place(const Post& post, const Clues& clues, const Customer& customer, EvidenceList& out) {
    if (clues.matching != Matching::full) return;
    const std::string city = letters_and_digits(customer.city);
    if (!city.empty() && !clues.city.empty()) {
        if (clues.city == city || same_word(clues.city, city))
            out.push_back({"city", post.author.city, customer.city, city_profile});
        else if (known_city(clues.city))
            out.push_back({"city", post.author.city, customer.city, other_city_profile});
    }
    if (!city.empty() && names_city(clues.text, customer.city))
        out.push_back({"city_in_text", customer.city, customer.city, city_text});
    if (!post.lang.empty() && !customer.language.empty() && post.lang.substr(0, 2) != customer.language.substr(0, 2))
        out.push_back({"language", post.lang, customer.language, other_language});
}

} // namespace larum::match
