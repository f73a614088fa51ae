#pragma once

#include "daemon/judge/reading.h"

#include <array>
#include <chrono>
#include <optional>
#include <vector>

/// Days that a post names: «do piątku», «by the 12th», «od 3 tygodni», «w ciągu 14 dni od 4 marca».
namespace larum::judging {

struct SaidDay {
    enum class Role : unsigned char {
        at,    ///< something happened or will happen on it
        since, ///< something lasts from it on: «od wtorku», «for three weeks»
        due    ///< something was or is to be done by it
    };
    Role role = Role::at;
    std::chrono::sys_days day;
    std::uint16_t sentence = 0;
    std::uint32_t start = 0; ///< bytes of Plain::text
    std::uint32_t end = 0;
};

/// Finds days in a reading. Days of the week and dates without a year are those nearest to the day of the post: before
/// it, unless the words look ahead («jutro», «will be there on Friday»).
class DayReader {
public:
    explicit DayReader(const Lexicon& lexicon);

    /// Whether the post speaks of waiting, lateness or a promise at all.
    bool worth_reading(const Reading& reading) const;

    /// In the order of the text; at most days_max. `works` says for Monday to Sunday whether working days count it.
    std::vector<SaidDay> read(const Reading& reading, std::chrono::sys_days today, const std::array<bool, 7>& works) const;
    static constexpr std::size_t days_max = 8;

private:
    std::vector<char> telling_; ///< by concept: whether days beside it matter
    std::vector<int> numbers_;  ///< by concept: the number it says; 0: none
};

/// The day by which the author says a promise was due; nothing when no day is given or it cannot be told.
std::optional<SaidDay> promised_day(const Reading& reading, const Lexicon& lexicon, const std::vector<SaidDay>& days);

/// Since when the author says to wait.
std::optional<SaidDay> waiting_since(const std::vector<SaidDay>& days);

} // namespace larum::judging
