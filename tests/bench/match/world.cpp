#include "bench/match/world.h"

#include "bench/match/noise.h"
#include "core/error.h"
#include "core/post_json.h"
#include "daemon/judge/judge.h"
#include "daemon/store/import.h"
#include "daemon/store/sizes.h"
#include "daemon/store/store.h"
#include "support/database.h"

#include <fstream>
#include <nlohmann/json.hpp>

namespace larum::bench {

namespace {

using nlohmann::json;

constexpr std::size_t batch_posts = 200;

std::string text_of(const json& line, const char* name) {
    const auto found = line.find(name);
    return found == line.end() || !found->is_string() ? std::string() : found->get<std::string>();
}

std::vector<std::string> texts_of(const json& line, const char* name) {
    std::vector<std::string> list;
    if (const auto found = line.find(name); found != line.end() && found->is_array())
        for (const auto& one : *found)
            if (one.is_string()) list.push_back(one.get<std::string>());
    return list;
}

Truth parse_truth(const json& line, const Post& post) {
    Truth truth;
    if (const auto ref = text_of(line, "customer_ref"); !ref.empty()) truth.customers.insert(ref);
    for (auto& also : texts_of(line, "alt_customer_refs")) truth.customers.insert(std::move(also));
    truth.case_ref = text_of(line, "case_ref");
    const bool complaint = line.value("complaint", false);
    const bool about_closed = complaint && !text_of(line, "closed_case_ref").empty();
    if (!line.value("repeat_arguable", false) && !about_closed) truth.urgent = line.value("urgent", false);
    truth.author_kind = text_of(line, "author_kind");
    truth.name_form = text_of(line, "name_form");
    truth.evidence = texts_of(line, "evidence");
    truth.on_behalf = line.contains("on_behalf") && line["on_behalf"] == true;
    truth.group = text_of(line, "customer_ref");
    if (truth.group.empty()) truth.group = post.author.name + '|' + post.author.handle;
    return truth;
}

std::vector<Told> read_posts(const std::filesystem::path& folder) {
    std::ifstream posts(folder / "posts.jsonl"), truths(folder / "truth.jsonl");
    if (!posts || !truths) throw Error(Error::Kind::config, folder.string() + ": expected posts.jsonl and truth.jsonl");
    std::vector<Told> told;
    for (std::string post, truth; std::getline(posts, post) && std::getline(truths, truth);) {
        Told one;
        one.post = parse_post(post);
        one.truth = parse_truth(json::parse(truth), one.post);
        told.push_back(std::move(one));
    }
    return told;
}

void import_files(store::Store& store, const std::filesystem::path& folder) {
    const store::ImportInto into{store.brand("world"), store.key()};
    for (const auto& [kind, file] : {std::pair{store::ImportKind::customers, "customers.csv"},
                                     std::pair{store::ImportKind::cases, "cases.csv"},
                                     std::pair{store::ImportKind::contacts, "contacts.csv"}})
        store::import_file(store.pool(), store.ids(), into, kind, folder / file);
}

void read_text(World& world) {
    const Judge judge;
    const auto words = brand_words(world.brand);
    for (auto& one : world.told) {
        one.verdict = judge.judge(one.post.text, one.post.lang, one.post.posted_at, world.brand.zone, words);
        one.clues = match::read_clues(one.post, world.brand, Matching::full);
        one.question = {match::customer_questions(one.clues), match::case_questions(one.clues), one.clues.subject,
                        author_key(one.post)};
    }
}

} // namespace

void look_up(store::Store& store, BrandId id, World& world) {
    const auto transaction = store.pool().begin();
    const double customers = store::count_customers(*transaction, id);
    for (std::size_t from = 0; from < world.told.size(); from += batch_posts) {
        std::vector<store::Question> questions;
        const auto until = std::min(world.told.size(), from + batch_posts);
        for (auto i = from; i < until; ++i) questions.push_back(world.told[i].question);
        world.found.push_back(store::find_candidates(*transaction, id, questions, customers));
        const auto cases = store::count_cases(*transaction, id, world.told[from].post.posted_at);
        for (auto i = from; i < until; ++i) world.told[i].found = &world.found.back(), world.told[i].cases = cases;
    }
}

match::Known Told::known() const {
    return found->known(question);
}

match::Odds Told::odds(const match::Mixture& mixture) const { return match::odds_of(mixture.shares(), found->customers, cases); }

World read_world(const std::filesystem::path& folder, const Noise& noise) {
    World world;
    world.brand.name = "world";
    world.brand.names = {"Sosnello"};
    world.brand.zone = "Europe/Warsaw";
    world.brand.rules = config::default_rules();
    world.told = read_posts(folder);
    test::TestDatabase database;
    auto config = database.config();
    config.brands = {world.brand};
    const SystemClock clock;
    const auto store = store::open_store(config, clock);
    const test::TemporaryFolder rewritten;
    if (noise.any()) tell_harder(folder, rewritten.path(), noise, world);
    import_files(*store, noise.any() ? rewritten.path() : folder);
    read_text(world);
    look_up(*store, store->brand("world"), world);
    return world;
}

int draw(const std::string& text, int salt) {
    const auto key = match::key_of(match::KeyKind::number, std::to_string(salt) + text);
    return static_cast<int>(static_cast<std::uint64_t>(key) % 100);
}

bool measured(const Truth& truth) { return draw(truth.group, 1) < 50; }

} // namespace larum::bench
