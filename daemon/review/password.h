#pragma once

#include <string>

namespace larum::review {

constexpr std::size_t password_bytes_min = 10;
constexpr std::size_t password_bytes_max = 256;

/// argon2id at 19 MiB and two passes. At most two are computed at once in this process; who waits longer than
/// 3 s for a turn gets Error::Kind::database, which the page answers with «try again».
std::string hash_password(const std::string& password);
bool password_fits(const std::string& password, const std::string& hash);

/// A hash that no password fits, at the same cost: an unknown account answers no faster than a known one.
const std::string& nobodys_hash();

/// Throws Error::Kind::input with what would be right when the password is too short or too long.
void check_password(const std::string& password);

} // namespace larum::review
