#pragma once

#include "config/config.h"
#include "core/model.h"
#include "daemon/match/clues.h"
#include "daemon/store/candidates.h"
#include "daemon/store/store.h"

#include <deque>
#include <filesystem>
#include <optional>
#include <set>
#include <string>
#include <vector>

/// A made-up world with known truth (its SOURCE.md says what the files are), looked up once and matched often.
namespace larum::bench {

/// What is true of a post.
struct Truth {
    std::set<std::string> customers;   ///< equally right references; empty: nobody we may know
    std::string case_ref;
    std::optional<bool> urgent;        ///< nothing where readers may differ
    std::string author_kind;
    std::string name_form;
    std::vector<std::string> evidence;
    bool on_behalf = false;
    std::string group;                 ///< posts of one author are in one half
};

struct Told {
    Post post;
    Truth truth;
    Verdict verdict;
    match::Clues clues;
    store::Question question;
    const store::Found* found = nullptr;
    match::Standings cases{};

    match::Known known() const;
    match::Odds odds(const match::Mixture& mixture) const;
};

/// How a world is told again, harder.
struct Noise {
    bool names = false;   ///< typing errors, one word only, no diacritics
    bool cities = false;  ///< half of the records lose their city
    bool numbers = false; ///< orders and cases in other formats
    bool any() const { return names || cities || numbers; }
};

struct World {
    config::Brand brand;
    std::deque<store::Found> found;
    std::vector<Told> told; ///< as posted
};

/// Imports the files of `folder` into a throwaway database and looks every post up. Throws Error when they are
/// missing or rejected.
World read_world(const std::filesystem::path& folder, const Noise& noise);

/// Looks up whom each post may be by.
void look_up(store::Store& store, BrandId brand, World& world);

/// Which half of a fair split a post is in: weights are learned on one (false) and measured on the other (true).
bool measured(const Truth& truth);

/// A number from 0 to 99 that is the same every time; `salt` makes another draw of it.
int draw(const std::string& text, int salt);

} // namespace larum::bench
