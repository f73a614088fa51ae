#include "daemon/match/sign.h"

namespace larum::match {

namespace {

// Learned with `match_bench learn` on half of the authors of a made-up world (20,000 customers, 3,000 posts), told
// plainly and harder, and on the third set of FEBRL (names and suburbs with typing errors); kept near weights set by
// hand, so that what hardly occurs there keeps those. `given_differs` and `place_other` were set back by hand: FEBRL
// would not lower for either.
struct Row {
    Sign sign;
    std::string_view name;
    double bits;
};

// In the order of Sign.
constexpr std::array<Row, sign_count> table = {{
    {Sign::name, "name", 0.12},
    {Sign::name_part, "name_part", 0.03},
    {Sign::name_like, "name_like", 0.87},
    {Sign::name_initial, "name_initial", 0.38},
    {Sign::surname_changed, "surname_changed", 1.26},
    {Sign::given_only, "given_only", 4.61},
    {Sign::surname_only, "surname_only", 6.77},
    {Sign::relative, "relative", 0.70},
    {Sign::given_other, "given_other", 5.99},
    {Sign::given_differs, "given_differs", -0.50},
    {Sign::name_differs, "name_differs", -3.30},
    {Sign::named_otherwise, "named_otherwise", -1.58},
    {Sign::handle_name, "handle_name", 0.74},
    {Sign::handle_initial, "handle_initial", -2.17},
    {Sign::handle_differs, "handle_differs", 0.00},
    {Sign::name_in_text, "name_in_text", 2.81},
    {Sign::name_again, "name_again", 4.31},
    {Sign::email, "email", 6.00},
    {Sign::email_other, "email_other", -3.00},
    {Sign::email_masked, "email_masked", 4.65},
    {Sign::email_masked_other, "email_masked_other", -3.58},
    {Sign::phone, "phone", 6.00},
    {Sign::phone_other, "phone_other", -3.00},
    {Sign::phone_ending, "phone_ending", 2.44},
    {Sign::known_handle, "known_handle", 6.00},
    {Sign::account, "account", -1.30},
    {Sign::account_near, "account_near", 1.87},
    {Sign::account_beside_name, "account_beside_name", 3.54},
    {Sign::confirmed, "confirmed", 30.00},
    {Sign::same_author, "same_author", 15.00},
    {Sign::city, "city", 2.19},
    {Sign::place, "place", 12.25},
    {Sign::city_like, "city_like", 6.50},
    {Sign::city_other, "city_other", -1.96},
    {Sign::place_other, "place_other", 0.00},
    {Sign::word_city, "word_city", -9.23},
    {Sign::city_in_text, "city_in_text", 5.74},
    {Sign::city_in_text_other, "city_in_text_other", -2.62},
    {Sign::language_other, "language_other", -0.68},
    {Sign::sex_other, "sex_other", -1.43},
    {Sign::number, "number", 9.35},
    {Sign::number_almost, "number_almost", -4.55},
    {Sign::number_other, "number_other", -5.06},
    {Sign::number_ending, "number_ending", 0.03},
    {Sign::ending_other, "ending_other", -1.14},
    {Sign::topic, "topic", 0.43},
    {Sign::topic_other, "topic_other", -0.83},
    {Sign::word, "word", 0.72},
    {Sign::thing, "thing", 5.71},
    {Sign::day, "day", 3.75},
    {Sign::day_other, "day_other", -1.21},
    {Sign::age, "age", 1.19},
    {Sign::age_other, "age_other", -2.07},
    {Sign::amount, "amount", 6.00},
    {Sign::amount_other, "amount_other", 0.00},
    {Sign::agent, "agent", 1.90},
    {Sign::channel, "channel", 1.15},
    {Sign::channel_other, "channel_other", -1.96},
    {Sign::promise, "promise", -0.91},
    {Sign::complains_unsolved, "complains_unsolved", 1.19},
    {Sign::complains_lately, "complains_lately", 0.90},
    {Sign::complains_before, "complains_before", -0.17},
    {Sign::complains_no_case, "complains_no_case", -0.57},
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
