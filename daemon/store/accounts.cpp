#include "daemon/store/accounts.h"

#include "core/error.h"

namespace larum::store {

namespace {

Role role_of(const Field& field) { return from_word<Role>(field.view()).value_or(Role::viewer); }

Account account_of(const Rows& rows, std::size_t row) {
    Account account;
    account.id = rows.at(row, 0).integer();
    account.name = rows.at(row, 1).text();
    account.language = rows.at(row, 2).text();
    account.disabled_at = rows.at(row, 3).maybe_time();
    account.created_at = rows.at(row, 4).time();
    return account;
}

Grant grant_of(const Rows& rows, std::size_t row) {
    return {static_cast<BrandId>(rows.at(row, 1).integer()), rows.at(row, 2).text(), role_of(rows.at(row, 3)),
            from_word<config::Mode>(rows.at(row, 4).view()).value_or(config::Mode::shadow)};
}

void add_grants(Transaction& tx, std::vector<Account>& accounts) {
    std::vector<std::int64_t> ids;
    for (const auto& one : accounts) ids.push_back(one.id);
    const auto rows = tx.run("SELECT g.account_id, g.brand_id, b.name, g.role, b.mode"
                             " FROM account_brand g"
                             " JOIN brand b USING (brand_id)"
                             " WHERE g.account_id = ANY($1::bigint[])"
                             " ORDER BY b.name",
                             {array_of(ids)});
    for (std::size_t i = 0; i < rows.size(); ++i)
        for (auto& account : accounts)
            if (account.id == rows.at(i, 0).integer()) account.brands.push_back(grant_of(rows, i));
}

std::vector<Account> read_accounts(Transaction& tx, const Rows& rows) {
    std::vector<Account> accounts;
    for (std::size_t i = 0; i < rows.size(); ++i) accounts.push_back(account_of(rows, i));
    if (!accounts.empty()) add_grants(tx, accounts);
    return accounts;
}

} // namespace

std::optional<Login> find_login(Transaction& tx, const std::string& name) {
    const auto rows = tx.run("SELECT account_id, password_hash, disabled_at IS NOT NULL"
                             " FROM account"
                             " WHERE name = $1",
                             {name});
    if (rows.empty()) return std::nullopt;
    return Login{rows.at(0, 0).integer(), rows.at(0, 1).text(), rows.at(0, 2).yes()};
}

std::optional<Account> find_account(Transaction& tx, Id account) {
    auto found = read_accounts(tx, tx.run("SELECT account_id, name, language, disabled_at, created_at"
                                          " FROM account"
                                          " WHERE account_id = $1",
                                          {account}));
    if (found.empty()) return std::nullopt;
    return found.front();
}

std::vector<Account> all_accounts(Transaction& tx) {
    return read_accounts(tx, tx.run("SELECT account_id, name, language, disabled_at, created_at"
                                    " FROM account"
                                    " ORDER BY name"
                                    " LIMIT 10000"));
}

void add_account(Transaction& tx, Id account, const std::string& name, const std::string& password_hash,
                 const std::string& language, Time now) {
    const auto rows = tx.run("INSERT INTO account (account_id, name, password_hash, language, created_at)"
                             " VALUES ($1, $2, $3, $4, $5)"
                             " ON CONFLICT (name) DO NOTHING",
                             {account, name, password_hash, language, now});
    if (rows.affected() == 0)
        throw Error(Error::Kind::input, "user: there is already an account of that name; choose another");
}

void grant(Transaction& tx, Id account, BrandId brand, Role role) {
    tx.run("INSERT INTO account_brand (account_id, brand_id, role)"
           " VALUES ($1, $2, $3)"
           " ON CONFLICT (account_id, brand_id) DO UPDATE SET role = excluded.role",
           {account, brand, word(role)});
}

void set_password(Transaction& tx, Id account, const std::string& password_hash, const std::string& kept) {
    tx.run("UPDATE account SET password_hash = $2 WHERE account_id = $1", {account, password_hash});
    tx.run("DELETE FROM session WHERE account_id = $1 AND token_hash <> $2::bytea", {account, to_bytea(kept)});
}

void set_language(Transaction& tx, Id account, const std::string& language) {
    tx.run("UPDATE account SET language = $2 WHERE account_id = $1", {account, language});
}

void disable_account(Transaction& tx, Id account, Time now) {
    tx.run("UPDATE account SET disabled_at = coalesce(disabled_at, $2) WHERE account_id = $1", {account, now});
    tx.run("DELETE FROM session WHERE account_id = $1", {account});
}

void open_session(Transaction& tx, const std::string& token_hash, Id account, const std::string& csrf_hash, Time now) {
    tx.run("INSERT INTO session (token_hash, account_id, csrf_hash, created_at, used_at)"
           " VALUES ($1::bytea, $2, $3::bytea, $4, $4)",
           {to_bytea(token_hash), account, to_bytea(csrf_hash), now});
}

std::optional<Session> find_session(Transaction& tx, const std::string& token_hash, Time now) {
    const auto rows = tx.run("SELECT s.account_id, s.csrf_hash, s.used_at"
                             " FROM session s"
                             " JOIN account a USING (account_id)"
                             " WHERE s.token_hash = $1::bytea"
                             "   AND s.used_at > $2 AND s.created_at > $3"
                             "   AND a.disabled_at IS NULL",
                             {to_bytea(token_hash), now - session_idle_max, now - session_age_max});
    if (rows.empty()) return std::nullopt;
    return Session{rows.at(0, 0).integer(), from_bytea(rows.at(0, 1).view()), rows.at(0, 2).time()};
}

void touch_session(Transaction& tx, const std::string& token_hash, Time now) {
    tx.run("UPDATE session SET used_at = $2 WHERE token_hash = $1::bytea AND used_at < $2", {to_bytea(token_hash), now});
}

void end_session(Transaction& tx, const std::string& token_hash) {
    tx.run("DELETE FROM session WHERE token_hash = $1::bytea", {to_bytea(token_hash)});
}

void sweep_sessions(Transaction& tx, Time now) {
    tx.run("DELETE FROM session WHERE used_at <= $1 OR created_at <= $2",
           {now - session_idle_max, now - session_age_max});
}

std::vector<std::string> live_sessions(Transaction& tx, const std::vector<std::string>& token_hashes, Time now) {
    std::vector<std::string> literals;
    for (const auto& one : token_hashes) literals.push_back(to_bytea(one));
    const auto rows = tx.run("SELECT s.token_hash"
                             " FROM session s"
                             " JOIN account a USING (account_id)"
                             " WHERE s.token_hash = ANY($1::bytea[])"
                             "   AND s.used_at > $2 AND s.created_at > $3"
                             "   AND a.disabled_at IS NULL",
                             {array_of(literals), now - session_idle_max, now - session_age_max});
    std::vector<std::string> live;
    for (std::size_t i = 0; i < rows.size(); ++i) live.push_back(from_bytea(rows.at(i, 0).view()));
    return live;
}

} // namespace larum::store
