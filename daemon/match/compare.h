#pragma once

#include "daemon/match/match.h"

/// One clue of a post against one record. Each function appends the evidence it finds, for or against.
namespace larum::match {

using EvidenceList = std::vector<Evidence>;

/// Display name, name within the handle, names within the text.
void compare_names(const Clues& clues, const Customer& customer, const Known& known, EvidenceList& out);

/// Address, phone and handle that the author gave the brand. True when one of them is the customer's own.
bool compare_own_data(const Clues& clues, const Customer& customer, const Known& known, EvidenceList& out);

/// City of the profile or in the text; language, which may only lower.
void compare_place(const Post& post, const Clues& clues, const Customer& customer, EvidenceList& out);

/// Numbers, topic, words, days and sums against one case and its contacts. True when the case's own number stands
/// in the text.
bool compare_case(const Post& post, const Verdict& verdict, const Clues& clues, const Case& matter,
                  const Records& records, const Known& known, EvidenceList& out);

/// Whether `ending` ends the digits of `number`.
bool ends_digits(std::string_view number, std::string_view ending);

/// Whether the digits differ by one digit, or by two neighbours swapped.
bool almost_same_digits(std::string_view a, std::string_view b);

/// Whether `address` is `masked` with its stars filled in.
bool fills_mask(std::string_view masked, std::string_view address);

} // namespace larum::match
