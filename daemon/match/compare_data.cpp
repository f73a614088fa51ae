#include "core/text.h"
#include "daemon/match/compare.h"

#include <algorithm>
#include <cmath>

namespace larum::match {

namespace {

/// Bits of what one customer alone has.
double rarest(const Known& known) { return std::log2(std::max(known.customers, 2.0)); }

bool holds(const std::vector<std::string>& list, const std::string& value) {
    return !value.empty() && std::find(list.begin(), list.end(), value) != list.end();
}

std::string digits_of(std::string_view number) {
    std::string digits;
    for (const char c : number)
        if (c >= '0' && c <= '9') digits += c;
    return digits;
}

void compare_masked(const Clues& clues, const std::string& email, const Customer& customer, FoundList& out) {
    for (const auto& masked : clues.text.masked) {
        if (email.empty()) continue;
        const auto shown = masked.substr(0, masked.find('@'));
        const auto letters = std::count_if(shown.begin(), shown.end(), [](char c) { return c != '*'; });
        if (fills_mask(masked, email))
            out.push_back({Sign::email_masked, 1, static_cast<double>(std::min<std::ptrdiff_t>(letters, 6)), masked, customer.email});
        else
            out.push_back({Sign::email_masked_other, 0, 1, masked, customer.email});
    }
}

/// Letters only, without what many hang on: «lena_nowak83_official» is «lenanowak».
std::string bare(std::string_view account) {
    std::string letters;
    for (const char c : text::fold(account))
        if ((c >= 'a' && c <= 'z') || static_cast<unsigned char>(c) >= 0x80) letters += c;
    for (const std::string_view tail : {"official", "pl"})
        if (letters.size() > tail.size() + 4 && letters.ends_with(tail)) letters.resize(letters.size() - tail.size());
    return letters;
}

bool compare_account(const Clues& clues, const Customer& customer, const std::string& email, const Known& known, FoundList& out) {
    for (const auto& one : customer.handles)
        if (const auto handle = folded_handle(one); holds(clues.handles, handle)) {
            out.push_back({Sign::known_handle, rarest(known), 1, handle, one});
            return true;
        }
    if (clues.account.empty()) return false;
    const std::string local = email.substr(0, email.find('@'));
    const auto like = [&](const std::string& record) { return folded_account(record) == clues.account; };
    bool same = !local.empty() && like(local);
    for (const auto& one : customer.handles) same = same || like(one.substr(std::min(one.size(), one.find(':') + 1)));
    if (same) {
        const int sharing = known.sharing ? known.sharing(key_of(KeyKind::account, clues.account)) : 1;
        out.push_back({Sign::account, std::log2(std::max(known.customers, 2.0) / std::max(1, sharing)), 1, clues.account, customer.email});
    } else if (const auto letters = bare(clues.account); letters.size() >= 5 && letters == bare(local)) {
        out.push_back({Sign::account_near, 0, 1, clues.account, customer.email});
    }
    return false;
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

bool compare_own_data(const Clues& clues, const Customer& customer, const Known& known, FoundList& out) {
    const std::string email = folded_email(customer.email), phone = folded_phone(customer.phone);
    bool own = false;
    if (holds(clues.text.emails, email)) {
        out.push_back({Sign::email, rarest(known), 1, email, customer.email});
        own = true;
    } else if (!clues.text.emails.empty() && !email.empty()) {
        out.push_back({Sign::email_other, 0, 1, clues.text.emails.front(), customer.email});
    }
    if (holds(clues.text.phones, phone)) {
        out.push_back({Sign::phone, rarest(known), 1, phone, customer.phone});
        own = true;
    } else if (!clues.text.phones.empty() && !phone.empty()) {
        out.push_back({Sign::phone_other, 0, 1, clues.text.phones.front(), customer.phone});
    }
    compare_masked(clues, email, customer, out);
    return compare_account(clues, customer, email, known, out) || own;
}

} // namespace larum::match
