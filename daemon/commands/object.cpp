#include "core/error.h"
#include "daemon/commands/on_brand.h"
#include "daemon/commands/on_person.h"

#include <CLI/CLI.hpp>

#include <cstdio>

namespace larum::commands {

namespace {

int object(const Invocation& invocation, const std::string& ref) {
    const auto opened = open_brand(invocation);
    const store::Desk desk{opened->brand_id, opened->store->key(), 0, opened->clock.now()};
    store::PersonReport report;
    opened->store->pool().with([&](store::Transaction& transaction) {
        report = store::record_objection(transaction, opened->store->ids(), desk, ref);
    });
    if (report.empty())
        throw Error(Error::Kind::input, "object: brand " + opened->brand.name +
                                            " has no such customer; expected a customer_ref as it was imported");
    if (!invocation.json) std::printf("the objection is recorded; this customer is never matched again:\n");
    print_report(report, invocation.json);
    return 0;
}

} // namespace

void add_object(CLI::App& app, Invocation& invocation) {
    auto* command = app.add_subcommand("object", "Records that a customer objects to being matched.");
    command->footer("Example: larum object K-000123");
    add_config_flag(*command, invocation);
    add_brand_flag(*command, invocation);
    add_json_flag(*command, invocation);
    const auto ref = std::make_shared<std::string>();
    command->add_option("ref", *ref, "the customer's reference in the brand's records")->required();
    command->callback([&invocation, ref] { invocation.work = [&invocation, ref] { return object(invocation, *ref); }; });
}

} // namespace larum::commands
