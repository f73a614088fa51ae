#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace larum {

std::string sha256_hex(std::string_view bytes);
std::string hmac_sha256(std::string_view key, std::string_view bytes); ///< 32 raw bytes
std::string to_hex(std::string_view bytes);
std::string to_base64(std::string_view bytes);
std::string from_base64(std::string_view text); ///< throws Error::Kind::input
bool equal_in_constant_time(std::string_view a, std::string_view b);
std::string random_bytes(std::size_t count);
std::string random_token(); ///< 256 bits, URL-safe text

/// First 8 bytes of SHA-256, as the signed integer that PostgreSQL keeps.
std::int64_t hash64(std::string_view bytes);

} // namespace larum
