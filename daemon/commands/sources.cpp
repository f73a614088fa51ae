#include "connectors/connector.h"
#include "daemon/commands/command.h"
#include "daemon/commands/on_sources.h"
#include "daemon/commands/on_terminal.h"
#include "daemon/connect/block.h"

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include <cstdio>

namespace larum::commands {

namespace {

using nlohmann::json;

std::string page_of(const connectors::Kind& kind) { return "docs/sources/" + kind.name + ".md"; }

std::string rhythm(const connectors::Kind& kind) {
    auto text = "every " + config::write_duration(kind.interval);
    if (const auto* hook = connect::webhook_kind(kind)) text += "; by webhook through an [app.NAME] of kind " + hook->name;
    if (!kind.live.empty()) text += "; live, see the setting `" + kind.live + "`";
    return text;
}

json json_of(const connectors::Kind& kind) {
    return {{"kind", kind.name},
            {"platform", kind.platform},
            {"gives", kind.gives},
            {"needs", kind.needs},
            {"terms", kind.terms},
            {"matching_most", word(kind.matching_most)},
            {"webhooks", connect::webhook_kind(kind) != nullptr},
            {"live", !kind.live.empty()},
            {"interval", config::write_duration(kind.interval)},
            {"cannot", kind.cannot},
            {"setup", kind.setup},
            {"page", page_of(kind)}};
}

std::string text_of(const connectors::Kind& kind) {
    auto text = kind.name + '\n' + wrapped("  gives     ", kind.gives) + wrapped("  needs     ", kind.needs) + wrapped("  read      ", rhythm(kind)) +
                wrapped("  matching  ", "at most " + std::string(word(kind.matching_most)) + ". " + kind.terms);
    for (std::size_t i = 0; i < kind.cannot.size(); ++i) text += wrapped(i == 0 ? "  cannot    - " : "            - ", kind.cannot[i]);
    return text + wrapped("  page      ", page_of(kind)) + '\n';
}

int print_kinds(bool as_json) {
    for (const auto* kind : connectors::all_kinds()) std::printf("%s", (as_json ? json_of(*kind).dump() + '\n' : text_of(*kind)).c_str());
    return 0;
}

} // namespace

void add_sources(CLI::App& app, Invocation& invocation) {
    auto* command = app.add_subcommand("sources", "The sources with their health, or every kind of source.");
    command->footer("Example: larum sources --kinds");
    add_config_flag(*command, invocation);
    add_brand_flag(*command, invocation);
    add_json_flag(*command, invocation);
    auto kinds = std::make_shared<bool>(false);
    command->add_flag("--kinds", *kinds, "every kind of source with what it gives and needs");
    command->callback([&invocation, kinds] {
        invocation.work = [&invocation, kinds] { return *kinds ? print_kinds(invocation.json) : print_sources(invocation); };
    });
}

} // namespace larum::commands
