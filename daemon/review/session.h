#pragma once

#include "daemon/review/visit.h"

#include <nlohmann/json_fwd.hpp>
#include <string>

/// What a session is made of. The browser holds the token; the store holds hashes.
namespace larum::review {

std::string hash_of_token(const std::string& token); ///< raw bytes

/// Made from the token, so that the page can ask for it again after a reload.
std::string csrf_of_token(const std::string& token);

std::string session_cookie(const std::string& token); ///< empty: the one that ends it

/// What the page needs to know of whom it serves.
nlohmann::json session_body(const store::Account& account, const House& house, const std::string& token);

} // namespace larum::review
