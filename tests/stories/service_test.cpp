// The service as its operator meets it: the real program, real signals, a real database.
#include "stories/installation.h"
#include "support/catch.h"

#include <sstream>

using namespace larum;
using namespace std::chrono_literals;

namespace {

/// The first words of the indented lines after «Subcommands:».
std::vector<std::string> subcommands(const std::string& help) {
    std::vector<std::string> names;
    std::istringstream lines(help.substr(help.find("ubcommands:")));
    for (std::string line; std::getline(lines, line);)
        if (line.size() > 3 && line.substr(0, 2) == "  " && line[2] != ' ') names.push_back(line.substr(2, line.find(' ', 2) - 2));
    return names;
}

} // namespace

TEST_CASE("SIGTERM drains a running larum, which exits 0", "[service][stories]") {
    test::Installation here;
    here.write("");
    auto larum = here.start();
    REQUIRE(says(*larum, "running with"));

    larum->signal(SIGTERM);

    CHECK(larum->wait(60s) == 0);
    CHECK(larum->output().find("stopped") != std::string::npos);
}

TEST_CASE("SIGHUP takes a right config; a wrong one is refused with its line and the old one goes on", "[service][stories]") {
    test::Installation here;
    here.write("");
    auto larum = here.start();
    REQUIRE(says(*larum, "running with"));

    here.write("zone = \"Mars\"\n");
    larum->signal(SIGHUP);
    CHECK(says(*larum, "expected a name like Europe/Warsaw"));
    CHECK(larum->running());

    here.write("zone = \"Europe/Warsaw\"\n");
    larum->signal(SIGHUP);
    CHECK(says(*larum, "the config was read again"));
    larum->signal(SIGTERM);
    CHECK(larum->wait(60s) == 0);
}

TEST_CASE("a wrong config ends larum run with 2 and says what would be right", "[service][stories]") {
    test::Installation here;
    here.write("languag = \"pl\"\n");
    const auto ran = here.command({"run"});
    CHECK(ran.code == 2);
    CHECK(ran.out.find("did you mean \"language\"?") != std::string::npos);
}

TEST_CASE("a database that is away at the start is waited for, and SIGTERM ends the wait", "[service][stories]") {
    test::TemporaryFolder folder;
    std::ofstream(folder.path() / "larum.toml") << "state_dir = \"" << folder.path().string()
                                                << "\"\n[database]\nurl = \"postgresql://larum@127.0.0.1:1/larum\"\n";
    test::Process larum({test::larum_program(), "run", "--config", (folder.path() / "larum.toml").string()}, folder.path() / "output");
    REQUIRE(says(larum, "waiting for the database"));
    larum.signal(SIGTERM);
    CHECK(larum.wait(60s) == 0);
}

TEST_CASE("wrong usage exits 2, and every command has a help with an example", "[service][stories]") {
    CHECK(test::run_larum({}).code == 2);
    CHECK(test::run_larum({"fly"}).code == 2);
    CHECK(test::run_larum({"check", "--colour"}).code == 2);
    const auto commands = subcommands(test::run_larum({"--help"}).out);
    REQUIRE(commands.size() >= 3);
    for (const auto& command : commands) {
        const auto ran = test::run_larum({command, "--help"});
        CHECK(ran.code == 0);
        INFO(command);
        CHECK(ran.out.find("xample") != std::string::npos);
        CHECK(ran.out.find("larum " + command) != std::string::npos);
    }
}
