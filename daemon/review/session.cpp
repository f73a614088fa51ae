#include "daemon/review/session.h"

#include "core/crypto.h"
#include "daemon/review/review.h"
#include "daemon/version.h"

#include <nlohmann/json.hpp>

namespace larum::review {

using nlohmann::json;

namespace {

json brand_of(const store::Grant& grant, const config::Config& config) {
    const auto* settings = config.find_brand(grant.name);
    const bool fixed = settings != nullptr && settings->mode.has_value();
    return {{"name", grant.name},
            {"role", word(grant.role)},
            {"mode", word(fixed ? *settings->mode : grant.mode)},
            {"mode_fixed", fixed},
            {"zone", settings != nullptr ? settings->zone : "UTC"}};
}

} // namespace

std::string hash_of_token(const std::string& token) { return hmac_sha256("larum session", token); }

std::string csrf_of_token(const std::string& token) { return to_hex(hmac_sha256(token, "larum csrf")); }

std::string session_cookie(const std::string& token) {
    const std::string flags = "; Path=/; Secure; HttpOnly; SameSite=Strict";
    return std::string(cookie_name) + "=" + token + flags + (token.empty() ? "; Max-Age=0" : "");
}

json session_body(const store::Account& account, const House& house, const std::string& token) {
    json brands = json::array();
    for (const auto& grant : account.brands) brands.push_back(brand_of(grant, *house.config));
    return {{"account", {{"id", to_text(account.id)}, {"name", account.name}, {"language", account.language}}},
            {"brands", brands},
            {"erasure", house.key != nullptr},
            {"csrf", csrf_of_token(token)},
            {"version", std::string(version)}};
}

} // namespace larum::review
