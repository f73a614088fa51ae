#pragma once

#include "config/config.h"
#include "daemon/store/accounts.h"
#include "daemon/web/server.h"

#include <exception>
#include <functional>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

namespace larum::store {
class InstallationKey;
}

/// One request to the API, by someone who may make it.
namespace larum::review {

/// Thrown by an act to answer with an error; nothing it wrote is kept.
struct Refusal : std::exception {
    Refusal(int status_, std::string code_, std::string what_)
        : status(status_), code(std::move(code_)), sentence(std::move(what_)) {}
    const char* what() const noexcept override { return sentence.c_str(); }
    int status;
    std::string code;
    std::string sentence;
};

/// What of larum the acts use.
struct House {
    store::Pool& pool;
    IdMaker& ids;
    const Clock& clock;
    std::shared_ptr<const config::Config> config;
    const store::InstallationKey* key = nullptr; ///< of the suppression list; null: nobody is erased from here
};

struct Visit {
    const web::Request& request;
    const House& house;
    store::Transaction& transaction; ///< committed when the act returns, rolled back when it throws
    const store::Account& account;
    std::string token_hash;
    Time now{};
    const store::Grant* grant = nullptr; ///< of the `{brand}` in the path; null where the path has none

    /// The path's `{name}` as an id; a 404 when it is none.
    Id id(std::string_view name) const;
    /// Defaults for a brand that the config no longer names.
    config::Brand brand_settings() const { return brand_settings(grant->name); }
    config::Brand brand_settings(const std::string& brand) const;
    std::vector<BrandId> brands() const; ///< all that the account may see
    nlohmann::json body() const;         ///< an object; a 400 when it is none
};

/// The least that a visitor must be. Roles are those of the `{brand}` in the path.
enum class Need { account, viewer, reviewer, admin };

using Act = std::function<web::Response(Visit&)>;

struct ApiRoute {
    const char* method;
    const char* pattern;
    Need need;
    Act act;
};

std::vector<ApiRoute> account_routes();
std::vector<ApiRoute> queue_routes();
std::vector<ApiRoute> act_routes();
std::vector<ApiRoute> brand_routes();
std::vector<ApiRoute> person_routes(); ///< need `House::key`

// ---- reading a body's fields; a 400 that names the field when they are not what they should be --------------

std::string text_field(const nlohmann::json& body, const char* name, std::size_t bytes_max);
std::string optional_text_field(const nlohmann::json& body, const char* name, std::size_t bytes_max);
std::string word_field(const nlohmann::json& body, const char* name, const std::vector<std::string>& allowed);

web::Response answer(const nlohmann::json& body, int status = 200);

} // namespace larum::review
