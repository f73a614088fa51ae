#include "connectors/shared/signed_request.h"

#include "connectors/shared/graph.h"
#include "connectors/shared/json.h"
#include "core/crypto.h"
#include "core/error.h"

#include <algorithm>

namespace larum::connectors::graph {

namespace {

using namespace std::chrono_literals;

constexpr std::string_view field = "signed_request";
constexpr std::size_t most = 4096;
constexpr Span window = 24h;

std::string from_base64_of_urls(std::string text) {
    std::replace(text.begin(), text.end(), '-', '+');
    std::replace(text.begin(), text.end(), '_', '/');
    text.resize((text.size() + 3) / 4 * 4, '=');
    try {
        return from_base64(text);
    } catch (const Error&) {
        return {};
    }
}

std::string value_in(std::string_view body) {
    for (const auto& [name, value] : read_query(body))
        if (name == field) return value;
    return {};
}

} // namespace

bool is_signed_request(std::string_view body) { return body.starts_with(field) && body.substr(field.size()).starts_with('='); }

bool is_genuine(std::string_view body, const Secrets& secrets, Time now) {
    if (body.size() > most) return false;
    const auto value = value_in(body);
    const auto dot = value.find('.');
    if (dot == value.npos) return false;
    const auto payload = value.substr(dot + 1);
    const auto given = from_base64_of_urls(value.substr(0, dot));
    if (!secrets.made(given, [&](std::string_view secret) { return hmac_sha256(secret, payload); })) return false;
    const auto read = json::parse(from_base64_of_urls(payload));
    const auto issued = json::count(read, "issued_at").value_or(0);
    if (json::text(read, "algorithm") != "HMAC-SHA256" || issued <= 0 || issued > 100'000'000'000) return false;
    const Time at{std::chrono::seconds{issued}};
    return at > now - window && at < now + window;
}

} // namespace larum::connectors::graph
