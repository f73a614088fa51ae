#include "config/config.h"
#include "core/error.h"
#include "support/catch.h"

#include <cstdlib>

using namespace larum;
using namespace larum::config;

namespace {
std::string problem(const std::string& toml) {
    try {
        parse_config(toml, "larum.toml");
    } catch (const Error& error) {
        CHECK(error.kind() == Error::Kind::config);
        return error.what();
    }
    return "";
}
} // namespace

TEST_CASE("without a file there is one brand named default, in UTC, with the default rules", "[config]") {
    const auto config = parse_config("", "larum.toml");
    REQUIRE(config.brands.size() == 1);
    CHECK(config.brands[0].name == "default");
    CHECK(config.brands[0].zone == "UTC");
    CHECK(config.brands[0].rules.size() == default_rules().size());
    CHECK(config.database.url == "embedded");
}

TEST_CASE("a wrong config names file, line, column, what is wrong and what would be right", "[config]") {
    CHECK(problem("[database]\nurl = 5\n") == "larum.toml:2:7: url is a whole number; expected a text in quotes");
    CHECK(problem("[database]\nurk = \"x\"\n") == "larum.toml:2:7: \"urk\" is not a setting here; did you mean \"url\"?");
    CHECK(problem("[brand.a]\nzone = \"Mars\"\n").find("expected a name like Europe/Warsaw") != std::string::npos);
    CHECK(problem("[brand.a]\nlate_after = \"1 day\"\n") ==
          "larum.toml:2:14: late_after is \"1 day\"; expected a duration like \"90s\", \"15m\", \"8h\" or \"30d\"");
    CHECK(problem("[database\n").rfind("larum.toml:1:", 0) == 0);
    CHECK(problem("[[brand.a.rule]]\nname = \"r\"\nurgency = \"red\"\n") ==
          "larum.toml:3:11: urgency is \"red\"; expected one of: none, watch, flag, urgent");
    CHECK(problem("[brand.a.playbook]\nservice = [\"desk\"]\n").find("expected the NAME of a [channel.NAME]") != std::string::npos);
}

TEST_CASE("the bands of a brand stand in their order", "[config]") {
    CHECK(problem("[brand.a]\nlink_min = 0.5\nsuggest_min = 0.6\n").find("suggest_min is above link_min") != std::string::npos);
    CHECK(problem("[brand.a]\nsuggest_min = 0.95\n").find("suggest_min is above link_min") != std::string::npos);
    CHECK(problem("[brand.a]\nlink_min = 1.5\n").find("link_min must lie between 0 and 1") != std::string::npos);
    CHECK(problem("[brand.a]\nlink_min = nan\n").find("link_min must lie between 0 and 1") != std::string::npos);
    const auto brand = parse_config("[brand.a]\nlink_min = 0.95\nsuggest_min = 0.2\n", "larum.toml").brands.at(0);
    CHECK(brand.link_min == 0.95);
    CHECK(brand.suggest_min == 0.2);
}

TEST_CASE("a brand's model is looked for beside the config file", "[config]") {
    const auto text = "[brand.a]\nmodel = \"own/a.model\"\n[brand.b]\nmodel = \"/var/b.model\"\n[brand.c]\n";
    const auto config = parse_config(text, "/etc/larum/larum.toml");
    CHECK(config.find_brand("a")->model == "/etc/larum/own/a.model");
    CHECK(config.find_brand("b")->model == "/var/b.model");
    CHECK(config.find_brand("c")->model.empty());
}

TEST_CASE("every problem of a config is told at once", "[config]") {
    const auto text = problem("[database]\nurl = 5\n[listen]\npage = true\n");
    CHECK(text.find(":2:") != std::string::npos);
    CHECK(text.find(":4:") != std::string::npos);
}

TEST_CASE("a secret is never written in the config and never shown in an error", "[config]") {
    struct Holder {
        Secret token;
    };
    const Options<Holder> options = {option("token", &Holder::token, "The token.")};
    Problems problems;
    auto root = parse_toml("token = \"xoxb-very-secret\"", "larum.toml");
    read(options, root, problems);
    REQUIRE(problems.lines().size() == 1);
    CHECK(problems.lines()[0].find("xoxb") == std::string::npos);
    CHECK(problems.lines()[0].find("env:NAME") != std::string::npos);

    setenv("LARUM_TEST_TOKEN", "s3cret", 1);
    Problems none;
    CHECK(read(options, parse_toml("token = \"env:LARUM_TEST_TOKEN\"", "larum.toml"), none).token.reveal() == "s3cret");
    CHECK(none.empty());
    read(options, parse_toml("token = \"file:/nowhere/token\"", "larum.toml"), none);
    REQUIRE(none.lines().size() == 1);
    CHECK(none.lines()[0].find("/nowhere/token") != std::string::npos);
}

TEST_CASE("the playbook, rules and instructions of a brand are read in their order", "[config]") {
    const auto config = parse_config(R"(
[brand.acme]
language = "pl"
zone = "Europe/Warsaw"
mode = "live"
[brand.acme.playbook]
urgent = [{after = "0s", channels = ["desk"]}, {after = "15m", channels = ["desk:lead"]}]
[[brand.acme.rule]]
name = "all"
urgency = "watch"
complaint_min = 0.5
[[brand.acme.instruction]]
topic = "delivery"
text = "Zadzwoń."
[channel.desk]
kind = "log"
[source.posts]
kind = "file"
path = "/tmp/x"
matching = "full"
)",
                                      "larum.toml");
    const auto& brand = config.brands.at(0);
    CHECK(brand.mode == Mode::live);
    REQUIRE(brand.playbook.urgent.size() == 2);
    CHECK(brand.playbook.urgent[1].after == std::chrono::minutes{15});
    REQUIRE(brand.rules.size() == 1);
    CHECK(brand.instructions.at(0).text == "Zadzwoń.");
    CHECK(config.sources.at(0).brand == "acme");
    CHECK(config.sources.at(0).matching == Matching::full);
}
