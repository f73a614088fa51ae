#include "connectors/connector.h"
#include "daemon/assembly.h"
#include "daemon/commands/command.h"
#include "daemon/store/store.h"
#include "daemon/store/vitals.h"

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

std::string ago(const std::optional<double>& seconds) {
    if (!seconds) return "never";
    if (*seconds < 120) return std::to_string(static_cast<long>(*seconds)) + " s ago";
    if (*seconds < 7200) return std::to_string(static_cast<long>(*seconds / 60)) + " min ago";
    return std::to_string(static_cast<long>(*seconds / 3600)) + " h ago";
}

int print_sources(const Invocation& invocation) {
    const auto config = invocation.load();
    check_kinds(config);
    const SystemClock clock;
    const auto store = store::open_store(config, clock);
    store::Vitals vitals;
    store->pool().with([&](store::Transaction& transaction) { vitals = store::vitals(transaction); });
    for (const auto& source : vitals.sources) {
        if (!invocation.brand.empty() && source.brand != invocation.brand) continue;
        if (invocation.json)
            std::printf("%s\n", json({{"brand", source.brand}, {"source", source.source}, {"posts", source.posts}, {"ok", !source.failing},
                                      {"ok_seconds_ago", source.ok_seconds_ago ? json(*source.ok_seconds_ago) : json()},
                                      {"item_seconds_ago", source.item_seconds_ago ? json(*source.item_seconds_ago) : json()}})
                                    .dump().c_str());
        else
            std::printf("%-20s %-20s %-8s read %-12s newest post %-12s %lld posts\n", source.brand.c_str(), source.source.c_str(),
                        source.failing ? "FAILING" : "ok", ago(source.ok_seconds_ago).c_str(), ago(source.item_seconds_ago).c_str(),
                        static_cast<long long>(source.posts));
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
