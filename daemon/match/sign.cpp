#include "daemon/match/sign.h"

#include <algorithm>

namespace larum::match {

bool may_only_lower(Sign sign) {
    switch (sign) {
    case Sign::language_other:
    case Sign::sex_other:
    case Sign::given_differs:
    case Sign::name_differs:
    case Sign::handle_differs:
    case Sign::email_other:
    case Sign::email_masked_other:
    case Sign::phone_other:
    case Sign::city_other:
    case Sign::place_other:
    case Sign::city_in_text_other:
    case Sign::number_other:
    case Sign::ending_other:
    case Sign::topic_other:
    case Sign::day_other:
    case Sign::age_other:
    case Sign::amount_other:
    case Sign::channel_other: return true;
    default: return false;
    }
}

double worth(const Found& found, const Weights& weights) {
    const double bits = weights[static_cast<std::size_t>(found.sign)] * found.strength + found.rarity;
    return may_only_lower(found.sign) ? std::min(bits, 0.0) : bits;
}

double worth(const FoundList& list, const Weights& weights) {
    double total = 0;
    for (const auto& one : list) total += worth(one, weights);
    return total;
}

std::string_view field(Sign sign) {
    switch (sign) {
    case Sign::name:
    case Sign::name_part:
    case Sign::name_like:
    case Sign::name_initial:
    case Sign::surname_changed:
    case Sign::given_only:
    case Sign::surname_only:
    case Sign::relative:
    case Sign::given_other:
    case Sign::given_differs:
    case Sign::name_differs:
    case Sign::named_otherwise: return "name";
    case Sign::handle_name:
    case Sign::handle_initial:
    case Sign::handle_differs: return "handle";
    case Sign::name_in_text:
    case Sign::name_again: return "name_in_text";
    case Sign::email:
    case Sign::email_other:
    case Sign::email_masked:
    case Sign::email_masked_other: return "email";
    case Sign::phone:
    case Sign::phone_other: return "phone";
    case Sign::phone_ending:
    case Sign::number_ending:
    case Sign::ending_other: return "ending";
    case Sign::known_handle: return "known_handle";
    case Sign::account:
    case Sign::account_near:
    case Sign::account_beside_name: return "account";
    case Sign::confirmed: return "confirmed";
    case Sign::same_author: return "author";
    case Sign::city:
    case Sign::place:
    case Sign::city_like:
    case Sign::city_other:
    case Sign::place_other:
    case Sign::word_city: return "city";
    case Sign::city_in_text:
    case Sign::city_in_text_other: return "city_in_text";
    case Sign::language_other: return "language";
    case Sign::sex_other: return "sex";
    case Sign::number:
    case Sign::number_almost:
    case Sign::number_other: return "number";
    case Sign::topic:
    case Sign::topic_other: return "topic";
    case Sign::word:
    case Sign::thing: return "words";
    case Sign::day:
    case Sign::day_other: return "day";
    case Sign::age:
    case Sign::age_other: return "age";
    case Sign::amount:
    case Sign::amount_other: return "amount";
    case Sign::agent: return "agent";
    case Sign::channel:
    case Sign::channel_other: return "channel";
    case Sign::promise: return "promise";
    case Sign::complains_unsolved:
    case Sign::complains_lately:
    case Sign::complains_before:
    case Sign::complains_no_case: return "case";
    }
    return "";
}

std::string_view field(const Found& found) { return found.given ? "order" : field(found.sign); }

bool beyond_name(Sign sign) {
    return (sign >= Sign::email && sign <= Sign::city_in_text && sign != Sign::account_beside_name && sign != Sign::account_near) ||
           (sign >= Sign::number && sign <= Sign::promise);
}

} // namespace larum::match
