#include "connectors/facebook/graph_fixture.h"

#include "config/config.h"
#include "daemon/assembly.h"
#include "demo/story.h"

#include <algorithm>
#include <sstream>

#include <unistd.h>

using namespace larum;
using namespace larum::test;
using namespace std::chrono_literals;

namespace {

struct Folder {
    std::filesystem::path path =
        std::filesystem::temp_directory_path() / ("larum-story-test-" + std::to_string(getpid()));
    ~Folder() { std::filesystem::remove_all(path); }
};

std::size_t columns(const std::string& line) {
    return 1 + static_cast<std::size_t>(std::count(line.begin(), line.end(), ','));
}

} // namespace

TEST_CASE("the story plays from its first step to its last", "[demo]") {
    FixedClock clock;
    demo::GraphServer graph(clock, demo::story_page());
    demo::set_the_scene(graph, clock.at);
    const auto start = clock.at;
    Span before{};
    auto story = demo::tell_story();
    for (const auto& step : story.steps) {
        INFO(step.what);
        CHECK(step.at > before);
        before = step.at;
        clock.at = start + step.at;
        REQUIRE_NOTHROW(step.action(graph));
        CHECK_FALSE(step.what.empty());
    }
    CHECK(before < story.length);
    CHECK(story.length <= 60s);
    // The first urgent alert must come in good time.
    CHECK(story.steps[1].at <= 5s);
}

TEST_CASE("the demo's files can be read by larum", "[demo]") {
    FixedClock clock;
    Folder folder;
    demo::GraphServer graph(clock, demo::story_page());
    demo::ChatServer chat(clock);
    const demo::Places places{folder.path, "127.0.0.1:8420", "127.0.0.1:8421", graph.url(), chat.slack_api()};

    const auto files = demo::write_files(places, graph.settings(), chat.settings(), clock.at);

    CHECK((std::filesystem::status(folder.path / "graph-token").permissions() &
           std::filesystem::perms::others_read) == std::filesystem::perms::none);
    for (const auto& file : {files.customers, files.cases, files.contacts}) {
        std::istringstream lines(read_file(file));
        std::string header, line;
        std::getline(lines, header);
        int rows = 0;
        for (; std::getline(lines, line); ++rows) CHECK(columns(line) == columns(header));
        CHECK(rows >= 3);
    }
    const auto config = config::read_config(files.config);
    REQUIRE(config.brands.size() == 1);
    CHECK(config.brands[0].name == demo::tell_story().brand);
    CHECK(config.brands[0].mode == config::Mode::live);
    CHECK(config.sources.size() == 2);
    CHECK(config.apps.size() == 1);
    CHECK_NOTHROW(check_kinds(config));
}
