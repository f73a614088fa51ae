#include "daemon/commands/command.h"

#include <CLI/CLI.hpp>

namespace larum::commands {

void add_config_flag(CLI::App& command, Invocation& invocation) {
    command.add_option_function<std::string>(
        "--config", [&invocation](const std::string& file) { invocation.config_file = file; },
        "the config file (default: /etc/larum/larum.toml when it exists, else built-in defaults)");
}

void add_brand_flag(CLI::App& command, Invocation& invocation) {
    command.add_option("--brand", invocation.brand, "the brand (default: the only one configured)");
}

void add_json_flag(CLI::App& command, Invocation& invocation) {
    command.add_flag("--json", invocation.json, "print JSON, one object a line");
}

} // namespace larum::commands
