#include "core/error.h"
#include "core/post_json.h"
#include "daemon/commands/command.h"
#include "daemon/commands/on_evidence.h"
#include "daemon/judges.h"
#include "daemon/store/corrections.h"
#include "daemon/store/decisions.h"
#include "daemon/store/odds.h"
#include "daemon/store/post_history.h"
#include "daemon/store/store.h"
#include "daemon/triage/assessment_json.h"
#include "daemon/triage/answers.h"
#include "daemon/triage/opinions.h"
#include "daemon/triage/suppressed.h"
#include "daemon/triage/threads.h"

#include <CLI/CLI.hpp>
#include <iostream>
#include <nlohmann/json.hpp>

namespace larum::commands {

namespace {

/// A rule and the condition that keeps it from holding, if any.
struct Answer {
    const config::Rule* rule = nullptr;
    const char* fails = nullptr;
};

std::vector<Answer> answers(const triage::Asked& asked, const triage::Assessment& made, const config::Brand& brand) {
    const decide::Situation situation{&asked.post, &made.verdict, made.decision.customer, made.matter, asked.late, asked.backfilled, asked.answer_due};
    std::vector<Answer> list;
    for (const auto& rule : brand.rules) list.push_back({&rule, decide::failing_condition(rule, situation, brand)});
    return list;
}

const config::Brand& brand_of(const config::Config& config, const std::string& name) {
    if (const auto* brand = config.find_brand(name)) return *brand;
    if (name.empty() && config.brands.size() == 1) return config.brands.front();
    throw Error(Error::Kind::config, name.empty() ? "several brands are configured; say which with --brand"
                                                  : "no brand is configured under the name \"" + name + '"');
}

triage::Asked asked_of(const store::Waiting& found, const config::Config& config, const config::Brand& brand, Time now) {
    triage::Asked asked;
    asked.post = found.post;
    const auto* source = config.find_source(found.post.source);
    asked.matching = source && source->matching ? *source->matching : Matching::own_data;
    const bool by_post = source && source->seen == config::Seen::posted;
    if (!by_post) asked.late = decide::is_late(found.post.posted_at, found.first_seen_at, found.late_excused, brand);
    asked.backfilled = found.backfilled;
    asked.answer_due = decide::answer_is_due(found.post, by_post ? found.post.posted_at : now, found.first_seen_at, found.backfilled, brand);
    asked.always_match = true;
    return asked;
}

void print(const triage::Asked& asked, const triage::Assessment& made, const std::vector<Answer>& rules,
           const std::vector<std::string>& history, const config::Brand& brand) {
    std::cout << post_name(asked.post) << ", as of " << format_time(asked.post.posted_at) << ": " << word(made.decision.urgency)
              << " by rule " << made.decision.rule << "\nmatching: " << word(asked.matching) << (asked.late ? ", first seen late" : "")
              << (asked.backfilled ? ", written before its source was connected" : "") << '\n';
    if (asked.post.answer_by)
        std::cout << "answer wanted by " << format_time(*asked.post.answer_by) << (asked.answer_due ? ", due and not given" : "") << '\n';
    for (const auto& reason : made.decision.reasons) std::cout << "reason " << reason.code << ": " << reason.text << '\n';
    std::cout << "what the words say" << (asked.correction ? ", corrected by a person" : "") << ":\n";
    print_signals(std::cout, asked.post.text, made.verdict);
    print_loudest(std::cout, judging::Loudest(), asked.post.text, asked.post.lang, brand_words(brand), made.verdict);
    std::cout << "who it may be (from " << brand.link_min << " on linked, from " << brand.suggest_min << " suggested, below hidden):\n";
    print_candidates(std::cout, made.match);
    if (made.matter)
        std::cout << "case " << made.matter->record.ref << ": " << made.matter->probability << (made.matter->unsolved ? ", unsolved" : ", solved")
                  << ", attempts " << made.matter->story.attempts << '\n';
    for (const auto& one : rules)
        std::cout << "rule " << one.rule->name << " (" << word(one.rule->urgency) << "): "
                  << (one.fails ? std::string(one.fails) + " does not hold" : std::string("holds")) << '\n';
    for (const auto& one : history) std::cout << one << '\n';
}

void print_json(const triage::Asked& asked, const triage::Assessment& made, const std::vector<Answer>& rules,
                const std::vector<std::string>& history, const config::Brand&) {
    auto line = triage::decision_json(post_name(asked.post), made);
    line["matching"] = word(asked.matching);
    line["late"] = asked.late;
    line["answer_by"] = asked.post.answer_by ? nlohmann::json(format_time(*asked.post.answer_by)) : nlohmann::json();
    line["answer_due"] = asked.answer_due;
    line["rules"] = nlohmann::json::array();
    for (const auto& one : rules)
        line["rules"].push_back({{"name", one.rule->name}, {"urgency", word(one.rule->urgency)},
                                 {"holds", one.fails == nullptr}, {"fails", one.fails ? nlohmann::json(one.fails) : nlohmann::json()}});
    line["history"] = history;
    std::cout << line.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) << '\n';
}

int explain(const Invocation& invocation, const std::string& name) {
    const auto colon = name.find(':');
    if (colon == std::string::npos || colon == 0 || colon + 1 == name.size())
        throw Error(Error::Kind::config, "\"" + name + "\" names no post; expected PLATFORM:ID");
    const auto config = invocation.load();
    const auto& brand = brand_of(config, invocation.brand);
    const SystemClock clock;
    const auto store = store::open_store(config, clock);
    const auto brand_id = store->brand(brand.name);
    const auto judges = Judges::read(config, {});
    const auto transaction = store->pool().begin();
    const auto found = store::find_post(*transaction, brand_id, name.substr(0, colon), name.substr(colon + 1));
    if (!found) throw Error(Error::Kind::input, "no post " + name + " is known of brand " + brand.name);
    std::vector<triage::Asked> batch{asked_of(*found, config, brand, clock.now())};
    if (const auto odds = store::odds_of(*transaction, brand_id, {found->post}); !odds.empty()) batch.front().odds = odds.begin()->second;
    // What a person said of the words counts here as it does in triage.
    if (const auto said = store::corrections(*transaction, brand_id, {found->id}); !said.empty()) batch.front().correction = said.begin()->second;
    if (const auto* opinions = triage::opinions_of(config, brand)) triage::heed_opinions(*transaction, brand_id, {found->id}, *opinions, batch);
    triage::respect_suppressed(*transaction, brand_id, store->key(), batch);
    triage::Assessor assessor(judges.of(brand.name), brand, brand_id);
    triage::heed_threads(*transaction, assessor, batch);
    triage::heed_answers(*transaction, brand_id, batch);
    const auto made = assessor.assess(*transaction, batch).front();
    const auto rules = answers(batch.front(), made, brand);
    const auto history = store::history_of_post(*transaction, brand_id, found->id);
    (invocation.json ? print_json : print)(batch.front(), made, rules, history, brand);
    return 0;
}

} // namespace

void add_explain(CLI::App& app, Invocation& invocation) {
    auto* command = app.add_subcommand("explain", "Says why a post was or was not alerted: every rule, score and delivery.");
    command->footer("Example: larum explain facebook:123_456 --brand acme");
    const auto post = std::make_shared<std::string>();
    command->add_option("POST", *post, "PLATFORM:ID")->required();
    add_config_flag(*command, invocation);
    add_brand_flag(*command, invocation);
    add_json_flag(*command, invocation);
    command->callback([&invocation, post] { invocation.work = [&invocation, post] { return explain(invocation, *post); }; });
}

} // namespace larum::commands
