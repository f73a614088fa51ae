#include "daemon/commands/on_person.h"

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include <cstdio>

namespace larum::commands {

store::Person PersonFlags::person() const {
    if (!customer.empty()) return {store::PersonBy::customer, customer};
    if (!author.empty()) return {store::PersonBy::author, author};
    return {store::PersonBy::post, post};
}

void add_person_flags(CLI::App& command, PersonFlags& flags) {
    auto* who = command.add_option_group("person", "exactly one of");
    who->add_option("--customer", flags.customer, "the customer's reference in the brand's records");
    who->add_option("--author", flags.author, "an author, PLATFORM:ID");
    who->add_option("--post", flags.post, "a post, PLATFORM:ID");
    who->require_option(1);
}

void print_report(const store::PersonReport& report, bool json) {
    auto all = nlohmann::json::object();
    for (const auto& [what, count] : report.counts) {
        all[what] = count;
        if (!json) std::printf("  %s: %zu\n", what.c_str(), count);
    }
    if (json) std::printf("%s\n", all.dump().c_str());
}

} // namespace larum::commands
