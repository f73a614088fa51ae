#include "daemon/commands/on_labels.h"
#include "daemon/commands/on_posts.h"
#include "daemon/store/import.h"
#include "daemon/triage/assessment_json.h"
#include "support/catch.h"
#include "support/database.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <nlohmann/json.hpp>
#include <sstream>

using namespace larum;

namespace {

/// The made-up world beside the checkout, or where $LARUM_WORLD says; empty when there is none.
std::filesystem::path world_folder() {
    if (const char* given = std::getenv("LARUM_WORLD")) return given;
    const auto beside = std::filesystem::path(LARUM_SOURCE_DIR).parent_path() / "shared" / "data" / "world";
    return std::filesystem::exists(beside / "posts.jsonl") ? beside : std::filesystem::path();
}

void import_world(store::Store& store, const std::filesystem::path& folder) {
    const store::ImportInto into{store.brand("sosnello"), store.key()};
    for (const auto& [kind, file] : {std::pair{store::ImportKind::customers, "customers.csv"},
                                     std::pair{store::ImportKind::cases, "cases.csv"},
                                     std::pair{store::ImportKind::contacts, "contacts.csv"}})
        store::import_file(store.pool(), store.ids(), into, kind, folder / file);
}

} // namespace

TEST_CASE("a made-up world is replayed as of each post, and most urgent posts are found", "[world]") {
    const auto folder = world_folder();
    if (folder.empty()) {
        WARN("skipped: no world beside the checkout; LARUM_WORLD may name one");
        return;
    }
    test::TestDatabase database;
    auto config = database.config();
    config::Brand brand;
    brand.name = "sosnello";
    brand.names = {"Sosnello"};
    brand.zone = "Europe/Warsaw";
    brand.rules = config::default_rules();
    config.brands = {brand};
    const SystemClock clock;
    const auto store = store::open_store(config, clock);
    import_world(*store, folder);

    std::ifstream lines(folder / "posts.jsonl");
    const auto labels = commands::read_labels(folder / "truth.jsonl");
    commands::Comparison comparison;
    commands::RecordedPosts posts(config, *store, {"sosnello", Matching::full});
    std::ofstream out;
    if (const char* file = std::getenv("LARUM_WORLD_OUT")) out.open(file);
    posts.read(lines, "posts.jsonl", [&](const Post& post, const triage::Assessment& made) {
        comparison.add(post, made, labels.at(post.id));
        if (!out.is_open()) return;
        auto line = triage::decision_json(post.id, made);
        line["match"] = triage::candidates_json(post.id, made.match);
        out << line.dump() << '\n';
    });
    std::ostringstream told;
    comparison.urgent.differ.clear();
    comparison.print(told);
    WARN(told.str());

    CHECK(comparison.customer_sure.precision() > 0.9);
    CHECK(comparison.namesakes_taken <= comparison.namesakes / 10);
}
