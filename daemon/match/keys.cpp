#include "daemon/match/keys.h"

#include "core/text.h"

#include <algorithm>

namespace larum::match {

namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

void add(std::vector<std::int64_t>& keys, KeyKind kind, const std::string& folded) {
    if (!folded.empty()) keys.push_back(key_of(kind, folded));
}

using NameKeys = std::vector<std::pair<KeyKind, std::int64_t>>;

void append_pair(const std::string& a, const std::string& b, std::string_view city, NameKeys& keys) {
    std::string pair = std::min(a, b) + '|' + std::max(a, b);
    keys.emplace_back(KeyKind::name, key_of(KeyKind::name, pair));
    if (city.empty()) return;
    pair += '|';
    pair += city;
    keys.emplace_back(KeyKind::name_city, key_of(KeyKind::name_city, pair));
}

/// Keys with an initial want to know which word is the first name; where the tables do not, both ways are kept.
void append_shortened(const NameWord& one, const NameWord& two, NameKeys& keys) {
    const auto with = [&keys](const NameWord& given, const NameWord& surname) {
        std::vector<std::int64_t> made;
        append_initial_keys(given, surname.folded[0], made);
        for (const auto key : made) keys.emplace_back(KeyKind::first_name, key);
        made.clear();
        append_initial_surname_key(surname, given.folded[0], made);
        for (const auto key : made) keys.emplace_back(KeyKind::surname, key);
    };
    if (one.first || !two.first) with(one, two);
    if (two.first || !one.first) with(two, one);
}

void without_repetition(std::vector<std::int64_t>& keys) {
    std::sort(keys.begin(), keys.end());
    keys.erase(std::unique(keys.begin(), keys.end()), keys.end());
}

} // namespace

std::int64_t key_of(KeyKind kind, std::string_view folded) {
    // FNV-1a for the bytes, then the finalizer of MurmurHash3, which spreads every bit over the whole word.
    std::uint64_t hash = 0xcbf29ce484222325ull;
    const auto mix = [&hash](unsigned char byte) { hash = (hash ^ byte) * 0x100000001b3ull; };
    mix(static_cast<unsigned char>(kind));
    for (const unsigned char byte : folded) mix(byte);
    hash = (hash ^ (hash >> 33)) * 0xff51afd7ed558ccdull;
    hash = (hash ^ (hash >> 33)) * 0xc4ceb9fe1a85ec53ull;
    return static_cast<std::int64_t>(hash ^ (hash >> 33));
}

std::string letters_and_digits(std::string_view text) {
    std::string out;
    for (const unsigned char c : text::fold(text))
        if (c >= 0x80 || std::isalnum(c)) out += static_cast<char>(c);
    return out;
}

std::string folded_email(std::string_view email) {
    std::string folded = text::fold(email);
    const auto at = folded.find('@');
    if (at == std::string::npos || at == 0 || at + 3 > folded.size()) return {};
    return folded;
}

std::string folded_account(std::string_view handle) {
    std::string folded = letters_and_digits(handle);
    return folded.size() < 4 ? std::string() : folded;
}

std::string folded_phone(std::string_view phone) {
    std::string digits;
    for (const char c : text::fold(phone))
        if (is_digit(c)) digits += c;
    if (digits.size() < 7) return {};
    return digits.size() > 9 ? digits.substr(digits.size() - 9) : digits;
}

std::string folded_handle(std::string_view platform_handle) {
    const std::string folded = text::fold(platform_handle);
    const auto colon = folded.find(':');
    if (colon == std::string::npos || colon == 0 || colon + 1 == folded.size()) return {};
    const auto name = folded.find_first_not_of("@ ", colon + 1);
    return name == std::string::npos ? std::string() : folded.substr(0, colon + 1) + folded.substr(name);
}

std::string folded_number(std::string_view number) {
    std::string folded = letters_and_digits(number);
    return folded.size() < 4 ? std::string() : folded;
}

std::string last_digits(std::string_view number) {
    auto end = number.size();
    while (end > 0) {
        while (end > 0 && !is_digit(number[end - 1])) --end;
        auto start = end;
        while (start > 0 && is_digit(number[start - 1])) --start;
        if (end - start >= 5) return std::string(number.substr(start, end - start));
        end = start;
    }
    return {};
}

NameKeys name_keys(const Name& name, std::string_view folded_city) {
    NameKeys keys;
    if (!folded_city.empty())
        for (const auto& word : name.words)
            for (const auto& form : word.forms)
                keys.emplace_back(KeyKind::word_city, key_of(KeyKind::word_city, form + '|' + std::string(folded_city)));
    for (std::size_t i = 0; i < name.words.size(); ++i)
        for (std::size_t j = i + 1; j < name.words.size(); ++j) {
            const auto& one = name.words[i];
            const auto& two = name.words[j];
            if (one.group == two.group) continue;
            for (const auto& a : one.forms)
                for (const auto& b : two.forms) append_pair(a, b, folded_city, keys);
            append_shortened(one, two, keys);
        }
    return keys;
}

void append_initial_keys(const NameWord& given, char initial, std::vector<std::int64_t>& keys) {
    for (const auto& form : given.forms) add(keys, KeyKind::first_name, form + '|' + skeleton({&initial, 1}));
}

void append_initial_surname_key(const NameWord& surname, char initial, std::vector<std::int64_t>& keys) {
    if (surname.folded.size() > 2)
        add(keys, KeyKind::surname, surname_stem(surname.folded) + '|' + skeleton({&initial, 1}));
}

std::vector<std::int64_t> customer_keys(const Customer& customer) {
    std::vector<std::int64_t> keys;
    const std::string email = folded_email(customer.email);
    add(keys, KeyKind::email, email);
    add(keys, KeyKind::account, folded_account(email.substr(0, email.find('@'))));
    add(keys, KeyKind::phone, folded_phone(customer.phone));
    for (const auto& one : customer.handles) {
        const std::string handle = folded_handle(one);
        add(keys, KeyKind::handle, handle);
        const std::string name = handle.substr(std::min(handle.size(), handle.find(':') + 1));
        if (!std::all_of(name.begin(), name.end(), is_digit)) add(keys, KeyKind::account, folded_account(name));
    }
    Name name = parse_name(customer.name);
    for (auto& word : name.words)
        if (word.formal) word.forms.resize(1); // a record that says Ada means Ada; a post that says so may mean Adelajda
    for (const auto& [kind, key] : name_keys(name, letters_and_digits(customer.city))) keys.push_back(key);
    without_repetition(keys);
    return keys;
}

std::vector<std::int64_t> case_keys(const Case& matter) {
    std::vector<std::int64_t> keys;
    for (const auto& number : {matter.ref, matter.order_ref}) {
        const std::string digits = last_digits(number);
        if (digits.empty())
            add(keys, KeyKind::number, folded_number(number));
        else
            add(keys, KeyKind::digits, digits);
    }
    without_repetition(keys);
    return keys;
}

} // namespace larum::match
