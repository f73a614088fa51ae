#pragma once

#include "daemon/match/text_clues.h"

namespace larum::match {

/// Days as people write them in Polish and English: «27.03.2026», «27 March», «1 kwietnia», «we wtorek», «on
/// Tuesday», «wczoraj»; days of the week are the last ones before `posted_at`.
std::vector<WrittenDay> read_days(const std::string& folded, Time posted_at);

/// Days written in figures only, as in the brand's own records.
std::vector<WrittenDay> read_numeric_days(std::string_view text);

bool same_day(const WrittenDay& written, const WrittenDay& record);
WrittenDay day_of(Time time); ///< in UTC

} // namespace larum::match
