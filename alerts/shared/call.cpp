#include "alerts/shared/call.h"

#include "core/error.h"

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <cstring>

namespace larum::alerts {

namespace {

using namespace std::chrono_literals;

constexpr Span longest_rest = 24h;
// Below the lease of an alert, so that nobody else takes it while the call is under way.
constexpr Span call_timeout = 6s;

/// «Sun, 06 Nov 1994 08:49:37 GMT».
std::optional<Time> http_date(const std::string& text) {
    static constexpr const char* months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                             "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    char month[4] = {};
    int day = 0, year = 0, hour = 0, minute = 0, second = 0;
    if (std::sscanf(text.c_str(), "%*3s, %2d %3s %4d %2d:%2d:%2d GMT", &day, month, &year, &hour, &minute, &second) != 6)
        return std::nullopt;
    for (int i = 0; i < 12; ++i) {
        if (std::strcmp(months[i], month) != 0) continue;
        char written[32];
        std::snprintf(written, sizeof written, "%04d-%02d-%02dT%02d:%02d:%02dZ", year % 10000, i + 1, day % 100, hour % 100,
                      minute % 100, second % 100);
        return parse_time(written);
    }
    return std::nullopt;
}

} // namespace

std::variant<HttpAnswer, Outcome> call(Http& http, HttpRequest request, const std::string& who) {
    request.timeout = call_timeout;
    request.body_bytes_max = 256u << 10;
    try {
        return http.send(request);
    } catch (const NoAnswer&) {
        return Outcome::unknown(who + ": sent, but no answer came");
    } catch (const Error& error) {
        switch (error.kind()) {
        case Error::Kind::bug: throw;
        case Error::Kind::refused: return Outcome::refused(who + ": the address is private; set private_allowed = true when it is yours");
        case Error::Kind::config: return Outcome::refused(who + ": the address is no URL that can be called");
        case Error::Kind::too_large: return Outcome::unknown(who + ": the answer was too long to be one");
        default: return Outcome::later(who + ": could not be reached");
        }
    }
}

bool is_success(const HttpAnswer& answer) { return answer.status >= 200 && answer.status < 300; }

Outcome outcome_of_status(const HttpAnswer& answer, const std::string& who, Time now) {
    const int status = answer.status;
    const std::string reason = who + ": status " + std::to_string(status);
    const bool later = status == 408 || status == 425 || status == 429 || status >= 500;
    if (later) return Outcome::later(reason, retry_after(answer.headers, now));
    if (status >= 300 && status < 400) return Outcome::refused(reason + ", a redirect, which is not followed");
    return Outcome::refused(reason);
}

std::optional<Time> retry_after(const Headers& headers, Time now) {
    const auto text = header(headers, "Retry-After");
    if (text.empty()) return std::nullopt;
    std::optional<Time> until;
    double seconds = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
    if (error == std::errc{} && end == text.data() + text.size()) {
        if (seconds >= 0) until = now + std::chrono::seconds{static_cast<std::int64_t>(std::min(seconds, 1e6) + 0.999)};
    } else {
        until = http_date(text);
    }
    if (!until) return std::nullopt;
    return std::clamp(*until, now, now + longest_rest);
}

HttpRequest json_request(const std::string& method, const std::string& url, const std::string& body) {
    HttpRequest request;
    request.method = method;
    request.url = url;
    request.headers = {{"Content-Type", "application/json; charset=utf-8"}};
    request.body = body;
    return request;
}

void check_url(const std::string& url, const std::string& setting, const config::Value& table, config::Problems& problems) {
    const bool scheme = url.rfind("https://", 0) == 0 || url.rfind("http://", 0) == 0;
    const auto host = url.find("://") == std::string::npos ? std::string() : url.substr(url.find("://") + 3);
    const auto authority = host.substr(0, host.find_first_of("/?#"));
    const bool clean = std::none_of(url.begin(), url.end(), [](unsigned char c) { return c <= ' ' || c == 127; });
    if (!scheme || !clean || authority.empty() || authority.find('@') != std::string::npos)
        problems.add(table.at, setting + " must be an address like https://host/path, without user name");
}

} // namespace larum::alerts
