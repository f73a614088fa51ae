#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace larum {

/// A point in time, UTC, to the microsecond (what PostgreSQL keeps).
using Time = std::chrono::sys_time<std::chrono::microseconds>;
using Span = std::chrono::microseconds;

/// RFC 3339 («2026-04-05T22:41:03Z», «2026-04-05 22:41:03.5+02:00», also Graph's «+0000» without colon).
/// Nothing when the text is not one; a leap second counts as the second before it.
std::optional<Time> parse_time(std::string_view text);

/// «2026-04-05T22:41:03Z»; a fraction only when there is one.
std::string format_time(Time time);

/// Where carriers get the time from. Pure functions take `now` as an argument instead.
class Clock {
public:
    virtual ~Clock() = default;
    virtual Time now() const = 0;
};

class SystemClock final : public Clock {
public:
    Time now() const override;
};

/// Local wall time in an IANA zone, for calendars, digests and promised days.
struct LocalTime {
    int year = 1970;
    int month = 1; ///< 1..12
    int day = 1;
    int hour = 0;
    int minute = 0;
    int second = 0;
    int weekday = 1; ///< 1 is Monday
};

/// Throws Error::Kind::config when `zone` is not known to ICU.
LocalTime local_time(Time time, const std::string& zone);

/// The instant of a local wall time; in a gap the later, in an overlap the earlier instant.
Time from_local(const LocalTime& local, const std::string& zone);

/// The first instant after the local day that contains `time`.
Time end_of_local_day(Time time, const std::string& zone);

bool zone_exists(const std::string& zone);

} // namespace larum
