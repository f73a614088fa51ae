#pragma once

#include <string>
#include <vector>

namespace larum::match {

/// A time that has passed, as written: «od 20 dni», «four weeks», «über einer Woche».
struct WrittenSpan {
    int days = 0;
    int unit = 1; ///< days in the unit that was used: how exact it is meant
};

/// At most four. What is allowed or promised («w 14 dni», «within a week») is none.
std::vector<WrittenSpan> read_spans(const std::string& folded);

} // namespace larum::match
