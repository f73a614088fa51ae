#pragma once

#include <nlohmann/json_fwd.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace larum::jwt {

enum class Algorithm { es256, rs256 };

/// A signed JSON Web Token (RFC 7519) of `claims`; `header` gains alg and typ. `private_key` is PEM.
/// Throws Error::Kind::config when it is not such a key; the text never quotes it.
std::string sign(Algorithm algorithm, const nlohmann::json& header, const nlohmann::json& claims, std::string_view private_key);

struct Token {
    std::string header; ///< JSON
    std::string claims; ///< JSON
};

/// The parts of a token whose RS256 signature is right for `public_key` (PEM: a key or a certificate); nothing else.
/// Times and audience are the caller's to check.
std::optional<Token> verify_rs256(std::string_view token, std::string_view public_key);

/// The header alone, unverified: which key it names. Nothing when it is no token.
std::optional<std::string> header_of(std::string_view token);

} // namespace larum::jwt
