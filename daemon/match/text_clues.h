#pragma once

#include "core/model.h"
#include "daemon/match/name.h"
#include "daemon/match/written_span.h"

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

namespace larum::match {

/// A day as written; the year is 0 where none was given.
struct WrittenDay {
    int year = 0;
    int month = 0;
    int day = 0;
};

/// What the words of a post carry that may also stand in the brand's records. Everything is bounded.
struct TextClues {
    std::vector<std::string> emails;  ///< folded
    std::vector<std::string> masked;  ///< folded e-mails with stars in them
    std::vector<std::string> phones;  ///< nine digits
    std::vector<std::string> numbers; ///< runs of five digits or more, with O read as 0 and l as 1
    std::vector<std::string> codes;   ///< letters and digits of what looks like a case or order number
    std::vector<std::string> endings; ///< digits that the author calls the end of a number
    std::vector<std::string> amounts; ///< whole units of money
    std::vector<WrittenDay> days;
    std::vector<WrittenSpan> spans;   ///< times that have passed
    std::vector<std::string> cities;  ///< towns where the author lives, bought or waits
    char sex = '-';                   ///< f or m where the author's own verbs say it
    std::vector<Name> names;          ///< full names within the text
    std::vector<std::string> words;   ///< folded, of four letters or more, sorted, each once
};

/// `own_data_only` leaves out all but addresses, phones and numbers.
TextClues read_text(std::string_view text, Time posted_at, bool own_data_only,
                    const std::vector<std::string>& formats);

/// Whether folded `a` and `b` are forms of one word: the same beginning, endings that inflection may change.
bool same_word(std::string_view a, std::string_view b);

/// Whether any of the sorted `words` is a form of `word`.
bool has_word(const std::vector<std::string>& words, std::string_view word);

} // namespace larum::match
