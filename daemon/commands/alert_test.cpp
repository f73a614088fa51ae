#include "core/error.h"
#include "core/http_client.h"
#include "core/text.h"
#include "daemon/assembly.h"
#include "daemon/commands/command.h"
#include "daemon/dispatch/wording.h"
#include "daemon/escalate/escalate.h"

#include <CLI/CLI.hpp>

#include <cstdio>

namespace larum::commands {

namespace {

const config::Brand& brand_of(const config::Config& config, const std::string& name) {
    if (!name.empty()) {
        if (const auto* brand = config.find_brand(name)) return *brand;
        throw Error(Error::Kind::config, "--brand is \"" + name + "\"; expected the NAME of a [brand.NAME]");
    }
    if (config.brands.empty()) throw Error(Error::Kind::config, "no brand is configured");
    return config.brands.front();
}

/// Sends without the database: it works while the database is away, and leaves no row behind.
int alert_test(const Invocation& invocation, const std::string& entry) {
    const auto config = invocation.load();
    const auto to = address_of(entry);
    const auto* settings = config.find_channel(to.channel);
    if (!settings) {
        std::string names;
        for (const auto& one : config.channels) names += (names.empty() ? "" : ", ") + one.name;
        throw Error(Error::Kind::config, "there is no channel \"" + to.channel + "\"; expected one of: " + (names.empty() ? "(none is configured)" : names));
    }
    const auto& brand = brand_of(config, invocation.brand);
    const auto http = make_http();
    const auto assembly = assemble(config, *http);
    auto& channel = *assembly.channels.at(to.channel);
    const SystemClock clock;
    const auto now = clock.now();
    const Id id = std::chrono::duration_cast<std::chrono::microseconds>(now.time_since_epoch()).count();
    const auto outcome = channel.send(dispatch::word_test(id, brand, to.channel, detail_of(*settings, channel), now), to.recipient, {}, now);
    std::string said = std::string(word(outcome.ending));
    if (!outcome.reason.empty()) said += ": " + outcome.reason;
    if (outcome.not_before) said += ", not before " + format_time(*outcome.not_before);
    std::printf("%s: %s\n", to.channel.c_str(), said.c_str());
    return outcome.ending == alerts::Ending::delivered ? 0 : 1;
}

} // namespace

void add_alert_test(CLI::App& app, Invocation& invocation) {
    auto* command = app.add_subcommand("alert-test", "Sends a marked test alert over one channel and says how it ended.");
    command->footer("Example: larum alert-test care-desk --config /etc/larum/larum.toml\n"
                    "Exit code 0 when it was delivered, 1 when it was not, 2 when there is no such channel.");
    add_config_flag(*command, invocation);
    add_brand_flag(*command, invocation);
    auto channel = std::make_shared<std::string>();
    command->add_option("CHANNEL", *channel, "NAME of a [channel.NAME], or NAME:RECIPIENT")->required();
    command->callback([&invocation, channel] { invocation.work = [&invocation, channel] { return alert_test(invocation, *channel); }; });
}

} // namespace larum::commands
