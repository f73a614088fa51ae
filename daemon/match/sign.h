#pragma once

#include "core/model.h"

#include <array>
#include <string>
#include <string_view>
#include <vector>

/// The ways in which a post and a record may agree or differ, and what each is worth.
namespace larum::match {

enum class Sign : unsigned char {
    // the displayed name, its levels exclude one another
    name, name_part, name_like, name_initial, surname_changed, given_only, surname_only, relative, given_other, given_differs,
    name_differs, named_otherwise,
    // names elsewhere
    handle_name, handle_initial, handle_differs, name_in_text, name_again,
    // what the author gave the brand
    email, email_other, email_masked, email_masked_other, phone, phone_other, phone_ending, known_handle, account,
    account_near, account_beside_name, confirmed, same_author,
    // where, in which language
    city, place, city_like, city_other, place_other, word_city, city_in_text, city_in_text_other, language_other, sex_other,
    // a case
    number, number_almost, number_other, number_ending, ending_other, topic, topic_other, word, thing, day, day_other,
    age, age_other, amount, amount_other, agent, channel, channel_other, promise,
    // whether the post complains, by what the author is to the brand
    complains_unsolved, complains_lately, complains_before, complains_no_case,
};
inline constexpr std::size_t sign_count = static_cast<std::size_t>(Sign::complains_no_case) + 1;

/// Bits by sign: what one unit of it is worth beside the rarity that the brand's own records give it.
using Weights = std::array<double, sign_count>;

/// The general ones; where they come from stands in weights.cpp.
const Weights& general_weights();

/// As it stands in weights.cpp: «surname_changed».
std::string_view name(Sign sign);

/// A sign found between a post and a record.
struct Found {
    Sign sign{};
    double rarity = 0;   ///< bits, from how many of the brand's customers share it
    double strength = 1; ///< units: letters shown, words shared
    std::string post;
    std::string record;
    bool given = false;      ///< by the platform, not by the author
};
using FoundList = std::vector<Found>;

/// Whether it may never raise (DESIGN I11: language and sex; and whatever differs).
bool may_only_lower(Sign sign);

/// What a sign is worth.
double worth(const Found& found, const Weights& weights);
double worth(const FoundList& list, const Weights& weights);

/// As the page and `larum match` name it: «name», «city», «number».
std::string_view field(Sign sign);

/// The same for what was found: «order» where the platform gave the number.
std::string_view field(const Found& found);

/// Whether it says more than a name that a namesake has too.
bool beyond_name(Sign sign);

} // namespace larum::match
