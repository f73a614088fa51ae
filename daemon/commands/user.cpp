#include "core/error.h"
#include "core/text.h"
#include "daemon/commands/command.h"
#include "daemon/commands/on_terminal.h"
#include "daemon/review/password.h"
#include "daemon/store/accounts.h"
#include "daemon/store/store.h"

#include <CLI/CLI.hpp>

#include <iostream>
#include <nlohmann/json.hpp>

/// Accounts of the review page. Passwords come from the terminal without echo or from stdin, never as arguments.
namespace larum::commands {

namespace {

struct Given {
    std::string name;
    std::string role = "reviewer";
    std::string language = "en";
    bool password_stdin = false;
};

Error input(const std::string& what) { return Error(Error::Kind::config, "user: " + what); }

std::string read_password(const Given& given) {
    if (!given.password_stdin && !stdin_is_terminal())
        throw input("no terminal to ask for the password; give it on stdin with --password-stdin");
    const auto password = (given.password_stdin ? read_line() : ask_hidden("password: ")).value_or("");
    review::check_password(password);
    if (!given.password_stdin && ask_hidden("again: ") != password) throw input("the two passwords differ; nothing was changed");
    return password;
}

void check_name(const std::string& name) {
    const bool plain = !name.empty() && name.size() <= 100 && text::is_valid_utf8(name) && text::trim(name) == name &&
                       name.find_first_of("\t\r\n") == std::string::npos;
    if (!plain) throw input("the name must have 1 to 100 bytes, on one line, without space around it");
}

std::vector<std::string> brands_of(const Invocation& invocation, const config::Config& config) {
    if (!invocation.brand.empty()) {
        if (config.find_brand(invocation.brand) == nullptr)
            throw input("--brand " + invocation.brand + ": the config has no such brand");
        return {invocation.brand};
    }
    std::vector<std::string> all;
    for (const auto& one : config.brands) all.push_back(one.name);
    return all;
}

Id account_of(store::Transaction& tx, const std::string& name) {
    const auto login = store::find_login(tx, name);
    if (!login) throw input("there is no account named \"" + name + "\"; `larum user list` shows all");
    return login->account;
}

int add(const Invocation& invocation, const Given& given) {
    check_name(given.name);
    const auto config = invocation.load();
    const auto brands = brands_of(invocation, config);
    const auto password = read_password(given);
    const SystemClock clock;
    const auto store = store::open_store(config, clock);
    std::vector<BrandId> ids;
    for (const auto& one : brands) ids.push_back(store->brand(one));
    const auto hash = review::hash_password(password);
    store->pool().with([&](store::Transaction& tx) {
        if (store::find_login(tx, given.name))
            throw input("there is an account named \"" + given.name + "\"; `larum user grant` gives it another brand");
        const auto account = store->ids().next();
        store::add_account(tx, account, given.name, hash, given.language, clock.now());
        for (const auto brand : ids) store::grant(tx, account, brand, *from_word<store::Role>(given.role));
    });
    std::cerr << "user: " << given.name << " may sign in as " << given.role << " of";
    for (const auto& one : brands) std::cerr << ' ' << one;
    std::cerr << '\n';
    return 0;
}

int grant(const Invocation& invocation, const Given& given) {
    const auto config = invocation.load();
    const auto brands = brands_of(invocation, config);
    const SystemClock clock;
    const auto store = store::open_store(config, clock);
    for (const auto& one : brands) {
        const auto brand = store->brand(one);
        store->pool().with([&](store::Transaction& tx) {
            store::grant(tx, account_of(tx, given.name), brand, *from_word<store::Role>(given.role));
        });
        std::cerr << "user: " << given.name << " is " << given.role << " of " << one << '\n';
    }
    return 0;
}

nlohmann::json json_of(const store::Account& account) {
    nlohmann::json brands = nlohmann::json::object();
    for (const auto& one : account.brands) brands[one.name] = word(one.role);
    return {{"name", account.name},
            {"brands", brands},
            {"language", account.language},
            {"created_at", format_time(account.created_at)},
            {"disabled_at", account.disabled_at ? nlohmann::json(format_time(*account.disabled_at)) : nullptr}};
}

int list(const Invocation& invocation) {
    const SystemClock clock;
    const auto store = store::open_store(invocation.load(), clock);
    std::vector<store::Account> accounts;
    store->pool().with([&](store::Transaction& tx) { accounts = store::all_accounts(tx); });
    for (const auto& one : accounts) {
        if (invocation.json) {
            std::cout << json_of(one).dump() << '\n';
            continue;
        }
        std::cout << one.name << '\t' << (one.disabled_at ? "disabled" : "active");
        for (const auto& grant : one.brands) std::cout << '\t' << grant.name << ':' << word(grant.role);
        std::cout << '\n';
    }
    if (accounts.empty()) std::cerr << "user: no accounts yet; make one with `larum user add NAME`\n";
    return 0;
}

int change_password(const Invocation& invocation, const Given& given) {
    const SystemClock clock;
    const auto store = store::open_store(invocation.load(), clock);
    store->pool().with([&](store::Transaction& tx) { account_of(tx, given.name); });
    const auto hash = review::hash_password(read_password(given));
    store->pool().with([&](store::Transaction& tx) { store::set_password(tx, account_of(tx, given.name), hash); });
    std::cerr << "user: the password of " << given.name << " is changed; their sessions have ended\n";
    return 0;
}

int disable(const Invocation& invocation, const Given& given) {
    const SystemClock clock;
    const auto store = store::open_store(invocation.load(), clock);
    store->pool().with([&](store::Transaction& tx) { store::disable_account(tx, account_of(tx, given.name), clock.now()); });
    std::cerr << "user: " << given.name << " is disabled; their sessions have ended\n";
    return 0;
}

CLI::App* part(CLI::App& user, Invocation& invocation, const char* name, const char* about, std::function<int()> work) {
    auto* command = user.add_subcommand(name, about);
    add_config_flag(*command, invocation);
    command->callback([&invocation, work = std::move(work)] { invocation.work = work; });
    return command;
}

void take_name(CLI::App& command, Given& given) {
    command.add_option("NAME", given.name, "the account's name, as typed when signing in")->required();
}

void take_role(CLI::App& command, Invocation& invocation, Given& given) {
    command.add_option("--brand", invocation.brand, "the brand that it may see (default: every configured one)");
    command.add_option("--role", given.role, "viewer (reads), reviewer (acts) or admin (also mode and erasure)")
        ->check(CLI::IsMember({"viewer", "reviewer", "admin"}))
        ->capture_default_str();
}

} // namespace

void add_user(CLI::App& app, Invocation& invocation) {
    auto* user = app.add_subcommand("user", "accounts of the review page");
    user->require_subcommand(1);
    user->footer("Examples:\n  larum user add Ewa --role admin\n  larum user add Jan --brand zamek --password-stdin < file\n"
                 "  larum user disable Jan");
    const auto given = std::make_shared<Given>();

    auto* adding = part(*user, invocation, "add", "a new account; asks for its password",
                        [&invocation, given] { return add(invocation, *given); });
    take_name(*adding, *given);
    take_role(*adding, invocation, *given);
    adding->add_flag("--password-stdin", given->password_stdin, "read the password from the first line of stdin");
    adding->add_option("--language", given->language, "of the page: pl or en")->check(CLI::IsMember({"pl", "en"}));

    auto* granting = part(*user, invocation, "grant", "gives an account a brand, or another role there",
                          [&invocation, given] { return grant(invocation, *given); });
    take_name(*granting, *given);
    take_role(*granting, invocation, *given);

    auto* listing = part(*user, invocation, "list", "all accounts with their brands and roles",
                         [&invocation] { return list(invocation); });
    add_json_flag(*listing, invocation);

    auto* passwd = part(*user, invocation, "passwd", "a new password; ends the account's sessions",
                        [&invocation, given] { return change_password(invocation, *given); });
    take_name(*passwd, *given);
    passwd->add_flag("--password-stdin", given->password_stdin, "read the password from the first line of stdin");

    auto* disabling = part(*user, invocation, "disable", "signs the account out everywhere and keeps it out",
                           [&invocation, given] { return disable(invocation, *given); });
    take_name(*disabling, *given);
}

} // namespace larum::commands
