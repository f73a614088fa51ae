#include "core/time.h"

#include "core/error.h"

#include <unicode/basictz.h>
#include <unicode/timezone.h>

#include <cstdio>
#include <memory>
#include <mutex>
#include <unordered_map>

namespace larum {

namespace {

/// Reads `count` digits at `at` and moves past them; -1 when there are not that many.
int digits(std::string_view text, std::size_t& at, int count) {
    int value = 0;
    for (int i = 0; i < count; ++i, ++at) {
        if (at >= text.size() || text[at] < '0' || text[at] > '9') return -1;
        value = value * 10 + (text[at] - '0');
    }
    return value;
}

bool skip(std::string_view text, std::size_t& at, std::string_view any_of) {
    if (at >= text.size() || any_of.find(text[at]) == std::string_view::npos) return false;
    ++at;
    return true;
}

/// Time zones are costly to look up in ICU and few: each is kept.
const icu::TimeZone& icu_zone(const std::string& zone) {
    static std::mutex mutex;
    static std::unordered_map<std::string, std::unique_ptr<icu::TimeZone>> known;
    const std::lock_guard lock(mutex);
    auto& kept = known[zone];
    if (!kept) {
        std::unique_ptr<icu::TimeZone> made(icu::TimeZone::createTimeZone(icu::UnicodeString::fromUTF8(zone)));
        if (*made == icu::TimeZone::getUnknown()) {
            known.erase(zone);
            throw Error(Error::Kind::config, "\"" + zone + "\" is no time zone; expected a name like Europe/Warsaw");
        }
        kept = std::move(made);
    }
    return *kept;
}

constexpr std::int64_t microseconds_per_millisecond = 1000;

} // namespace

std::optional<Time> parse_time(std::string_view text) {
    using namespace std::chrono;
    std::size_t at = 0;
    const int y = digits(text, at, 4);
    if (y < 0 || !skip(text, at, "-")) return {};
    const int m = digits(text, at, 2);
    if (m < 1 || m > 12 || !skip(text, at, "-")) return {};
    const int d = digits(text, at, 2);
    const year_month_day date{year{y}, month{unsigned(m)}, day{unsigned(d < 0 ? 0 : d)}};
    if (d < 1 || !date.ok() || !skip(text, at, "Tt ")) return {};
    const int hour = digits(text, at, 2);
    if (hour < 0 || hour > 23 || !skip(text, at, ":")) return {};
    const int minute = digits(text, at, 2);
    if (minute < 0 || minute > 59 || !skip(text, at, ":")) return {};
    int second = digits(text, at, 2);
    if (second < 0 || second > 60) return {};
    if (second == 60) second = 59;
    std::int64_t fraction = 0;
    if (skip(text, at, ".,")) {
        const auto from = at;
        std::int64_t unit = 100000;
        for (; at < text.size() && text[at] >= '0' && text[at] <= '9'; ++at, unit /= 10) fraction += (text[at] - '0') * unit;
        if (at == from) return {};
    }
    int offset = 0;
    if (!skip(text, at, "Zz")) {
        if (at >= text.size() || (text[at] != '+' && text[at] != '-')) return {};
        const int sign = text[at++] == '-' ? -1 : 1;
        const int hours = digits(text, at, 2);
        if (hours < 0 || hours > 23) return {};
        int minutes = 0;
        if (at < text.size()) { // PostgreSQL writes «+00», Graph «+0000»
            skip(text, at, ":");
            minutes = digits(text, at, 2);
            if (minutes < 0 || minutes > 59) return {};
        }
        offset = sign * (hours * 60 + minutes);
    }
    if (at != text.size()) return {};
    return Time{sys_days{date}.time_since_epoch() + hours{hour} + minutes{minute - offset} + seconds{second} +
                microseconds{fraction}};
}

std::string format_time(Time time) {
    using namespace std::chrono;
    const auto day_start = floor<days>(time);
    const year_month_day date{day_start};
    const hh_mm_ss clock{time - day_start};
    char text[48];
    int size = std::snprintf(text, sizeof text, "%04d-%02u-%02uT%02d:%02d:%02d", int(date.year()), unsigned(date.month()),
                             unsigned(date.day()), int(clock.hours().count()), int(clock.minutes().count()),
                             int(clock.seconds().count()));
    if (const auto fraction = clock.subseconds().count(); fraction != 0) {
        size += std::snprintf(text + size, sizeof text - size, ".%06d", int(fraction));
        while (text[size - 1] == '0') --size;
    }
    return std::string(text, size) + "Z";
}

Time SystemClock::now() const { return std::chrono::time_point_cast<Span>(std::chrono::system_clock::now()); }

LocalTime local_time(Time time, const std::string& zone) {
    using namespace std::chrono;
    std::int32_t raw = 0, saving = 0;
    UErrorCode status = U_ZERO_ERROR;
    const auto milliseconds = static_cast<double>(floor<std::chrono::milliseconds>(time).time_since_epoch().count());
    icu_zone(zone).getOffset(milliseconds, false, raw, saving, status);
    const Time shifted = time + Span{(std::int64_t{raw} + saving) * microseconds_per_millisecond};
    const auto day_start = floor<days>(shifted);
    const year_month_day date{day_start};
    const hh_mm_ss clock{floor<seconds>(shifted) - day_start};
    return {int(date.year()),           int(unsigned(date.month())),  int(unsigned(date.day())),
            int(clock.hours().count()), int(clock.minutes().count()), int(clock.seconds().count()),
            int(weekday{day_start}.iso_encoding())};
}

Time from_local(const LocalTime& local, const std::string& zone) {
    using namespace std::chrono;
    const year_month_day date{year{local.year}, month{unsigned(local.month)}, day{unsigned(local.day)}};
    const Time wall = sys_days{date}.time_since_epoch() + Time{hours{local.hour} + minutes{local.minute} + seconds{local.second}};
    std::int32_t raw = 0, saving = 0;
    UErrorCode status = U_ZERO_ERROR;
    // «former» uses the offset before a transition: in an overlap that is the earlier instant, in a gap the
    // later one.
    static_cast<const icu::BasicTimeZone&>(icu_zone(zone))
        .getOffsetFromLocal(static_cast<double>(floor<std::chrono::milliseconds>(wall).time_since_epoch().count()),
                            UCAL_TZ_LOCAL_FORMER, UCAL_TZ_LOCAL_FORMER, raw, saving, status);
    return wall - Span{(std::int64_t{raw} + saving) * microseconds_per_millisecond};
}

Time end_of_local_day(Time time, const std::string& zone) {
    const LocalTime now = local_time(time, zone);
    const std::chrono::year_month_day today{std::chrono::year{now.year}, std::chrono::month{unsigned(now.month)},
                                            std::chrono::day{unsigned(now.day)}};
    const std::chrono::year_month_day tomorrow{std::chrono::sys_days{today} + std::chrono::days{1}};
    LocalTime midnight;
    midnight.year = int(tomorrow.year());
    midnight.month = int(unsigned(tomorrow.month()));
    midnight.day = int(unsigned(tomorrow.day()));
    return from_local(midnight, zone);
}

bool zone_exists(const std::string& zone) {
    try {
        icu_zone(zone);
        return true;
    } catch (const Error&) {
        return false;
    }
}

} // namespace larum
