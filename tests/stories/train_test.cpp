#include "support/catch.h"
#include "support/database.h"
#include "support/process.h"

#include <nlohmann/json.hpp>

#include <filesystem>
#include <fstream>
#include <iterator>

using namespace larum;
using nlohmann::json;

namespace {

std::string content(const std::filesystem::path& file) {
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

bool holds(const std::string& whole, const std::string& part) { return whole.find(part) != std::string::npos; }

/// A folder with labels of a trade whose words larum does not know: «ząbkuje» is a fault there.
struct Workshop {
    test::TemporaryFolder folder;
    std::filesystem::path labels = folder.path() / "labels.jsonl", model = folder.path() / "own.model";

    explicit Workshop(unsigned posts) {
        const std::vector<std::string> words = {"ogrod", "garaz", "taras", "rano", "sezon", "bieg", "deszcz", "trawa", "kora", "olej",
                                                "pasek", "korba", "dysza", "tarcza", "pompka", "kabel", "wtyczka", "klucz", "waz", "smar"};
        std::ofstream out(labels);
        unsigned lot = 99;
        for (unsigned i = 0; i < posts; ++i) {
            std::string text;
            for (int k = 0; k < 8; ++k) {
                lot = lot * 1664525u + 1013904223u;
                text += (k == 4 ? (i % 2 ? "zabkuje " : "lsni ") : k == 6 ? (i % 2 ? "zgrzyta " : "pachnie ") : "") + words[(lot >> 16) % words.size()] + " ";
            }
            out << json{{"text", text}, {"lang", "pl"}, {"complaint", i % 2 == 1}}.dump() << '\n';
        }
    }
    test::Ran train(std::vector<std::string> more = {}) const {
        std::vector<std::string> arguments = {"train", "--labels", labels, "--out", model};
        arguments.insert(arguments.end(), more.begin(), more.end());
        return test::run_larum(arguments);
    }
    double complaint(const std::vector<std::string>& how) const {
        std::vector<std::string> arguments = {"judge"};
        arguments.insert(arguments.end(), how.begin(), how.end());
        return json::parse(test::run_larum(arguments, "nasza tarcza zabkuje na tarasie, zgrzyta korba\n").out)["complaint"];
    }
};

} // namespace

TEST_CASE("a brand trains, sees the difference, uses it and goes back", "[train][stories]") {
    const Workshop shop(480);

    const auto trained = shop.train();
    INFO(trained.out);
    REQUIRE(trained.code == 0);
    CHECK(holds(trained.out, "macro-F1"));
    CHECK(holds(trained.out, "better: taken"));
    CHECK(holds(trained.out, "own.model: written"));
    CHECK(shop.complaint({"--model", shop.model}) > 0.5);

    const auto config = shop.folder.path() / "larum.toml";
    std::ofstream(config) << "[brand.acme]\nmodel = \"own.model\"\n[brand.other]\n";
    CHECK(shop.complaint({"--config", config, "--brand", "acme"}) > 0.5);
    CHECK(shop.complaint({"--config", config, "--brand", "other"}) < 0.5);
    CHECK(test::run_larum({"check", "--config", config}).code == 0);

    const auto learned = content(shop.model);
    CHECK(test::run_larum({"train", "--back", "--out", shop.model}).code == 0);
    CHECK(shop.complaint({"--model", shop.model}) < 0.5);
    CHECK(test::run_larum({"train", "--back", "--out", shop.model}).code == 0);
    CHECK(content(shop.model) == learned);
}

TEST_CASE("what is no better, or cannot be told, is not written", "[train][stories]") {
    const Workshop few(12);
    const auto ran = few.train();
    CHECK(ran.code == 1);
    CHECK(holds(ran.out, "too few"));
    CHECK(holds(ran.out, "nothing was written"));
    CHECK_FALSE(std::filesystem::exists(few.model));
    CHECK_FALSE(std::filesystem::exists(few.model.string() + ".before"));

    const auto back = test::run_larum({"train", "--back", "--out", few.model});
    CHECK(back.code == 1);
    CHECK(holds(back.out, "nothing to go back to"));
}

TEST_CASE("wrong labels, models and flags say what would be right, and change nothing", "[train][stories]") {
    const Workshop shop(60);
    CHECK(test::run_larum({"train", "--labels", shop.labels}).code == 2);
    const auto nothing = test::run_larum({"train", "--out", shop.model});
    CHECK(nothing.code == 2);
    CHECK(holds(nothing.out, "--labels FILE or --reviewed"));
    CHECK(test::run_larum({"train", "--labels", shop.folder.path() / "none.jsonl", "--out", shop.model}).code == 2);

    std::ofstream(shop.labels, std::ios::app) << "{\"text\": \"x\", \"complaint\": \"yes\"}\n";
    const auto wrong = shop.train();
    CHECK(wrong.code == 1);
    CHECK(holds(wrong.out, "labels.jsonl:61: field \"complaint\" is not true or false"));

    std::ofstream(shop.model) << "no model\n";
    const auto config = shop.folder.path() / "larum.toml";
    std::ofstream(config) << "[brand.acme]\nmodel = \"own.model\"\n[brand.other]\nmodel = \"gone.model\"\n";
    const auto checked = test::run_larum({"check", "--config", config});
    CHECK(checked.code == 2);
    CHECK(holds(checked.out, "model of brand \"acme\""));
    CHECK(holds(checked.out, "own.model:1: not a model of this version"));
    CHECK(holds(checked.out, "gone.model: no such file"));
    CHECK(content(shop.model) == "no model\n");
}
