// `larum check --online` and `larum sources --kinds`: what they say of a source and of a kind.
#include "connect/desk.h"
#include "connectors/connector.h"
#include "core/text.h"
#include "support/catch.h"

#include <nlohmann/json.hpp>

#include <sstream>

using namespace larum;
using namespace larum::test;
using namespace std::chrono_literals;

namespace {

/// A desk whose source is connected, with a database.
struct Connected : Desk {
    TestDatabase database;

    Connected() {
        wrote("state_dir = \"" + (folder.path() / "state").string() + "\"\n[database]\nurl = \"" +
              database.url() + "\"\n[brand.acme]\n");
        REQUIRE(connect({"--name", "wall"}).code == 0);
    }

    Ran check() const { return run_larum({"check", "--online", "--config", config().string()}); }
};

} // namespace

TEST_CASE("check --online says what the credential is, what it was granted and what the platform cannot give",
          "[connect]") {
    const Connected desk;

    const auto ran = desk.check();

    INFO(ran.out);
    CHECK(ran.code == 0);
    CHECK(holds(ran.out, "ok     source wall: page token; speaks for "));
    CHECK(holds(ran.out, "granted: "));
    CHECK(holds(ran.out, "pages_read_user_content"));
    const auto& cannot = connectors::find_kind("facebook")->cannot;
    REQUIRE_FALSE(cannot.empty());
    CHECK(holds(ran.out, "note   facebook: what the platform forbids or cannot give:\n       - " +
                             cannot.front().substr(0, 30)));
    CHECK_FALSE(desk.leaks(ran.out));
}

TEST_CASE("check --online names a missing permission, and warns of a credential that ends soon",
          "[connect]") {
    Connected desk;
    desk.platform.expire_token_at(desk.clock.now() + 24h * 3 + 1h);
    CHECK(holds(desk.check().out, "warning: the credential expires "));

    desk.platform.miss_permission("visitor_posts");
    const auto ran = desk.check();
    INFO(ran.out);
    CHECK(ran.code == 1);
    CHECK(holds(ran.out, "FAILS  source wall"));
    CHECK(holds(ran.out, "missing: pages_read_user_content"));
}

TEST_CASE("a secret of the service's own folder is found by a person's check", "[connect]") {
    const TemporaryFolder folder;
    const auto config = folder.path() / "larum.toml";
    std::filesystem::create_directory(folder.path() / "credentials");
    std::ofstream(folder.path() / "credentials" / "page-token") << "s3cret\n";
    std::ofstream(config) << "[source.wall]\nkind = \"facebook\"\nmatching = \"off\"\npage = \"1\"\ntoken = "
                             "\"credential:page-token\"\n"
                             "app_secret = \"credential:page-token\"\n";
    const auto ran = run_larum({"check", "--config", config.string()});
    INFO(ran.out);
    CHECK(ran.code == 0);
}

TEST_CASE("sources --kinds fits into 100 columns and leaves no kind out", "[connect]") {
    const auto ran = run_larum({"sources", "--kinds"});
    REQUIRE(ran.code == 0);
    std::istringstream lines(ran.out);
    for (std::string line; std::getline(lines, line);) {
        INFO(line);
        CHECK(
            (text::code_points(line) <= 100 || line.find_last_of(' ') < 20)); // a long address is not broken
    }
    for (const auto* kind : connectors::all_kinds()) {
        INFO(kind->name);
        CHECK(holds(ran.out, "page      docs/sources/" + kind->name + ".md\n"));
    }
}

TEST_CASE("sources --kinds --json gives an object a line with the same facts", "[connect]") {
    std::istringstream lines(run_larum({"sources", "--kinds", "--json"}).out);
    std::size_t count = 0;
    for (std::string line; std::getline(lines, line); ++count) {
        const auto one = nlohmann::json::parse(line);
        const auto* kind = connectors::find_kind(one["kind"].get<std::string>());
        REQUIRE(kind);
        CHECK(one["gives"] == kind->gives);
        CHECK(one["cannot"].size() == kind->cannot.size());
        CHECK((one["webhooks"].is_boolean() && one["page"].is_string() && one["matching_most"].is_string()));
    }
    CHECK(count == connectors::all_kinds().size());
}
