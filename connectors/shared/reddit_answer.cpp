#include "connectors/shared/reddit_answer.h"

#include "connectors/shared/call.h"

#include <algorithm>
#include <cctype>
#include <cstdlib>

namespace larum::connectors::reddit {

namespace {

using namespace std::chrono_literals;
using json::Json;

double number_in(const Headers& headers, const char* name) { return std::strtod(header(headers, name).c_str(), nullptr); }

/// «private», «banned», «quarantined»: why a subreddit is not shown.
std::string reason_in(const std::string& body) {
    const auto word = json::text(json::parse(body), "reason");
    const bool plain = word.size() <= 30 && std::all_of(word.begin(), word.end(), [](unsigned char c) { return std::islower(c) || c == '_'; });
    return plain ? word : std::string();
}

} // namespace

Outcome outcome_of(const HttpAnswer& answer, Time now) {
    auto outcome = outcome_of_status(answer, "reddit", now);
    if (outcome.ok()) return outcome;
    if (answer.status == 429 && !retry_after(answer.headers, now)) { // seconds to go, sometimes with a fraction
        const auto wait = std::clamp(number_in(answer.headers, "X-Ratelimit-Reset"), 0.0, 3600.0);
        if (wait > 0) outcome.not_before = now + std::chrono::duration_cast<Span>(std::chrono::duration<double>(wait));
    }
    if (answer.status == 302) outcome = {Ending::gone, "reddit: status 302: there is no such subreddit", {}, false};
    const auto why = reason_in(answer.body);
    if (answer.status == 403) {
        outcome.whole_credential = false;
        outcome.reason += why.empty() ? ": a scope is missing, or the app is not approved" : ": the subreddit is " + why;
    } else if (answer.status == 404 && !why.empty()) {
        outcome.reason += ": the subreddit is " + why;
    }
    return outcome;
}

std::optional<double> used_share(const Headers& headers) {
    const auto used = number_in(headers, "X-Ratelimit-Used"), left = number_in(headers, "X-Ratelimit-Remaining");
    if (header(headers, "X-Ratelimit-Remaining").empty() || used + left <= 0) return {};
    return std::clamp(used / (used + left), 0.0, 1.0);
}

std::optional<std::string> problem_in(const Json& body) {
    const auto& errors = json::list(json::member(body, "json"), "errors");
    if (errors.empty()) return {};
    const auto& first = errors.front();
    const auto code = first.is_array() && !first.empty() && first.front().is_string() ? first.front().get<std::string>() : std::string();
    const bool plain = !code.empty() && code.size() <= 40 && std::all_of(code.begin(), code.end(), [](unsigned char c) { return std::isupper(c) || c == '_'; });
    return plain ? "reddit: " + code : "reddit: an error without a code";
}

std::optional<Json> listing_of(const Json& body) {
    const auto& data = json::member(body, "data");
    if (json::text(body, "kind") != "Listing" || !data.contains("children") || !data["children"].is_array()) return {};
    return data;
}

} // namespace larum::connectors::reddit
