#include "core/error.h"
#include "core/post_json.h"
#include "daemon/commands/on_evidence.h"
#include "daemon/commands/on_posts.h"
#include "daemon/triage/assessment_json.h"

#include <CLI/CLI.hpp>
#include <iostream>
#include <nlohmann/json.hpp>

namespace larum::commands {

namespace {

struct Flags {
    std::string matching = "full";
    bool explain = false;
};

void print(const Post& post, const triage::Assessment& made) {
    std::cout << post_name(post) << '\n';
    print_candidates(std::cout, made.match);
    std::cout << '\n';
}

void print_json(const Post& post, const triage::Assessment& made) {
    std::cout << triage::candidates_json(post.id, made.match).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) << '\n';
}

int match(const Invocation& invocation, const Flags& flags) {
    const auto config = invocation.load();
    const SystemClock clock;
    const auto store = store::open_store(config, clock);
    RecordedPosts posts(config, *store, {invocation.brand, *from_word<Matching>(flags.matching)});
    posts.read(std::cin, "stdin", flags.explain && !invocation.json ? print : print_json);
    return 0;
}

} // namespace

void add_match(CLI::App& app, Invocation& invocation) {
    auto* command = app.add_subcommand("match", "posts as JSONL on stdin, whom they may be by a line on stdout");
    command->footer("Examples:\n  larum match --config larum.toml < posts.jsonl\n"
                    "  larum match --explain < posts.jsonl     # for people: what speaks for and against each candidate");
    const auto flags = std::make_shared<Flags>();
    command->add_option("--matching", flags->matching, "for posts of no configured source: off, own_data or full")
        ->check(CLI::IsMember({"off", "own_data", "full"}));
    command->add_flag("--explain", flags->explain, "print each candidate's evidence as text, with its weight in bits, instead of JSON");
    add_config_flag(*command, invocation);
    add_brand_flag(*command, invocation);
    add_json_flag(*command, invocation);
    command->callback([&invocation, flags] { invocation.work = [&invocation, flags] { return match(invocation, *flags); }; });
}

} // namespace larum::commands
