#include "connectors/shared/pubsub.h"

#include "connectors/shared/json.h"
#include "core/crypto.h"
#include "core/error.h"
#include "core/jwt.h"

#include <algorithm>
#include <fstream>

namespace larum::connectors::pubsub {

namespace {

using namespace std::chrono_literals;

constexpr std::size_t certificates_most = 256 * 1024;
constexpr std::size_t token_most = 8 * 1024;
constexpr Span clocks_differ = 5min;

/// Read each time: Google changes its keys every few days, and a timer beside larum keeps the file fresh.
json::Json read_certificates(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    std::string content(certificates_most, '\0');
    if (in) in.read(content.data(), static_cast<std::streamsize>(content.size()));
    content.resize(static_cast<std::size_t>(std::max<std::streamsize>(in.gcount(), 0)));
    return json::parse(content);
}

bool is_google(const std::string& issuer) {
    return issuer == "https://accounts.google.com" || issuer == "accounts.google.com";
}

bool in_time(const json::Json& claims, Time now) {
    const auto issued = json::count(claims, "iat"), ends = json::count(claims, "exp");
    if (!issued || !ends) return false;
    return Time{std::chrono::seconds{*ends}} > now &&
           Time{std::chrono::seconds{*issued}} < now + clocks_differ;
}

bool is_ours(const json::Json& claims, const Sender& sender, Time now) {
    const auto email = json::text(claims, "email");
    return is_google(json::text(claims, "iss")) && json::text(claims, "aud") == sender.audience &&
           json::flag(claims, "email_verified") &&
           std::find(sender.emails.begin(), sender.emails.end(), email) != sender.emails.end() &&
           in_time(claims, now);
}

std::string bearer(const Headers& headers) {
    const auto value = header(headers, "Authorization");
    return value.starts_with("Bearer ") && value.size() <= token_most ? value.substr(7) : std::string();
}

} // namespace

WebhookAnswer accept(const Sender& sender, const WebhookRequest& request, Time now) {
    if (request.method != "POST") return {405, "only POST"};
    if (sender.certificates.empty()) {
        WebhookAnswer rung;
        rung.ring = true;
        return rung;
    }
    const auto token = bearer(request.headers);
    const auto named = jwt::header_of(token);
    if (token.empty() || !named) return {401, "a token is needed"};
    const auto certificates = read_certificates(sender.certificates);
    if (!certificates.is_object()) return {503, "not ready"};
    const auto certificate = json::text(certificates, json::text(json::parse(*named), "kid").c_str());
    const auto verified = certificate.empty() ? std::nullopt : jwt::verify_rs256(token, certificate);
    if (!verified || !is_ours(json::parse(verified->claims), sender, now))
        return {401, "the token is not good here"};
    WebhookAnswer kept;
    kept.store = true;
    return kept;
}

std::string published(std::string_view body) {
    const auto read = json::parse(body);
    if (!read.is_object()) throw Error(Error::Kind::input, "pubsub: the push is no JSON");
    return from_base64(json::text(json::member(read, "message"), "data"));
}

} // namespace larum::connectors::pubsub
