#pragma once

/// Weights in bits. They were set by hand and corrected once by looking at a made-up world of 20,000 customers and
/// 3,000 posts, so that what is measured on it flatters them. Frequencies are not in here: they come from the
/// brand's own customers.
namespace larum::match::weights {

// How likely it is that any author is a customer at all, and one with something going on.
constexpr double prior = -3.0;          ///< all customers together against nobody
constexpr double unsolved_case = 7.0;   ///< a customer with an unsolved case against just any customer
constexpr double closed_lately = 4.0;   ///< closed within 30 days
constexpr double closed_before = 1.0;
constexpr double quiet = 2.5;           ///< what a post that is no complaint takes off these

// Names: the count of customers who share it, and as many again who are nobody's customer.
constexpr double namesakes_elsewhere = 1.0;
constexpr double name_in_handle = -1.0;
constexpr double initial_reading = -0.5;
constexpr double given_name_only = 5.0;
constexpr double surname_only = 5.5;
constexpr double surname_changed = 3.5;  ///< same first name, another surname
constexpr double name_differs = -7.0;
constexpr double given_name_differs = -3.0;
constexpr double name_in_text = 3.0;     ///< beside the display name

// What the author gave the brand.
constexpr double surely = 6.0;           ///< above the rarity of an address, handle or number
constexpr double same_account = -4.0;    ///< handle like the e-mail's local part; handles are often jokes that many use
constexpr double other_address = -3.0;
constexpr double other_number = -3.0;
constexpr double number_almost = -3.0;   ///< below the rarity of the number
constexpr double ending_quality = -1.5;  ///< below ten to the number of digits
constexpr double other_ending = -3.0;
constexpr double confirmed = 30.0;
constexpr double same_author = 15.0;     ///< wrote to the brand as this customer before

// Where and what.
constexpr double city_profile = 3.0;
constexpr double city_text = 3.5;
constexpr double other_city_profile = -2.5;
constexpr double other_city_text = -1.5;
constexpr double other_language = -1.0;
constexpr double topic = 2.0;
constexpr double other_topic = -3.0;
constexpr double particular_word = 4.0;  ///< a word of the case that stands for one thing: the name of a product
constexpr double common_word = 1.0;
constexpr double words_most = 7.0;
constexpr double day = 4.0;
constexpr double amount = 7.0;
constexpr double agent = 3.0;
constexpr double name_beside_account = 1.5; ///< the handle says the name already

} // namespace larum::match::weights
