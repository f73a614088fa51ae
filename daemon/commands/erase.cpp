#include "daemon/commands/on_brand.h"
#include "daemon/commands/on_person.h"

#include <CLI/CLI.hpp>

#include <cstdio>

namespace larum::commands {

namespace {

enum class Way { erase, dry_run };

int erase(const Invocation& invocation, const PersonFlags& flags, Way way) {
    const auto opened = open_brand(invocation);
    const store::Desk desk{opened->brand_id, opened->store->key(), 0, opened->clock.now()};
    store::PersonReport report;
    const auto work = [&](store::Transaction& transaction) {
        report = store::erase_person(transaction, opened->store->ids(), desk, flags.person());
    };
    if (way == Way::dry_run)
        work(*opened->store->pool().begin()); // never committed
    else
        opened->store->pool().with(work);
    if (!invocation.json) {
        if (report.empty())
            std::printf("nothing is kept about this person\n");
        else
            std::printf("%s\n", way == Way::dry_run ? "would be erased (nothing was changed):" : "erased:");
    }
    print_report(report, invocation.json);
    return 0;
}

} // namespace

void add_erase(CLI::App& app, Invocation& invocation) {
    auto* command = app.add_subcommand("erase", "Removes everything kept about a person; sent messages become stubs.");
    command->footer("Example: larum erase --author bluesky:did:plc:abc123 --dry-run");
    add_config_flag(*command, invocation);
    add_brand_flag(*command, invocation);
    add_json_flag(*command, invocation);
    const auto flags = std::make_shared<PersonFlags>();
    const auto dry = std::make_shared<bool>(false);
    add_person_flags(*command, *flags);
    command->add_flag("--dry-run", *dry, "say what would be erased and change nothing");
    command->callback([&invocation, flags, dry] {
        invocation.work = [&invocation, flags, dry] {
            return erase(invocation, *flags, *dry ? Way::dry_run : Way::erase);
        };
    });
}

} // namespace larum::commands
