#include "daemon/commands/on_posts.h"

#include "core/error.h"
#include "core/post_json.h"
#include "core/text.h"
#include "daemon/store/odds.h"
#include "daemon/triage/suppressed.h"

#include <iostream>

namespace larum::commands {

namespace {

constexpr std::size_t batch_posts = 200;

/// What was decided before is decided again under what was known of the brand's authors then.
void recall_odds(store::Transaction& transaction, BrandId brand, std::vector<triage::Asked>& batch) {
    std::vector<Post> posts;
    for (const auto& asked : batch) posts.push_back(asked.post);
    const auto odds = store::odds_of(transaction, brand, posts);
    for (auto& asked : batch)
        if (const auto found = odds.find(store::odds_name(asked.post)); found != odds.end()) asked.odds = found->second;
}

} // namespace

RecordedPosts::RecordedPosts(const config::Config& config, store::Store& store, Settings settings)
    : config_(config), store_(store), settings_(std::move(settings)), judges_(Judges::read(config, {})) {
    if (!settings_.brand.empty() && !config_.find_brand(settings_.brand))
        throw Error(Error::Kind::config, "no brand is configured under the name \"" + settings_.brand + '"');
}

const config::Brand& RecordedPosts::brand_of(const Post& post) const {
    if (const auto* given = config_.find_brand(settings_.brand)) return *given;
    if (const auto* source = config_.find_source(post.source))
        if (const auto* brand = config_.find_brand(source->brand)) return *brand;
    if (const auto* named = config_.find_brand(post.brand)) return *named;
    if (config_.brands.size() == 1) return config_.brands.front();
    throw Error(Error::Kind::config, "post " + post_name(post) + " names no configured brand or source; say which with --brand");
}

Matching RecordedPosts::matching_of(const Post& post) {
    if (const auto* source = config_.find_source(post.source); source && source->matching) return *source->matching;
    if (!told_matching_)
        std::cerr << "posts of no configured source are matched with --matching " << word(settings_.matching) << '\n';
    told_matching_ = true;
    return settings_.matching;
}

void RecordedPosts::read(std::istream& lines, const std::string& name, const Each& each) {
    std::string line;
    for (std::size_t number = 1; std::getline(lines, line); ++number) {
        if (text::trim(line).empty()) continue;
        triage::Asked asked;
        try {
            asked.post = parse_post(line);
        } catch (const Error& error) {
            throw Error(Error::Kind::input, name + ':' + std::to_string(number) + ": " + error.what());
        }
        asked.matching = matching_of(asked.post);
        asked.always_match = true;
        waiting_.push_back(std::move(asked));
        if (waiting_.size() >= batch_posts) flush(each);
    }
    flush(each);
}

void RecordedPosts::flush(const Each& each) {
    // Posts of one brand make a batch; what is printed keeps the order of the file.
    std::map<std::string, std::vector<std::size_t>> by_brand;
    for (std::size_t i = 0; i < waiting_.size(); ++i) by_brand[brand_of(waiting_[i].post).name].push_back(i);
    std::vector<triage::Assessment> assessments(waiting_.size());
    for (const auto& [name, places] : by_brand) {
        const auto brand_id = store_.brand(name);
        auto& assessor = assessors_[name];
        std::vector<triage::Asked> batch;
        for (const auto place : places) batch.push_back(waiting_[place]);
        const auto transaction = store_.pool().begin();
        if (!assessor) {
            assessor = std::make_unique<triage::Assessor>(judges_.of(name), *config_.find_brand(name), brand_id);
            if (const auto odds = store::latest_odds(*transaction, brand_id)) assessor->go_on_from(*odds);
        }
        for (auto& asked : batch) {
            threads_.heed(*assessor, asked);
            const auto at = asked.post.posted_at; // nobody can have answered by then
            asked.answer_due = decide::answer_is_due(asked.post, at, at, false, assessor->brand());
        }
        triage::respect_suppressed(*transaction, brand_id, store_.key(), batch);
        recall_odds(*transaction, brand_id, batch);
        auto made = assessor->assess(*transaction, batch);
        for (std::size_t i = 0; i < places.size(); ++i) assessments[places[i]] = std::move(made[i]);
    }
    for (std::size_t i = 0; i < waiting_.size(); ++i) each(waiting_[i].post, assessments[i]);
    waiting_.clear();
}

} // namespace larum::commands
