#pragma once

#include "core/model.h"
#include "daemon/match/name.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// The keys by which a post finds customers and cases: 64-bit hashes of a kind and a folded value, kept in
/// customer_key and case_key. What is the same person written differently must give the same key; what is
/// another person may give it too, that is for the scoring to tell.
namespace larum::match {

/// Grows whenever a key below, or a table it folds names by, changes: the store then rebuilds its keys.
inline constexpr int folding_version = 2;

enum class KeyKind : char {
    email = 'E',
    account = 'L',   ///< local part of an e-mail, or a handle without its platform
    phone = 'P',
    handle = 'H',    ///< platform:handle, platform:id
    name = 'N',      ///< two parts of a name in any order, diminutives resolved
    name_city = 'C',
    surname = 'S',   ///< surname and the first letter of the first name
    word_city = 'W', ///< one word of a name and the city: where the other word is misspelt, changed or not shown
    first_name = 'I', ///< first name and the first letter of the surname
    digits = 'D',    ///< the last run of digits in a case or order number
    number = 'R',    ///< a case or order number with too few digits in a row
};

/// Stable over builds, machines and time.
std::int64_t key_of(KeyKind kind, std::string_view folded);

/// About nine for a customer with name, e-mail, phone and city, without repetition. Empty for an empty record.
std::vector<std::int64_t> customer_keys(const Customer& customer);

/// Of the case's own reference and of its order's.
std::vector<std::int64_t> case_keys(const Case& matter);

// The folded values, also for what a post carries; empty when there is too little to tell people apart.
std::string letters_and_digits(std::string_view text);       ///< of the folded text
std::string folded_email(std::string_view email);
std::string folded_account(std::string_view handle);         ///< letters and digits only
std::string folded_phone(std::string_view phone);            ///< the last nine digits
std::string folded_handle(std::string_view platform_handle); ///< without @, lower case
std::string folded_number(std::string_view number);          ///< letters and digits only
std::string last_digits(std::string_view number);            ///< the last run of five digits or more

/// Keys of kind name, name_city, word_city, surname and first_name for a name, as many as its shapes need.
std::vector<std::pair<KeyKind, std::int64_t>> name_keys(const Name& name, std::string_view folded_city);

/// «Anna K.»: the first name and an initial.
void append_initial_keys(const NameWord& given, char initial, std::vector<std::int64_t>& keys);

/// «A. Kowalska», «akowalska7»: the surname and an initial.
void append_initial_surname_key(const NameWord& surname, char initial, std::vector<std::int64_t>& keys);

} // namespace larum::match
