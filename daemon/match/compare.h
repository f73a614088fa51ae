#pragma once

#include "daemon/match/match.h"
#include "daemon/match/sign.h"

/// One clue of a post against one record. Each function appends the signs it finds, for or against.
namespace larum::match {

/// A word of a case's subject or summary; a capital inside a sentence marks the name of one thing.
struct RecordWord {
    std::string folded;
    bool particular = false;
};

/// Display name, name within the handle, names within the text, sex of the author's words.
void compare_names(const Verdict& verdict, const Clues& clues, const Customer& customer, const Known& known, FoundList& out);

/// Address, phone and handle that the author gave the brand. True when one of them is the customer's own.
bool compare_own_data(const Clues& clues, const Customer& customer, const Known& known, FoundList& out);

/// City of the profile or in the text; language, which may only lower.
void compare_place(const Post& post, const Clues& clues, const Customer& customer, FoundList& out);

/// Numbers against one case; true when the case's own number stands in the text, or its
/// order is the one that the platform gives.
bool compare_numbers(const Clues& clues, const Case& matter, const Known& known, FoundList& out);

/// Topic, words, days, sums, time and tries against one case and its contacts.
void compare_case(const Post& post, const Verdict& verdict, const Clues& clues, const Case& matter, const Records& records,
                  FoundList& out);

/// Ends of numbers against the customer's phone and, when there is one, a case.
void compare_endings(const Clues& clues, const Customer& customer, const Case* matter, FoundList& out);

/// Whether `ending` ends the digits of `number`.
bool ends_digits(std::string_view number, std::string_view ending);

/// Whether the digits differ by one digit, or by two neighbours swapped.
bool almost_same_digits(std::string_view a, std::string_view b);

/// Whether `address` is `masked` with its stars filled in.
bool fills_mask(std::string_view masked, std::string_view address);

/// Whether one slip of the finger makes one of the other; two where both are long.
bool almost_same_word(std::string_view a, std::string_view b);

} // namespace larum::match
