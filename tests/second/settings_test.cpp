#include "config/config.h"
#include "core/error.h"
#include "support/catch.h"

using namespace larum;
using namespace larum::config;

namespace {

std::string problem(const std::string& table) {
    try {
        parse_config("[second_opinion]\n" + table, "larum.toml");
    } catch (const Error& error) {
        return error.what();
    }
    return "";
}

bool holds(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

} // namespace

TEST_CASE("without [second_opinion] nobody is asked; with a model's name alone it is asked on this machine", "[opinion][config]") {
    CHECK_FALSE(parse_config("", "larum.toml").second_opinion);
    const auto settings = parse_config("[second_opinion]\nmodel = \"small\"\nurl = \"http://127.0.0.1:11434/v1/\"\n", "larum.toml").second_opinion;
    REQUIRE(settings);
    CHECK(settings->url == "http://127.0.0.1:11434/v1");
    CHECK(settings->covers("default"));
    CHECK(warnings(*settings).empty());
}

TEST_CASE("what cannot be right in [second_opinion] is named with what would be", "[opinion][config]") {
    const std::string model = "model = \"small\"\n";
    CHECK(holds(problem(""), "model is missing"));
    CHECK(holds(problem(model + "url = \"127.0.0.1:8080\"\n"), "second_opinion.url must be an address like"));
    CHECK(holds(problem(model + "url = \"http://me:secret@model.example/v1\"\n"), "without user name"));
    CHECK(holds(problem(model + "url = \"http://model.example/v1?key=1\"\n"), "without user name, ? and #"));
    CHECK(holds(problem(model + "key = \"sk-123\"\n"), "key"));
    CHECK(holds(problem(model + "timeout = \"5m\"\n"), "between 100ms and 30s"));
    CHECK(holds(problem(model + "per_day = 0\n"), "leave the table out"));
    CHECK(holds(problem(model + "from = 0.7\n"), "from below to"));
    CHECK(holds(problem(model + "brands = [\"acme\"]\n"), "expected the NAME of a [brand.NAME]"));
    CHECK(holds(problem(model + "tiemout = \"5s\"\n"), "did you mean \"timeout\""));
}

TEST_CASE("an address that may lie outside of the operator's network is warned of, and more so without TLS", "[opinion][config]") {
    SecondOpinionSettings settings;
    for (const auto* local : {"http://localhost:8080/v1", "http://192.168.1.9/v1", "http://10.0.0.2:80/v1", "http://[::1]:8080/v1"}) {
        settings.url = local;
        INFO(local);
        CHECK(warnings(settings).empty());
    }
    settings.url = "https://model.example/v1";
    CHECK(warnings(settings).size() == 1);
    settings.url = "http://8.8.8.8/v1";
    REQUIRE(warnings(settings).size() == 2);
    CHECK(holds(warnings(settings)[0], "personal data"));
    CHECK(holds(warnings(settings)[1], "expected https://"));
}
