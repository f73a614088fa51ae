#include "core/error.h"
#include "daemon/commands/on_labels.h"
#include "daemon/commands/on_posts.h"
#include "daemon/triage/assessment_json.h"

#include <CLI/CLI.hpp>
#include <fstream>
#include <iomanip>
#include <iostream>
#include <nlohmann/json.hpp>

namespace larum::commands {

namespace {

struct Options {
    std::string posts;
    std::string labels;
    std::string matching = "full";
};

/// Decisions counted by day and urgency.
struct Tally {
    std::map<std::string, std::array<int, word_count<Urgency>>> days;
    std::array<int, word_count<Urgency>> all{};
    std::map<std::string, int> rules;

    void add(const Post& post, const Decision& decision) {
        const auto urgency = static_cast<std::size_t>(decision.urgency);
        ++days[format_time(post.posted_at).substr(0, 10)][urgency];
        ++all[urgency];
        ++rules[decision.rule];
    }

    void print(std::ostream& out) const {
        int posts = 0;
        for (const int count : all) posts += count;
        out << posts << " posts in " << days.size() << " days\n";
        out << "day         urgent  flag  watch  none\n";
        for (const auto& [day, counts] : days)
            out << day << std::setw(8) << counts[3] << std::setw(6) << counts[2] << std::setw(7) << counts[1] << std::setw(6) << counts[0] << '\n';
        const double span = std::max<double>(1, static_cast<double>(days.size()));
        out << std::fixed << std::setprecision(1) << "alerts per day: " << all[3] / span << " urgent, " << all[2] / span << " flag\n";
        for (const auto& [rule, count] : rules) out << "rule " << rule << ": " << count << '\n';
    }
};

int replay(const Invocation& invocation, const Options& options) {
    std::ifstream lines(options.posts);
    if (!lines) throw Error(Error::Kind::config, "cannot read posts: " + options.posts);
    const auto labels = options.labels.empty() ? std::map<std::string, Label>() : read_labels(options.labels);
    const auto config = invocation.load();
    const SystemClock clock;
    const auto store = store::open_store(config, clock);
    RecordedPosts posts(config, *store, {invocation.brand, *from_word<Matching>(options.matching)});
    Tally tally;
    Comparison comparison;
    posts.read(lines, options.posts, [&](const Post& post, const triage::Assessment& made) {
        tally.add(post, made.decision);
        if (const auto label = labels.find(post.id); label != labels.end()) comparison.add(post, made, label->second);
        if (invocation.json)
            std::cout << triage::decision_json(post.id, made).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) << '\n';
    });
    // With --json stdout is for decisions alone.
    auto& summary = invocation.json ? std::cerr : std::cout;
    if (!invocation.json) tally.print(summary);
    if (!labels.empty()) comparison.print(summary);
    return 0;
}

} // namespace

void add_replay(CLI::App& app, Invocation& invocation) {
    auto* command = app.add_subcommand("replay", "decides recorded posts against the database; sends nothing, stores nothing");
    command->footer("Example: larum replay posts.jsonl --labels truth.jsonl --brand acme");
    const auto options = std::make_shared<Options>();
    command->add_option("POSTS", options->posts, "posts, a JSON object a line")->required();
    command->add_option("--labels", options->labels, "what is true of the posts: prints precision and recall");
    command->add_option("--matching", options->matching, "for posts of no configured source: off, own_data or full")
        ->check(CLI::IsMember({"off", "own_data", "full"}));
    add_config_flag(*command, invocation);
    add_brand_flag(*command, invocation);
    add_json_flag(*command, invocation);
    command->callback([&invocation, options] { invocation.work = [&invocation, options] { return replay(invocation, *options); }; });
}

} // namespace larum::commands
