#include "connectors/connector.h"
#include "daemon/commands/command.h"
#include "daemon/commands/on_sources.h"

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include <cstdio>

namespace larum::commands {

namespace {

using nlohmann::json;

int print_kinds(bool as_json) {
    for (const auto* kind : connectors::all_kinds()) {
        if (as_json)
            std::printf("%s\n", json({{"kind", kind->name}, {"platform", kind->platform}, {"gives", kind->gives}, {"needs", kind->needs},
                                      {"terms", kind->terms}, {"matching_most", word(kind->matching_most)}, {"webhooks", bool(kind->make_receiver)}})
                                    .dump().c_str());
        else
            std::printf("%s\n  gives     %s\n  needs     %s\n  matching  at most %s. %s\n\n", kind->name.c_str(), kind->gives.c_str(),
                        kind->needs.c_str(), std::string(word(kind->matching_most)).c_str(), kind->terms.c_str());
    }
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
