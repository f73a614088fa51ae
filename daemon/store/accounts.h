#pragma once

#include "config/config.h"
#include "core/id.h"
#include "core/words.h"
#include "daemon/store/pq.h"

#include <optional>
#include <string>
#include <vector>

/// Accounts of the review page, their brands and their sessions.
namespace larum::store {

enum class Role { viewer, reviewer, admin };

struct Grant {
    BrandId brand = 0;
    std::string name;
    Role role = Role::viewer;
    config::Mode mode = config::Mode::shadow; ///< as a person switched it
};

struct Account {
    Id id = 0;
    std::string name;
    std::string language = "en";
    std::optional<Time> disabled_at;
    Time created_at{};
    std::vector<Grant> brands; ///< by name; nothing else is visible to the account
};

struct Login {
    Id account = 0;
    std::string password_hash;
    bool disabled = false;
};

std::optional<Login> find_login(Transaction&, const std::string& name);
std::optional<Account> find_account(Transaction&, Id account);
std::vector<Account> all_accounts(Transaction&); ///< by name, at most 10,000

/// Throws Error::Kind::input when the name is taken.
void add_account(Transaction&, Id account, const std::string& name, const std::string& password_hash,
                 const std::string& language, Time now);
void grant(Transaction&, Id account, BrandId brand, Role role);
/// Ends the account's sessions but `kept` (a token hash; empty: none).
void set_password(Transaction&, Id account, const std::string& password_hash, const std::string& kept = {});
void set_language(Transaction&, Id account, const std::string& language);
/// The account stays, for what it did; its sessions end.
void disable_account(Transaction&, Id account, Time now);

constexpr Span session_idle_max = std::chrono::hours{8};
constexpr Span session_age_max = std::chrono::hours{24};

/// Only hashes of the token and of its CSRF token are kept.
void open_session(Transaction&, const std::string& token_hash, Id account, const std::string& csrf_hash, Time now);

struct Session {
    Id account = 0;
    std::string csrf_hash;
    Time used_at{};
};

/// Nothing when there is none, it is too old, or its account is disabled.
std::optional<Session> find_session(Transaction&, const std::string& token_hash, Time now);
void touch_session(Transaction&, const std::string& token_hash, Time now);
void end_session(Transaction&, const std::string& token_hash);
void sweep_sessions(Transaction&, Time now); ///< removes those that have ended by time

/// Those of `token_hashes` that are still good.
std::vector<std::string> live_sessions(Transaction&, const std::vector<std::string>& token_hashes, Time now);

} // namespace larum::store

namespace larum {
template <> struct Words<store::Role> {
    static constexpr std::string_view list[] = {"viewer", "reviewer", "admin"};
};
} // namespace larum
