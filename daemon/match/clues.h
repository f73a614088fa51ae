#pragma once

#include "config/config.h"
#include "core/model.h"
#include "daemon/match/keys.h"
#include "daemon/match/text_clues.h"

#include <cstdint>
#include <string>
#include <vector>

namespace larum::match {

/// What a post carries about its author, as far as the source's `matching` allows (DESIGN I11): with `off`
/// nothing at all, with `own_data` only what the author gave the brand (numbers, addresses, known handles).
struct Clues {
    Matching matching = Matching::full;
    std::string subject;              ///< under which an identity is kept: «author:KEY», else empty
    std::vector<std::string> handles; ///< folded platform:handle and platform:id
    std::string account;              ///< the handle's letters and digits
    Name name;                        ///< as displayed, else read from the handle
    bool name_from_handle = false;
    char handle_initial = 0;          ///< «jkowalski87»: j, and `handle_surname` kowalski
    std::string handle_surname;
    std::string city;                 ///< of the profile, letters only
    TextClues text;
    std::vector<std::string> orders;  ///< numbers of orders that the platform gives beside the text, as given
};

/// `realm`, `own_accounts`: nothing is read from the brand's own posts.
Clues read_clues(const Post& post, const config::Brand& brand, Matching matching);

/// One question to the store: customers (or cases) with this key, at most `most`; a key of more says too little.
struct KeyQuestion {
    KeyKind kind = KeyKind::email;
    std::int64_t key = 0;
    int most = 0;
    bool with_case = false; ///< only somebody with a case can be the one
};

/// Without repetition; at most 48.
std::vector<KeyQuestion> customer_questions(const Clues& clues);
std::vector<KeyQuestion> case_questions(const Clues& clues);

} // namespace larum::match
