#include "daemon/commands/on_brand.h"
#include "daemon/commands/on_person.h"

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include <cstdio>

namespace larum::commands {

namespace {

int show(const Invocation& invocation, const PersonFlags& flags) {
    const auto opened = open_brand(invocation);
    nlohmann::json all;
    opened->store->pool().with([&](store::Transaction& transaction) {
        const store::Desk desk{opened->brand_id, opened->store->key(), 0, opened->clock.now()};
        all = store::export_person(transaction, opened->store->ids(), desk, flags.person());
    });
    std::printf("%s\n", all.dump(2, ' ', false, nlohmann::json::error_handler_t::replace).c_str());
    return 0;
}

} // namespace

void add_export(CLI::App& app, Invocation& invocation) {
    auto* command = app.add_subcommand("export", "Prints everything kept about a person, as JSON.");
    command->footer("Example: larum export --customer K-000123 > K-000123.json");
    add_config_flag(*command, invocation);
    add_brand_flag(*command, invocation);
    const auto flags = std::make_shared<PersonFlags>();
    add_person_flags(*command, *flags);
    command->callback([&invocation, flags] { invocation.work = [&invocation, flags] { return show(invocation, *flags); }; });
}

} // namespace larum::commands
