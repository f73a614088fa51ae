#include "daemon/match/sign.h"

namespace larum::match {

namespace {

struct Row {
    Sign sign;
    std::string_view name;
    double bits;
};

// In the order of Sign.
constexpr std::array<Row, sign_count> table = {{
    {Sign::name, "name", -0.52},
    {Sign::name_part, "name_part", -0.83},
    {Sign::name_like, "name_like", -0.46},
    {Sign::name_initial, "name_initial", -0.11},
    {Sign::surname_changed, "surname_changed", 3.13},
    {Sign::given_only, "given_only", 4.26},
    {Sign::surname_only, "surname_only", 6.28},
    {Sign::relative, "relative", 1.00},
    {Sign::given_differs, "given_differs", 0.87},
    {Sign::name_differs, "name_differs", -5.45},
    {Sign::named_otherwise, "named_otherwise", -1.02},
    {Sign::handle_name, "handle_name", -0.22},
    {Sign::handle_initial, "handle_initial", -1.49},
    {Sign::handle_differs, "handle_differs", -1.14},
    {Sign::name_in_text, "name_in_text", 1.64},
    {Sign::name_again, "name_again", 2.37},
    {Sign::family_in_text, "family_in_text", 2.00},
    {Sign::email, "email", 6.00},
    {Sign::email_other, "email_other", -3.00},
    {Sign::email_masked, "email_masked", 3.32},
    {Sign::email_masked_other, "email_masked_other", -3.09},
    {Sign::phone, "phone", 6.00},
    {Sign::phone_other, "phone_other", -3.00},
    {Sign::phone_ending, "phone_ending", 0.77},
    {Sign::known_handle, "known_handle", 6.00},
    {Sign::account, "account", -2.57},
    {Sign::account_near, "account_near", 2.33},
    {Sign::account_beside_name, "account_beside_name", 2.78},
    {Sign::confirmed, "confirmed", 30.00},
    {Sign::same_author, "same_author", 15.00},
    {Sign::city, "city", 3.50},
    {Sign::city_like, "city_like", 2.00},
    {Sign::city_other, "city_other", -1.37},
    {Sign::city_in_text, "city_in_text", 4.40},
    {Sign::city_in_text_other, "city_in_text_other", -1.82},
    {Sign::language_other, "language_other", -0.36},
    {Sign::sex_other, "sex_other", -1.49},
    {Sign::number, "number", 6.91},
    {Sign::number_almost, "number_almost", -2.98},
    {Sign::number_other, "number_other", -3.57},
    {Sign::number_ending, "number_ending", 0.00},
    {Sign::ending_other, "ending_other", -1.33},
    {Sign::topic, "topic", 1.69},
    {Sign::topic_other, "topic_other", -2.00},
    {Sign::word, "word", 1.08},
    {Sign::thing, "thing", 4.34},
    {Sign::day, "day", 3.32},
    {Sign::day_other, "day_other", -1.75},
    {Sign::age, "age", 1.57},
    {Sign::age_other, "age_other", -1.68},
    {Sign::amount, "amount", 6.00},
    {Sign::amount_other, "amount_other", -0.57},
    {Sign::agent, "agent", 2.69},
    {Sign::channel, "channel", 1.37},
    {Sign::channel_other, "channel_other", -1.46},
    {Sign::promise, "promise", -0.01},
    {Sign::complains_unsolved, "complains_unsolved", 1.31},
    {Sign::complains_lately, "complains_lately", 0.33},
    {Sign::complains_before, "complains_before", -0.69},
    {Sign::complains_no_case, "complains_no_case", -0.71},
}};

constexpr bool in_order() {
    for (std::size_t i = 0; i < table.size(); ++i)
        if (table[i].sign != static_cast<Sign>(i)) return false;
    return true;
}
static_assert(in_order(), "a row for every sign, in the order of Sign");

} // namespace

const Weights& general_weights() {
    static const Weights weights = [] {
        Weights made{};
        for (std::size_t i = 0; i < table.size(); ++i) made[i] = table[i].bits;
        return made;
    }();
    return weights;
}

std::string_view name(Sign sign) { return table[static_cast<std::size_t>(sign)].name; }

} // namespace larum::match
