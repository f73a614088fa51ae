#include "core/error.h"
#include "core/http_client.h"
#include "daemon/assembly.h"
#include "daemon/commands/command.h"
#include "daemon/commands/on_credentials.h"
#include "daemon/commands/on_terminal.h"
#include "daemon/connect/verify.h"
#include "daemon/dispatch/wording.h"
#include "daemon/judges.h"
#include "daemon/second/carrier.h"
#include "daemon/store/store.h"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <cstdio>

namespace larum::commands {

namespace {

bool print(const std::string& what, bool fine, const std::string& how) {
    std::printf("%-6s %s%s%s\n", fine ? "ok" : "FAILS", what.c_str(), how.empty() ? "" : ": ", how.c_str());
    return fine;
}

/// Below the line of what was tried.
void print_more(const std::string& first, const std::string& text) { std::fputs(wrapped("       " + first, text).c_str(), stdout); }

/// Null when it is away.
std::unique_ptr<store::Store> try_database(const config::Config& config, const Clock& clock) {
    try {
        auto store = store::open_store(config, clock);
        print("database " + store->address(), true, "");
        return store;
    } catch (const Error& error) {
        print("database", false, error.what());
        return {};
    }
}

void join(std::string& text, const std::string& before, const std::string& one) {
    if (!one.empty()) text += (text.empty() ? "" : "; ") + before + one;
}

std::string text_of(const connectors::Probe& probe, Time now) {
    std::string text = probe.type;
    join(text, "speaks for ", probe.account);
    for (const auto& scope : probe.missing) join(text, "missing: ", scope);
    join(text, "", connect::expiry_text(probe, now));
    join(text, "", probe.outcome.reason);
    return text;
}

std::string listed(const std::vector<std::string>& all) {
    std::string text;
    for (const auto& one : all) text += (text.empty() ? "" : ", ") + one;
    return text;
}

bool print_probe(const std::string& name, const connectors::Probe& probe, Time now) {
    const bool good = print("source " + name, connect::is_good(probe), text_of(probe, now));
    if (!probe.granted.empty()) print_more("granted: ", listed(probe.granted));
    for (const auto& note : probe.notes) print_more("note: ", note);
    if (probe.outcome.ok() && connect::expires_soon(probe, now))
        print_more("warning: ", "the credential " + connect::expiry_text(probe, now) + ": make a new one before then");
    return good;
}

/// With the session that the database keeps: a refresh token may be good for one use, and the running larum needs it.
bool try_source(const std::string& name, const connectors::Kind& kind, const connectors::Made& made, store::Store* store, const Clock& clock) {
    if (!store && !made.credential.empty()) return print("source " + name, false, "not asked: its session lies in the database, which is away");
    try {
        const auto nothing = [](const std::string&) {};
        const auto probe = store ? probe_kept(kind, made, *store, clock) : connect::verify(*made.connector, {}, kind.name, clock, nothing);
        return print_probe(name, probe, clock.now());
    } catch (const Error& error) {
        return print("source " + name, false, error.what());
    }
}

/// What no setting and no permission changes, once for each kind that is configured.
void print_limits(const config::Config& config) {
    for (const auto* kind : connectors::all_kinds()) {
        const bool used = std::any_of(config.sources.begin(), config.sources.end(), [&](const auto& one) { return one.kind == kind->name; });
        if (!used || kind->cannot.empty()) continue;
        std::printf("%-6s %s: what the platform forbids or cannot give:\n", "note", kind->name.c_str());
        for (const auto& one : kind->cannot) print_more("- ", one);
    }
}

/// Only a real message shows that a chat takes them: the same marked test as `larum alert-test`.
bool try_channel(const config::Config& config, const std::string& name, alerts::Channel& channel, const Clock& clock) {
    const auto now = clock.now();
    const Id id = std::chrono::duration_cast<std::chrono::microseconds>(now.time_since_epoch()).count();
    const auto message = dispatch::word_test(id, config.brands.front(), name, detail_of(*config.find_channel(name), channel), now);
    const auto outcome = channel.send(message, {}, {}, now);
    return print("channel " + name, outcome.ending == alerts::Ending::delivered, outcome.reason);
}

/// Asked about invented words.
bool try_second_opinion(const config::SecondOpinionSettings& settings, Http& http, const Clock& clock) {
    const auto trouble = second::probe(http, settings, clock.now());
    return print("second opinion " + config::host_of(settings.url), trouble.empty(), trouble);
}

bool check_online(const config::Config& config) {
    const SystemClock clock;
    const auto http = make_http();
    const auto assembly = assemble(config, *http);
    const auto store = try_database(config, clock);
    bool fine = store != nullptr;
    for (const auto& [name, made] : assembly.sources)
        fine = try_source(name, *connectors::find_kind(config.find_source(name)->kind), made, store.get(), clock) && fine;
    print_limits(config);
    for (const auto& [name, channel] : assembly.channels) fine = try_channel(config, name, *channel, clock) && fine;
    if (config.second_opinion) fine = try_second_opinion(*config.second_opinion, *http, clock) && fine;
    return fine;
}

/// As much as match ever gives a name that nothing else speaks for.
constexpr double name_alone_most = 0.89;

void print_bands(const config::Brand& brand) {
    if (brand.link_min <= name_alone_most)
        std::printf("brand %s: link_min is %g: a name alone can tie a post to a customer and their story; above %g it cannot\n",
                    brand.name.c_str(), brand.link_min, name_alone_most);
}

int check(const Invocation& invocation, bool online) {
    find_credentials(config_of(invocation));
    const auto config = invocation.load();
    check_kinds(config);
    check_models(config);
    for (const auto& line : beyond_terms(config)) std::printf("%s\n", line.c_str());
    if (config.second_opinion)
        for (const auto& line : config::warnings(*config.second_opinion)) std::printf("%s\n", line.c_str());
    std::printf("%s: fine: %zu brand(s), %zu source(s), %zu channel(s), %zu webhook app(s)\n",
                config.file.empty() ? "built-in defaults" : config.file.c_str(), config.brands.size(), config.sources.size(),
                config.channels.size(), config.apps.size());
    for (const auto& brand : config.brands) print_bands(brand);
    for (const auto& brand : config.brands)
        if (brand.mode != config::Mode::live)
            std::printf("brand %s: %s\n", brand.name.c_str(),
                        brand.mode ? "mode is shadow: it decides and shows, and sends no alert"
                                   : "mode is not set: it starts in shadow and sends no alert until a person switches it to live");
    return !online || check_online(config) ? 0 : 1;
}

} // namespace

void add_check(CLI::App& app, Invocation& invocation) {
    auto* command = app.add_subcommand("check", "Reads and validates the config.");
    command->footer("Example: larum check --config /etc/larum/larum.toml --online");
    add_config_flag(*command, invocation);
    auto example = std::make_shared<bool>(false), reference = std::make_shared<bool>(false), online = std::make_shared<bool>(false);
    command->add_flag("--online", *online, "also try the database, every credential, every channel (each gets a marked test message) and the second opinion");
    command->add_flag("--example", *example, "print an example config with every setting, and do nothing else");
    command->add_flag("--reference", *reference, "print the reference of settings as Markdown, and do nothing else");
    command->callback([&invocation, example, reference, online] {
        invocation.work = [&invocation, example, reference, online] {
            if (*example) return std::fputs(example_file().c_str(), stdout) < 0 ? 1 : 0;
            if (*reference) return std::fputs(reference_page().c_str(), stdout) < 0 ? 1 : 0;
            return check(invocation, *online);
        };
    });
}

} // namespace larum::commands
