#include "core/error.h"
#include "core/http_client.h"
#include "core/text.h"
#include "daemon/assembly.h"
#include "daemon/commands/command.h"
#include "daemon/commands/on_connecting.h"
#include "daemon/commands/on_credentials.h"
#include "daemon/commands/on_terminal.h"
#include "daemon/connect/config_file.h"
#include "daemon/connect/verify.h"
#include "daemon/store/held_credential.h"

#include <CLI/CLI.hpp>

#include <csignal>
#include <cstdio>

/// Connects a source: walks a person through what the platform wants, verifies it by real calls, writes the
/// config.
namespace larum::commands {

namespace {

constexpr std::size_t columns = 100;

int list_kinds() {
    std::size_t width = 0;
    for (const auto* kind : connectors::all_kinds()) width = std::max(width, kind->name.size());
    for (const auto* kind : connectors::all_kinds())
        std::printf("%-*s  %s\n", static_cast<int>(width), kind->name.c_str(),
                    text::shorten(kind->gives, columns - width - 2).c_str());
    say("\nlarum connect KIND walks you through; larum sources --kinds says what each needs\n");
    return 0;
}

const connectors::Kind& kind_of(const std::string& name) {
    if (const auto* kind = connectors::find_kind(name)) return *kind;
    std::string names;
    for (const auto* one : connectors::all_kinds()) names += (names.empty() ? "" : ", ") + one->name;
    throw Error(Error::Kind::config, "connect: there is no kind \"" + name + "\"; expected one of: " + names);
}

/// Of the config that results, only what is new: what else stands there may need what only the service has.
config::Config only_new(const std::string& text, const std::string& file, const ConnectPlan& plan) {
    auto config = config::parse_config(text, file);
    std::erase_if(config.sources, [&](const auto& one) { return one.name != plan.source.name; });
    std::erase_if(config.apps, [&](const auto& one) { return !plan.app || one.name != plan.app->name; });
    config.channels.clear();
    return config;
}

/// The database, where larum has run: it may keep a session of the same credential, which is then not ours to
/// open.
std::unique_ptr<store::Store> database_that_runs(const config::Config& config, const Clock& clock) {
    std::error_code ignored;
    if (!std::filesystem::exists(config::state_dir(config), ignored)) return {};
    try {
        return store::open_store(config, clock);
    } catch (const Error& error) {
        say(wrapped("  ! ", std::string("the database is not asked for a session: ") + error.what()));
        return {};
    }
}

/// With the database's session, else `session`, which becomes what the platform handed out: that may be good
/// for one use, and is kept before anything else.
connectors::Probe ask_platform(const config::Config& config, const connectors::Kind& kind,
                               const connectors::Made& made, std::string& session) {
    const SystemClock clock;
    auto store = made.credential.empty() ? nullptr : database_that_runs(config, clock);
    std::optional<store::HeldCredential> held;
    const auto hold = [&] { held.emplace(*store, kind.name, made.credential, kind.burst, clock.now()); };
    if (store) hold();
    if (held && !held->session().empty()) session = held->session();
    return connect::verify(*made.connector, session, kind.name, clock, [&](const std::string& changed) {
        session = changed;
        if (made.credential.empty()) return;
        if (!store) store = store::open_store(config, clock), hold();
        held->keep(changed);
    });
}

connectors::Probe verify(const connect::ConfigFile& file, const connectors::Kind& kind,
                         const ConnectPlan& plan, std::string& session) {
    const auto config = only_new(connect::appended(file.text(), plan.blocks(), connect::Form::tried),
                                 file.path().string(), plan);
    const auto http = make_http();
    const auto assembly = assemble(config, *http);
    say("\nasking " + kind.name + " …\n");
    return ask_platform(config, kind, assembly.sources.at(plan.source.name), session);
}

/// Which secrets the plan refers to: a session belongs to them.
std::string secrets_of(const ConnectPlan& plan, const connectors::Kind& kind) {
    std::string all;
    for (const auto& one : kind.options)
        if (const auto* answer = connect::is_secret(one) ? plan.source.find(one.name) : nullptr)
            all += answer->tried + '\n';
    return all;
}

bool is_taken(const connectors::Probe& probe) {
    static const char* const signs[] = {"  ✓ ", "  ✗ ", "  ! ", "  - "};
    for (const auto& one : connect::findings(probe, SystemClock().now()))
        say(wrapped(signs[static_cast<int>(one.sign)], one.text));
    return connect::is_good(probe);
}

/// A secret that lies where only a person may read it works here and fails in the service.
void warn_of_unreadable(const ConnectPlan& plan) {
    const auto service = connect::service_owner();
    if (!service) return;
    for (const auto& block : plan.blocks())
        for (const auto& one : block.answers)
            if (const std::string way = "\"file:"; one.toml.starts_with(way) && one.toml == one.tried) {
                const auto path = one.toml.substr(way.size(), one.toml.size() - way.size() - 1);
                if (!connect::may_read(*service, path))
                    say(wrapped("  ! ", one.key + ": the service's user larum may not read " + path));
            }
}

/// No Ctrl-C in the middle of it.
class Uninterrupted {
public:
    Uninterrupted() {
        sigset_t signals;
        sigemptyset(&signals);
        for (const int signal : {SIGINT, SIGTERM, SIGHUP}) sigaddset(&signals, signal);
        pthread_sigmask(SIG_BLOCK, &signals, &before_);
    }
    ~Uninterrupted() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
    Uninterrupted(const Uninterrupted&) = delete;
    Uninterrupted& operator=(const Uninterrupted&) = delete;

private:
    sigset_t before_{};
};

/// The new files of secrets and the config with the new blocks: all of it, or nothing.
void write(const connect::ConfigFile& file, const ConnectPlan& plan, connect::Secrets& secrets) {
    const Uninterrupted whole;
    secrets.write();
    const auto text = connect::appended(file.text(), plan.blocks(), connect::Form::written);
    check_kinds(only_new(text, file.path().string(), plan));
    file.replace(text);
    secrets.stay();
}

void show_webhooks(const ConnectPlan& plan, const config::ListenSettings& listen) {
    if (plan.hears.empty()) return;
    const auto host = listen.public_url.empty() ? std::string("https://YOUR-HOST") : listen.public_url;
    auto text = "\nWebhooks, to be entered in the app's settings on the platform once larum was reloaded:\n  "
                "callback URL  " +
                host + (host.ends_with('/') ? "" : "/") + "hooks/" + plan.hears + '\n';
    for (const auto& [name, word] : plan.made) text += "  " + name + "  " + word + '\n';
    say(text + "  (your proxy passes /hooks/ on to " + listen.hooks + ")\n");
}

/// What the block says of a setting, else what larum does anyway; empty when there is no such setting.
std::string in_force(const std::string& name, const ConnectPlan& plan, const connectors::Kind& kind) {
    if (const auto* set = plan.source.find(name)) return set->toml;
    auto known = kind.options;
    for (const auto& section : config::sections())
        if (section.table == "[source.NAME]")
            known.insert(known.end(), section.settings.begin(), section.settings.end());
    for (const auto& one : known)
        if (one.name == name) return one.fallback;
    return {};
}

void show_next(const connect::ConfigFile& file, const connectors::Kind& kind, const ConnectPlan& plan,
               const std::vector<std::string>& secrets) {
    std::string text = "\n[source." + plan.source.name + "] stands in " + file.path().string() + '\n';
    for (const auto& one : secrets) text += "  secret: " + one + '\n';
    text += "Next:\n  larum check --online --config " + file.path().string() +
            "\n  systemctl reload larum      (it is read from then on)\n";
    if (const auto history = in_force("history", plan, kind); !history.empty())
        text += wrapped("", "The first reading goes back " + history + " (`history`); posts from more than " +
                                in_force("alert_since", plan, kind) +
                                " before it (`alert_since`) raise no alert.");
    if (plan.brand)
        text += wrapped(
            "",
            "[brand." + plan.brand->name +
                "] is new: give it its names, zone and language (larum check --example shows all). It starts "
                "in shadow: it decides and shows, and sends no alert until a person switches it to live.");
    say(text);
}

bool is_wanted(const ConnectPlan& plan, const ConnectFlags& flags, const connect::ConfigFile& file) {
    if (!plan.talked || flags.yes) return true;
    say('\n' + connect::appended("", plan.blocks(), connect::Form::written));
    const auto answer =
        text::trim(ask("Write this to " + file.path().string() + " (yes or no)? ").value_or("no"));
    return answer == "yes" || answer == "y";
}

int connect_kind(const Invocation& invocation, const ConnectFlags& flags) {
    const auto& kind = kind_of(flags.kind);
    const connect::ConfigFile file(config_of(invocation));
    std::optional<config::Config> written;
    if (file.exists()) written = config::read_config(file.path());
    if (!flags.dry_run) file.check_replaceable();
    find_credentials(file.path());
    connect::Secrets secrets(file.path().parent_path() / "secrets");
    const bool names_brands = config::parse_toml(file.text(), file.path().string()).find("brand") != nullptr;
    Interview interview(kind, flags, written ? &*written : nullptr, names_brands, secrets);
    auto plan = interview.run();
    std::string session;
    while (!is_taken(verify(file, kind, plan, session)) && !flags.force) {
        const auto mended = interview.mend();
        if (!mended)
            return say("\nconnect: nothing was written: mend what is marked ✗ and connect again, or say "
                       "--force\n"),
                   1;
        if (secrets_of(*mended, kind) != secrets_of(plan, kind)) session.clear();
        plan = *mended;
    }
    warn_of_unreadable(plan);
    if (flags.dry_run)
        return std::fputs(connect::appended("", plan.blocks(), connect::Form::written).c_str(), stdout) < 0
                   ? 1
                   : 0;
    if (!is_wanted(plan, flags, file)) return say("connect: nothing was written\n"), 1;
    write(file, plan, secrets);
    show_next(file, kind, plan, secrets.files());
    show_webhooks(plan, written ? written->listen : config::ListenSettings());
    return 0;
}

} // namespace

void add_connect(CLI::App& app, Invocation& invocation) {
    auto* command = app.add_subcommand(
        "connect", "Connects a source: asks what the platform wants, verifies it, writes the config.");
    command->footer("Example: larum connect facebook\n"
                    "For scripts: larum connect facebook --matching own_data --set page=102938475610293 \\\n"
                    "  --secret token=file:/run/token --secret app_secret=env:APP_SECRET\n"
                    "Without KIND: every kind in a line. docs/connecting.md tells more.");
    auto flags = std::make_shared<ConnectFlags>();
    add_config_flag(*command, invocation);
    add_brand_flag(*command, invocation);
    command->add_option("KIND", flags->kind, "what to connect");
    command->add_option("--name", flags->name, "name of the source, a permanent key (default: the kind's)");
    command->add_option("--matching", flags->matching,
                        "full, own_data or off: how far the platform's terms let you go");
    command
        ->add_option("--set", flags->set,
                     "KEY=VALUE of a setting; again for each; app.KEY for the webhook app's")
        ->allow_extra_args(false);
    command->add_option("--secret", flags->secrets, "KEY=file:/path, KEY=env:NAME or KEY=credential:NAME")
        ->allow_extra_args(false);
    command->add_option("--app", flags->app, "name of the webhook app, made when it is new");
    command->add_flag("--dry-run", flags->dry_run,
                      "verify, print the block on stdout, write nothing into files");
    command->add_flag("--yes", flags->yes,
                      "do not ask before writing; and you have the consent that `matching` needs");
    command->add_flag("--force", flags->force, "write although the platform refused");
    command->callback([&invocation, flags] {
        invocation.work = [&invocation, flags] {
            flags->brand = invocation.brand;
            return flags->kind.empty() ? list_kinds() : connect_kind(invocation, *flags);
        };
    });
}

} // namespace larum::commands
