#pragma once

#include "core/time.h"

#include <map>
#include <string>

/// When silence says something: a source that brings posts every weekday morning and brings none is worth a look, one
/// that is quiet every night is not. Pure.
namespace larum::intake {

/// Posts of a source by the UTC hour they were written in, of `first` up to `last` (both whole hours, `last`
/// exclusive); hours that are missing had none.
struct Hours {
    Time first{};
    Time last{};
    std::map<Time, int> posts;
};

/// The chance that a source that is well brings nothing from `since` to `now`, by how many hours of the same hours of
/// the week had none. Posts come in bursts, so empty hours are counted, not posts. 1 when too little is known.
double chance_of_silence(const Hours& hours, Time since, Time now, const std::string& zone);

/// Less likely than this is told. A source has some 20 pauses a day, and a hundred sources should not cry wolf once a
/// month.
inline constexpr double silence_unlikely = 1e-5;

/// Known for less, a source's silence says nothing.
inline constexpr Span silence_known_after = std::chrono::hours{24 * 7};

/// Earlier hours do not count.
inline constexpr Span silence_looks_back = std::chrono::hours{24 * 56};

} // namespace larum::intake
