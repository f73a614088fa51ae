#include "core/error.h"
#include "daemon/commands/on_posts.h"
#include "daemon/triage/assessment_json.h"

#include <CLI/CLI.hpp>
#include <iostream>
#include <nlohmann/json.hpp>

namespace larum::commands {

namespace {

int match(const Invocation& invocation, const std::string& matching) {
    const auto config = invocation.load();
    const SystemClock clock;
    const auto store = store::open_store(config, clock);
    RecordedPosts posts(config, *store, {invocation.brand, *from_word<Matching>(matching)});
    posts.read(std::cin, "stdin", [](const Post& post, const triage::Assessment& assessment) {
        std::cout << triage::candidates_json(post.id, assessment.match).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) << '\n';
    });
    return 0;
}

} // namespace

void add_match(CLI::App& app, Invocation& invocation) {
    auto* command = app.add_subcommand("match", "posts as JSONL on stdin, whom they may be by a line on stdout");
    command->footer("Example: larum match --config larum.toml < posts.jsonl");
    const auto matching = std::make_shared<std::string>("full");
    command->add_option("--matching", *matching, "for posts of no configured source: off, own_data or full")
        ->check(CLI::IsMember({"off", "own_data", "full"}));
    add_config_flag(*command, invocation);
    add_brand_flag(*command, invocation);
    add_json_flag(*command, invocation);
    command->callback([&invocation, matching] { invocation.work = [&invocation, matching] { return match(invocation, *matching); }; });
}

} // namespace larum::commands
