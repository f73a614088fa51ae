#include "daemon/match/compare.h"

#include <algorithm>
#include <cmath>

namespace larum::match {

namespace {

bool holds(const std::vector<std::string>& list, const std::string& value) {
    return !value.empty() && std::find(list.begin(), list.end(), value) != list.end();
}

enum class NumberSays { nothing, same, almost, other };

NumberSays compare_number(const TextClues& text, const std::string& number) {
    if (number.empty()) return NumberSays::nothing;
    const std::string digits = last_digits(number);
    if (holds(text.codes, folded_number(number))) return NumberSays::same;
    if (digits.empty()) return NumberSays::nothing;
    if (holds(text.numbers, digits)) return NumberSays::same;
    for (const auto& one : text.numbers)
        if (almost_same_digits(one, digits)) return NumberSays::almost;
    return text.numbers.empty() ? NumberSays::nothing : NumberSays::other;
}

/// Letters as A, digits as N: what has another shape may be a number of another kind.
std::string shape_of(const std::string& folded) {
    std::string shape = folded;
    for (char& c : shape) c = c >= '0' && c <= '9' ? 'N' : 'A';
    return shape;
}

struct OrderSays {
    NumberSays says = NumberSays::nothing;
    std::string given;
};

/// A platform gives numbers whole. Only a prefix may differ, such as a year that one side leaves out; the digits within a
/// long hexadecimal number are no number of their own.
OrderSays compare_order(const std::vector<std::string>& orders, const std::string& number) {
    OrderSays found;
    const auto known = folded_number(number), digits = last_digits(number);
    if (known.empty()) return found;
    for (const auto& one : orders) {
        const auto given = folded_number(one);
        const bool same_end = !digits.empty() && last_digits(one) == digits && given.ends_with(digits) && known.ends_with(digits);
        if (given == known || same_end) return {NumberSays::same, one};
        if (shape_of(given) == shape_of(known)) found = {NumberSays::other, one};
    }
    return found;
}

} // namespace

bool compare_numbers(const Clues& clues, const Case& matter, const Known& known, FoundList& out) {
    const double rare = std::log2(std::max(known.customers, 2.0));
    const auto reference = compare_number(clues.text, matter.ref), order = compare_number(clues.text, matter.order_ref);
    const bool of_case = reference == NumberSays::same;
    if (of_case || order == NumberSays::same) {
        const auto& number = of_case ? matter.ref : matter.order_ref;
        out.push_back({Sign::number, rare, 1, number, number});
        return true;
    }
    const auto given = compare_order(clues.orders, matter.order_ref);
    if (given.says == NumberSays::same) {
        out.push_back({Sign::number, rare, 1, given.given, matter.order_ref, true});
        return true;
    }
    if (clues.text.numbers.empty()) {
        if (given.says == NumberSays::other) out.push_back({Sign::number_other, 0, 1, given.given, matter.order_ref, true});
        return false;
    }
    const auto& written = clues.text.numbers.front();
    if (reference == NumberSays::almost || order == NumberSays::almost)
        out.push_back({Sign::number_almost, rare, 1, written, order == NumberSays::almost ? matter.order_ref : matter.ref});
    else if (reference == NumberSays::other || order == NumberSays::other)
        out.push_back({Sign::number_other, 0, 1, written, matter.order_ref.empty() ? matter.ref : matter.order_ref});
    return false;
}

void compare_endings(const Clues& clues, const Customer& customer, const Case* matter, FoundList& out) {
    for (const auto& ending : clues.text.endings) {
        const double rare = std::log2(10.0) * static_cast<double>(ending.size());
        if (matter && (ends_digits(matter->ref, ending) || ends_digits(matter->order_ref, ending)))
            out.push_back({Sign::number_ending, rare, 1, ending, ends_digits(matter->ref, ending) ? matter->ref : matter->order_ref});
        else if (ends_digits(customer.phone, ending))
            out.push_back({Sign::phone_ending, rare, 1, ending, customer.phone});
        else
            out.push_back({Sign::ending_other, 0, 1, ending, ""});
    }
}

} // namespace larum::match
