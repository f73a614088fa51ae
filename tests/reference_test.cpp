#include "config/config.h"
#include "core/error.h"
#include "daemon/assembly.h"
#include "support/catch.h"
#include "support/database.h"

#include <fstream>
#include <iterator>

using namespace larum;

TEST_CASE("docs/reference.md says what the code reads", "[config]") {
    std::ifstream file(std::string(LARUM_SOURCE_DIR) + "/docs/reference.md");
    const std::string written{std::istreambuf_iterator<char>(file), {}};
    INFO("make it anew: larum check --reference > docs/reference.md");
    CHECK((written == reference_page()));
}

TEST_CASE("the example config is a config: as it stands it changes nothing", "[config]") {
    const auto config = config::parse_config(example_file(), "example.toml");
    CHECK(config.brands.size() == 1);
    CHECK(config.sources.empty());
}

TEST_CASE("a source without matching is refused with what the platform's terms ask", "[config]") {
    const auto config = config::parse_config("[source.a]\nkind = \"file\"\npath = \"/tmp/x\"\n", "larum.toml");
    try {
        check_kinds(config);
        FAIL("it was taken");
    } catch (const Error& error) {
        const std::string text = error.what();
        CHECK(text.find("larum.toml:1:") == 0);
        CHECK(text.find("matching is missing") != std::string::npos);
        CHECK(text.find("terms") != std::string::npos);
    }
}

TEST_CASE("an unknown kind is refused with the kinds there are", "[config]") {
    const auto config = config::parse_config("[source.a]\nkind = \"myspace\"\nmatching = \"off\"\n[channel.b]\nkind = \"pigeon\"\n", "larum.toml");
    try {
        check_kinds(config);
        FAIL("it was taken");
    } catch (const Error& error) {
        const std::string text = error.what();
        CHECK(text.find("larum.toml:2:") != std::string::npos);
        CHECK(text.find("facebook") != std::string::npos);
        CHECK(text.find("slack") != std::string::npos);
    }
}

TEST_CASE("the first config of the README is right", "[config]") {
    std::ifstream file(std::string(LARUM_SOURCE_DIR) + "/README.md");
    const std::string readme{std::istreambuf_iterator<char>(file), {}};
    const auto start = readme.find("```toml\n") + 8;
    std::string toml = readme.substr(start, readme.find("```", start) - start);
    // The secrets of a real installation, as files of this test.
    test::TemporaryFolder folder;
    std::ofstream(folder.path() / "secret") << "s3cret";
    for (std::size_t at; (at = toml.find("\"credential:")) != std::string::npos;)
        toml.replace(at, toml.find('"', at + 1) + 1 - at, "\"file:" + (folder.path() / "secret").string() + "\"");
    const auto config = config::parse_config(toml, "README.md");
    CHECK_NOTHROW(check_kinds(config));
    CHECK(config.channels.size() == 2);
}
