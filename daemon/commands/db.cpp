#include "daemon/commands/command.h"
#include "daemon/match/keys.h"
#include "daemon/store/backup.h"
#include "daemon/store/migrate.h"
#include "daemon/store/opened.h"
#include "daemon/store/refolding.h"

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>

namespace larum::commands {

namespace {

using File = std::unique_ptr<std::FILE, int (*)(std::FILE*)>;

[[noreturn]] void cannot(const std::string& what, const std::string& file) {
    throw Error(Error::Kind::config, file + " cannot be " + what + ": " + std::strerror(errno));
}

/// Written aside with mode 0600 and renamed when it is whole; «-» is stdout.
int back_up(const Invocation& invocation, const std::string& name) {
    const auto opened = store::open_database(invocation.load(), store::Migrate::yes);
    const auto now = SystemClock().now();
    store::BackupReport report;
    if (name == "-") {
        report = store::backup(*opened.pool, opened.key, now, stdout);
    } else {
        const auto part = name + ".part";
        const int descriptor = open(part.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
        if (descriptor < 0) cannot("written", part);
        const File out(fdopen(descriptor, "w"), std::fclose);
        try {
            report = store::backup(*opened.pool, opened.key, now, out.get());
        } catch (...) {
            unlink(part.c_str());
            throw;
        }
        if (fsync(descriptor) != 0 || rename(part.c_str(), name.c_str()) != 0) cannot("written", name);
    }
    std::fprintf(stderr, "backup: %zu rows of %zu tables, %zu bytes. It holds people's data; the installation key (%s) is "
                         "not in it: keep a copy of that apart\n",
                 report.rows, report.tables, report.bytes, opened.key_place.c_str());
    return 0;
}

int restore(const Invocation& invocation, const std::string& name) {
    const auto opened = store::open_database(invocation.load(), store::Migrate::no);
    const File in(name == "-" ? fdopen(dup(0), "r") : std::fopen(name.c_str(), "re"), std::fclose);
    if (!in) cannot("read", name);
    const auto report = store::restore(*opened.pool, opened.key, SystemClock(), in.get());
    std::fprintf(stderr, "restored: %zu rows as of %s (schema %d). Newer than the backup and kept: %zu entries of the "
                         "suppression list; %zu people were erased again, %zu objections hold\n",
                 report.rows, format_time(report.taken_at).c_str(), report.schema, report.suppressed, report.erased,
                 report.objected);
    return 0;
}

/// Of brands whose match keys another larum folded; none where the schema has yet to come.
std::vector<store::RefoldingState> match_keys(store::Pool& pool, int schema) {
    std::vector<store::RefoldingState> states;
    if (schema == 0) return states;
    pool.with([&](store::Transaction& transaction) { states = store::refolding_state(transaction, match::folding_version); });
    return states;
}

nlohmann::json as_json(const std::vector<store::RefoldingState>& states) {
    auto list = nlohmann::json::array();
    for (const auto& one : states)
        list.push_back({{"brand", one.brand}, {"from", one.from}, {"to", one.to}, {"step", one.step},
                        {"steps", store::refolding_steps}, {"looked_at", one.looked_at}});
    return list;
}

std::string in_words(const store::RefoldingState& state) {
    std::string text = "match keys of " + state.brand + ": version " + std::to_string(state.from) + " of " + std::to_string(state.to);
    if (state.from > state.to) return text + ", made by a later larum";
    if (state.step == 0) return text + "; `larum run` makes them anew while it works";
    return text + ", step " + std::to_string(state.step) + " of " + std::to_string(store::refolding_steps) + " (" + state.doing + "), " +
           std::to_string(state.looked_at) + " looked at";
}

int status(const Invocation& invocation) {
    const auto opened = store::open_database(invocation.load(), store::Migrate::no);
    const auto state = store::schema_state(*opened.pool);
    const int known = store::all_migrations().back().version;
    const auto keys = match_keys(*opened.pool, state.version);
    if (invocation.json) {
        std::printf("{\"schema\":%d,\"known\":%d,\"oldest_allowed\":%d,\"match_keys\":%s}\n", state.version, known, state.oldest_allowed,
                    as_json(keys).dump().c_str());
    } else {
        std::printf("schema %d of the %d that this larum knows%s\n", state.version, known,
                    state.version < known ? "; `larum run` or `larum db migrate` brings it forward" : "");
        for (const auto& one : keys) std::printf("%s\n", in_words(one).c_str());
    }
    store::check_allowed(state, known);
    return 0;
}

int migrate(const Invocation& invocation) {
    const auto opened = store::open_database(invocation.load(), store::Migrate::yes);
    std::printf("schema %d\n", store::schema_state(*opened.pool).version);
    return 0;
}

using Work = int (*)(const Invocation&, const std::string&);

void add_file_command(CLI::App& db, Invocation& invocation, const char* name, const char* about, const char* example, Work work) {
    auto* command = db.add_subcommand(name, about);
    command->footer(example);
    add_config_flag(*command, invocation);
    auto file = std::make_shared<std::string>();
    command->add_option("FILE", *file, "the file; - is the standard stream")->required();
    command->callback([&invocation, file, work] {
        invocation.work = [&invocation, file, work] { return work(invocation, *file); };
    });
}

void add_plain_command(CLI::App& db, Invocation& invocation, const char* name, const char* about, const char* example,
                       int (*work)(const Invocation&)) {
    auto* command = db.add_subcommand(name, about);
    command->footer(example);
    add_config_flag(*command, invocation);
    add_json_flag(*command, invocation);
    command->callback([&invocation, work] { invocation.work = [&invocation, work] { return work(invocation); }; });
}

} // namespace

void add_db(CLI::App& app, Invocation& invocation) {
    auto* db = app.add_subcommand("db", "Looks after the database: backup, restore, status, migrate.");
    db->require_subcommand(1);
    db->footer("Example: larum db backup /var/backups/larum-monday");
    add_file_command(*db, invocation, "backup", "Writes the whole store to FILE while larum goes on working.",
                     "Example: larum db backup - | zstd > monday.zst", back_up);
    add_file_command(*db, invocation, "restore",
                     "Replaces the whole store by what FILE holds, all of it or nothing. The suppression list of the "
                     "store as it was is kept and applied. larum must not run meanwhile.",
                     "Example: zstd -dc monday.zst | larum db restore -", restore);
    add_plain_command(*db, invocation, "status", "Says which schema the database has and which this larum knows, and whether match keys are being made anew.",
                      "Example: larum db status --json", status);
    add_plain_command(*db, invocation, "migrate", "Brings the schema forward; `larum run` does so by itself.",
                      "Example: larum db migrate", migrate);
}

} // namespace larum::commands
