#include "daemon/assembly.h"
#include "daemon/commands/command.h"

#include <CLI/CLI.hpp>

#include <cstdio>

namespace larum::commands {

namespace {

int check(const Invocation& invocation) {
    const auto config = invocation.load();
    check_kinds(config);
    std::printf("%s: fine: %zu brand(s), %zu source(s), %zu channel(s), %zu webhook app(s)\n",
                config.file.empty() ? "built-in defaults" : config.file.c_str(), config.brands.size(), config.sources.size(),
                config.channels.size(), config.apps.size());
    for (const auto& brand : config.brands)
        if (brand.mode != config::Mode::live)
            std::printf("brand %s: %s\n", brand.name.c_str(),
                        brand.mode ? "mode is shadow: it decides and shows, and sends no alert"
                                   : "mode is not set: it starts in shadow and sends no alert until a person switches it to live");
    return 0;
}

} // namespace

void add_check(CLI::App& app, Invocation& invocation) {
    auto* command = app.add_subcommand("check", "Reads and validates the config.");
    command->footer("Example: larum check --config /etc/larum/larum.toml --online");
    add_config_flag(*command, invocation);
    auto example = std::make_shared<bool>(false), reference = std::make_shared<bool>(false);
    command->add_flag("--example", *example, "print an example config with every setting, and do nothing else");
    command->add_flag("--reference", *reference, "print the reference of settings as Markdown, and do nothing else");
    command->callback([&invocation, example, reference] {
        invocation.work = [&invocation, example, reference] {
            if (*example) return std::fputs(example_file().c_str(), stdout) < 0 ? 1 : 0;
            if (*reference) return std::fputs(reference_page().c_str(), stdout) < 0 ? 1 : 0;
            return check(invocation);
        };
    });
}

} // namespace larum::commands
