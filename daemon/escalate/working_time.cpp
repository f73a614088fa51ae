#include "config/working_days.h"
#include "core/error.h"
#include "daemon/escalate/escalate.h"

#include <array>
#include <cstdio>

namespace larum {

namespace {

struct Week {
    std::array<bool, 7> days{}; ///< Monday to Sunday
    int from = 0;               ///< minutes of the day
    int to = 24 * 60;
};

Week week_of(const config::WorkingTime& working) {
    Week week;
    week.days = config::working_days(working);
    int h1 = -1, m1 = -1, h2 = -1, m2 = -1;
    char end = 0;
    const int read = std::sscanf(working.hours.c_str(), "%2d:%2d-%2d:%2d%c", &h1, &m1, &h2, &m2, &end);
    week.from = h1 * 60 + m1;
    week.to = h2 * 60 + m2;
    const bool whole = read == 4 && h1 >= 0 && h2 >= 0 && m1 >= 0 && m2 >= 0 && m1 < 60 && m2 < 60;
    if (!whole || week.to > 24 * 60 || week.from >= week.to)
        throw Error(Error::Kind::config,
                    "working_time.hours is \"" + working.hours + "\"; expected hours like \"08:00-18:00\"");
    return week;
}

Time midnight_after(Time time, const std::string& zone) { return end_of_local_day(time, zone); }

} // namespace

void check_working_time(const config::WorkingTime& working) { week_of(working); }

Time digest_at(Time time, const config::WorkingTime& working, const std::string& zone) {
    const Week week = week_of(working);
    // Eight days reach the next working day from anywhere in the week.
    for (int day = 0; day < 9; ++day) {
        const LocalTime local = local_time(time, zone);
        const int minute = local.hour * 60 + local.minute;
        if (week.days[static_cast<std::size_t>(local.weekday - 1)] && minute < week.to) {
            // What the night brought waits at the door when the day begins.
            const int slot = minute < week.from ? week.from : week.from + ((minute - week.from) / 60 + 1) * 60;
            const int ends = std::min(slot, week.to);
            if (ends == 24 * 60) return midnight_after(time, zone);
            LocalTime end = local;
            end.hour = ends / 60;
            end.minute = ends % 60;
            end.second = 0;
            return from_local(end, zone);
        }
        time = midnight_after(time, zone);
    }
    return time;
}

} // namespace larum
