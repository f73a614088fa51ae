#pragma once

#include <string_view>

/// How people name months and days of the week in Polish, English, German and Ukrainian. Words are folded
/// (core/text.h), in any case of declension.
namespace larum {

int month_word(std::string_view folded);   ///< 1 to 12; 0: no month
int weekday_word(std::string_view folded); ///< 1 is Monday; 0: no day of the week

/// Days from today: «jutro» 1, «yesterday» -1. Returns false when it is no such word.
bool near_day_word(std::string_view folded, int& days);

} // namespace larum
