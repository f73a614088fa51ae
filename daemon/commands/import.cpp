#include "daemon/store/import.h"

#include "core/error.h"
#include "core/words.h"
#include "daemon/commands/on_brand.h"

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include <unistd.h>

#include <cinttypes>
#include <cstdio>

namespace larum::commands {

namespace {

struct Given {
    std::string kind;
    std::string file;
    double max_rejected = 1; ///< percent
};

double seconds_since(std::chrono::steady_clock::time_point start) {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

/// One line that is written over, on a terminal only.
void show_progress(const Given& given, const store::ImportCounts& counts, double share, double seconds) {
    if (isatty(STDERR_FILENO) == 0) return;
    std::fprintf(stderr, "\r%s: %3.0f %%, %" PRIu64 " rows, %.0f rows/s, %" PRIu64 " rejected ", given.file.c_str(), share * 100,
                 counts.read, static_cast<double>(counts.read) / std::max(seconds, 0.001), counts.rejected);
}

nlohmann::json json_of(const store::ImportCounts& counts, double seconds) {
    return {{"rows", counts.read},         {"added", counts.added},           {"changed", counts.changed},
            {"unchanged", counts.unchanged}, {"rejected", counts.rejected},   {"incomplete", counts.incomplete},
            {"suppressed", counts.suppressed}, {"seconds", seconds}};
}

void report(const Given& given, const std::string& brand, const store::ImportCounts& counts, double seconds) {
    std::printf("%s: %" PRIu64 " %s read into brand %s in %.1f s: %" PRIu64 " new, %" PRIu64 " changed, %" PRIu64 " unchanged, %" PRIu64
                " rejected\n",
                given.file.c_str(), counts.read, given.kind.c_str(), brand.c_str(), seconds, counts.added, counts.changed,
                counts.unchanged, counts.rejected);
    if (counts.incomplete > 0)
        std::printf("%" PRIu64 " references lead to customers or cases that are not imported yet; they wait as empty rows\n",
                    counts.incomplete);
    if (counts.suppressed > 0)
        std::printf("%" PRIu64 " customers are on the suppression list and are never matched\n", counts.suppressed);
}

int import(const Invocation& invocation, const Given& given) {
    const auto kind = from_word<store::ImportKind>(given.kind);
    const auto opened = open_brand(invocation);
    const auto start = std::chrono::steady_clock::now();
    store::ImportSettings settings;
    settings.progress = [&](const store::ImportCounts& counts, double share) {
        show_progress(given, counts, share, seconds_since(start));
    };
    const store::ImportInto into{opened->brand_id, opened->store->key()};
    const auto counts = store::import_file(opened->store->pool(), opened->store->ids(), into, *kind, given.file, settings);
    if (isatty(STDERR_FILENO) != 0 && counts.read > 0) std::fputc('\n', stderr);
    const double seconds = seconds_since(start);
    if (invocation.json)
        std::printf("%s\n", json_of(counts, seconds).dump().c_str());
    else
        report(given, opened->brand.name, counts, seconds);
    if (counts.rejected > 0)
        std::fprintf(stderr, "%" PRIu64 " rejected rows stand in %s.rejected, their reasons in %s.rejected.why\n", counts.rejected,
                     given.file.c_str(), given.file.c_str());
    const double percent = counts.read == 0 ? 0 : 100.0 * static_cast<double>(counts.rejected) / static_cast<double>(counts.read);
    if (percent <= given.max_rejected) return 0;
    std::fprintf(stderr, "%.1f %% of the rows were rejected, more than --max-rejected %g\n", percent, given.max_rejected);
    return 1;
}

} // namespace

void add_import(CLI::App& app, Invocation& invocation) {
    auto* command = app.add_subcommand("import", "Imports the brand's customers, cases or contacts from CSV or JSON lines.");
    command->footer("Example: larum import customers customers.csv --brand acme\n"
                    "A row that is there already is changed to what the file says. Rows that cannot be read are set\n"
                    "aside in FILE.rejected with the reasons in FILE.rejected.why; mend and import that file.");
    add_config_flag(*command, invocation);
    add_brand_flag(*command, invocation);
    add_json_flag(*command, invocation);
    const auto given = std::make_shared<Given>();
    command->add_option("kind", given->kind, "customers, cases or contacts")
        ->required()
        ->check(CLI::IsMember({"customers", "cases", "contacts"}));
    command->add_option("file", given->file, "a file that ends with .csv or .jsonl")->required();
    command->add_option("--max-rejected", given->max_rejected, "percent of rejected rows above which the exit code is 1 (default: 1)")
        ->check(CLI::Range(0.0, 100.0));
    command->callback([&invocation, given] { invocation.work = [&invocation, given] { return import(invocation, *given); }; });
}

} // namespace larum::commands
