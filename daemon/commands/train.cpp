#include "core/error.h"
#include "daemon/commands/command.h"
#include "daemon/commands/on_brand.h"
#include "daemon/commands/on_training.h"
#include "daemon/judge/judge.h"
#include "daemon/judge/model.h"
#include "daemon/judge/train.h"
#include "daemon/match/name.h"
#include "daemon/model_file.h"
#include "daemon/store/reviewed.h"

#include <CLI/CLI.hpp>

#include <fstream>
#include <iostream>
#include <iterator>

namespace larum::commands {

namespace {

using namespace judging;

struct Options {
    std::string labels, out, from;
    bool back = false, reviewed = false;
};

std::vector<TrainingPost> labelled(const std::string& file) {
    std::ifstream lines(file, std::ios::binary);
    if (!lines) throw Error(Error::Kind::config, file + ": cannot be read; expected posts with labels, a JSON object a line");
    auto posts = read_training_posts(lines, file);
    if (posts.empty()) throw Error(Error::Kind::input, file + ": no posts; expected a JSON object a line, with `text` and labels");
    return posts;
}

/// Posts with what people said of them on the review page.
std::vector<TrainingPost> reviewed(const Invocation& invocation) {
    const auto on = open_brand(invocation);
    const auto transaction = on->store->pool().begin();
    std::vector<TrainingPost> posts;
    for (auto& one : store::reviewed_posts(*transaction, on->brand_id, on->store->key(), static_cast<int>(training_posts_max))) {
        auto& post = posts.emplace_back();
        post.post.text = std::move(one.text), post.post.lang = std::move(one.lang), post.post.brand = on->brand.name;
        post.author = std::move(one.author_key), post.thread = std::move(one.thread);
        post.names = {std::move(one.author_name), std::move(one.author_handle)};
        post.post.complaint = one.said.complaint, post.post.repeat_contact = one.said.repeat_contact;
        post.post.broken_promise = one.said.broken_promise, post.post.not_solved = one.said.not_solved;
        post.post.topic = one.said.topic;
    }
    return posts;
}

/// The labels of the file, then those of the review page.
std::vector<TrainingPost> all_posts(const Invocation& invocation, const Options& options) {
    if (options.labels.empty() && !options.reviewed)
        throw Error(Error::Kind::config, "nothing to learn from; expected --labels FILE or --reviewed, or --back to go back to the former model");
    std::vector<TrainingPost> posts;
    if (!options.labels.empty()) posts = labelled(options.labels);
    if (!options.reviewed) return posts;
    auto more = reviewed(invocation);
    std::cerr << more.size() << " posts were corrected, settled or dismissed on the review page\n";
    std::move(more.begin(), more.end(), std::back_inserter(posts));
    if (posts.size() > training_posts_max)
        throw Error(Error::Kind::input, "more than " + std::to_string(training_posts_max) + " posts; give fewer with --labels");
    return posts;
}

int go_back(const Options& options) {
    swap_model_file(options.out);
    std::cout << options.out << ": the former model is back; the other is kept as " << before_of(options.out).string() << '\n';
    return 0;
}

int train_brand(const Invocation& invocation, const Options& options) {
    if (options.back) return go_back(options);
    auto posts = all_posts(invocation, options);
    Training training;
    training.first_names = [](std::string_view word) { return match::first_name(word).known; };
    std::error_code ignored;
    if (std::filesystem::exists(options.out, ignored)) training.in_use = read_model_file(options.out);
    if (!training.in_use.empty()) Model::parse(training.in_use, options.out);
    if (!options.from.empty()) training.from = read_model_file(options.from);
    const auto made = train(std::move(posts), training);
    if (!made.model.empty())
        replace_model_file(options.out, made.model, training.in_use.empty() ? built_in_model().front().second : training.in_use);
    const TrainingReport report{made, options.out, !training.in_use.empty()};
    invocation.json ? print_json(report, std::cout) : print(report, std::cout);
    if (made.model.empty()) std::cerr << why_not(report) << '\n';
    return made.model.empty() ? 1 : 0;
}

} // namespace

void add_train(CLI::App& app, Invocation& invocation) {
    auto* command = app.add_subcommand("train", "learns a brand's own judgement from its labels, and takes it only where it is better");
    command->footer("Example:\n  larum train --labels labelled.jsonl --out acme.model\n"
                    "  larum train --reviewed --brand acme --out acme.model\n"
                    "  larum train --back --out acme.model\n"
                    "Then, in [brand.acme]: model = \"acme.model\"");
    const auto options = std::make_shared<Options>();
    command->add_option("--labels", options->labels, "posts with labels, a JSON object a line");
    command->add_flag("--reviewed", options->reviewed, "what people corrected, settled and dismissed on the review page; with --labels: both");
    command->add_option("--out", options->out, "the model's file; what stands there is what must be beaten, and is kept as OUT.before")->required();
    command->add_option("--from", options->from, "a model to start from instead of the built-in one");
    command->add_flag("--back", options->back, "change OUT and OUT.before for one another, and do nothing else");
    add_config_flag(*command, invocation);
    add_brand_flag(*command, invocation);
    add_json_flag(*command, invocation);
    command->callback([&invocation, options] { invocation.work = [&invocation, options] { return train_brand(invocation, *options); }; });
}

} // namespace larum::commands
