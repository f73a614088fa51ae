#include "core/error.h"
#include "daemon/commands/command.h"
#include "daemon/version.h"

#include <CLI/CLI.hpp>

#include <cstdio>
#include <string>

int main(int argc, char** argv) {
    using larum::Error;
    CLI::App app{"larum hears a customer's public complaint, knows what they already tried, and wakes the right person."};
    app.set_version_flag("--version", "larum " + std::string(larum::version));
    app.require_subcommand(1);
    app.failure_message(CLI::FailureMessage::simple);
    larum::commands::Invocation invocation;
    for (const auto add : larum::commands::all_commands()) add(app, invocation);
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return app.exit(error) == 0 ? 0 : 2;
    }
    try {
        return invocation.work();
    } catch (const Error& error) {
        std::fprintf(stderr, "%s\n", error.what());
        return error.kind() == Error::Kind::config ? 2 : 1;
    } catch (const std::exception& error) {
        std::fprintf(stderr, "larum: unexpected: %s\n", error.what());
        return 1;
    }
}
