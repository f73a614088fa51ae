#include "connectors/shared/call.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdio>
#include <cstdlib>
#include <sstream>

namespace larum::connectors {

using namespace std::chrono_literals;

Answered send(Http& http, const HttpRequest& request, const std::string& platform) {
    try {
        return {{}, http.send(request)};
    } catch (const Error& error) {
        const bool passing = error.kind() == Error::Kind::unreachable || error.kind() == Error::Kind::refused;
        return {{passing ? Ending::later : Ending::broken, platform + ": " + error.what(), {}, false}, {}};
    }
}

Outcome outcome_of_status(const HttpAnswer& answer, const std::string& platform, Time now) {
    const int status = answer.status;
    const auto reason = platform + ": status " + std::to_string(status);
    if ((status >= 200 && status < 300) || status == 304) return {};
    if (status == 429) return {Ending::later, reason + ": too many requests", retry_after(answer.headers, now).value_or(now + 5min), true};
    if (status == 408 || status >= 500) return {Ending::later, reason, retry_after(answer.headers, now), false};
    if (status == 401 || status == 403) return {Ending::reauth, reason, {}, true};
    if (status == 404 || status == 410) return {Ending::gone, reason, {}, false};
    return {Ending::broken, reason, {}, false};
}

namespace {

constexpr Span longest_wait = 24h;

std::optional<std::int64_t> whole_number(const std::string& text) {
    if (text.empty() || text.size() > 12 || !std::all_of(text.begin(), text.end(), [](unsigned char c) { return std::isdigit(c); })) return {};
    return std::stoll(text);
}

/// Minutes east of Greenwich. Unknown names count as Greenwich, as RFC 5322 advises.
int zone_minutes(const std::string& zone) {
    if (zone.size() == 5 && (zone[0] == '+' || zone[0] == '-')) {
        const int hhmm = std::atoi(zone.c_str() + 1);
        return (zone[0] == '-' ? -1 : 1) * (hhmm / 100 * 60 + hhmm % 100);
    }
    struct Named {
        std::string_view name;
        int hours;
    };
    constexpr std::array names = {Named{"EST", -5}, Named{"EDT", -4}, Named{"CST", -6}, Named{"CDT", -5}, Named{"MST", -7},
                                  Named{"MDT", -6}, Named{"PST", -8}, Named{"PDT", -7}, Named{"CET", 1},  Named{"CEST", 2},
                                  Named{"EET", 2},  Named{"EEST", 3}, Named{"BST", 1}};
    for (const auto& one : names)
        if (one.name == zone) return one.hours * 60;
    return 0;
}

} // namespace

std::optional<Time> retry_after(const Headers& headers, Time now) {
    std::optional<Time> at;
    if (const auto text = header(headers, "Retry-After"); !text.empty()) {
        const auto seconds = whole_number(text);
        at = seconds ? std::optional<Time>(now + std::chrono::seconds{*seconds}) : parse_mail_time(text);
    } else if (const auto reset = whole_number(header(headers, "RateLimit-Reset"))) {
        // Seconds to wait, or a moment in Unix time: no wait is a billion seconds long.
        constexpr std::int64_t surely_a_moment = 1'000'000'000;
        at = *reset >= surely_a_moment ? Time{std::chrono::seconds{*reset}} : now + std::chrono::seconds{*reset};
    }
    if (!at) return {};
    return std::clamp<Time>(*at, now + 1s, now + longest_wait);
}

std::optional<Time> parse_mail_time(std::string_view text) {
    if (const auto comma = text.find(','); comma != std::string_view::npos) text.remove_prefix(comma + 1);
    std::string rest(text);
    std::replace(rest.begin(), rest.end(), '-', ' '); // RFC 850: 06-Nov-94
    if (const auto zone = text.rfind('-'); zone != std::string_view::npos && zone > 8 && text[zone - 1] == ' ') rest[zone] = '-';
    std::istringstream in(rest);
    int day = 0, year = 0;
    std::string month, clock, zone;
    if (!(in >> day >> month >> year >> clock)) return {};
    in >> zone;
    constexpr std::string_view months = "janfebmaraprmayjunjulaugsepoctnovdec";
    if (month.size() < 3) return {};
    std::transform(month.begin(), month.end(), month.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    const auto place = months.find(month.substr(0, 3));
    if (place == std::string_view::npos || place % 3 != 0) return {};
    if (year < 100) year += year < 70 ? 2000 : 1900;
    int hour = 0, minute = 0, second = 0;
    if (std::sscanf(clock.c_str(), "%2d:%2d:%2d", &hour, &minute, &second) < 2 || hour > 23 || minute > 59 || second > 60) return {};
    const std::chrono::year_month_day date{std::chrono::year{year}, std::chrono::month{static_cast<unsigned>(place / 3 + 1)},
                                           std::chrono::day{static_cast<unsigned>(day)}};
    if (!date.ok()) return {};
    return Time{std::chrono::sys_days{date}.time_since_epoch() + std::chrono::hours{hour} +
                std::chrono::minutes{minute - zone_minutes(zone)} + std::chrono::seconds{std::min(second, 59)}};
}

std::string percent_encoded(std::string_view text) {
    constexpr std::string_view digits = "0123456789ABCDEF";
    std::string encoded;
    for (const unsigned char c : text) {
        if (std::isalnum(c) || c == '-' || c == '.' || c == '_' || c == '~') {
            encoded += static_cast<char>(c);
        } else {
            encoded += '%';
            encoded += digits[c >> 4];
            encoded += digits[c & 15];
        }
    }
    return encoded;
}

} // namespace larum::connectors
