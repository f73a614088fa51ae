#include "connectors/connector.h"
#include "support/catch.h"
#include "support/database.h"

#include <filesystem>
#include <fstream>

using namespace larum;
using namespace larum::connectors;

namespace {

std::string line(const std::string& id, const std::string& at = "2026-04-05T10:00:00Z") {
    return R"({"platform":"forum","id":")" + id + R"(","text":"nie działa","posted_at":")" + at + "\"}\n";
}

/// A followed file in a folder of its own, read with the cursor kept as the scheduler keeps it.
struct Followed {
    test::TemporaryFolder folder;
    std::filesystem::path path = folder.path() / "posts.jsonl";
    std::unique_ptr<Connector> connector;
    Stream stream{"lines", "", {}};
    Session session;

    Followed() {
        config::Problems problems;
        const auto table = config::parse_toml("path = \"" + path.string() + "\"\n", "test");
        connector = find_kind("file")->make(table, {}, problems, {*static_cast<Http*>(nullptr)}).connector;
        REQUIRE(problems.empty());
    }
    void write(const std::string& text, std::ios::openmode how = std::ios::app) { std::ofstream(path, how) << text; }
    PollResult poll() {
        Call call{Time{}, session};
        auto result = connector->poll(stream, call);
        if (result.page.cursor) stream.cursor = *result.page.cursor;
        return result;
    }
    std::string ids() {
        std::string all;
        for (const auto& post : poll().page.posts) all += post.id + ' ';
        return all;
    }
};

} // namespace

TEST_CASE("a file is followed and every line is read once", "[file]") {
    Followed file;
    file.write(line("1") + line("2"));
    CHECK(file.ids() == "1 2 ");
    CHECK(file.ids().empty());
    file.write(line("3"));
    CHECK(file.ids() == "3 ");
}

TEST_CASE("half a last line waits for its end", "[file]") {
    Followed file;
    const auto whole = line("2");
    file.write(line("1") + whole.substr(0, 20));
    CHECK(file.ids() == "1 ");
    CHECK(file.ids().empty());
    file.write(whole.substr(20));
    CHECK(file.ids() == "2 ");
}

TEST_CASE("a rotated file is read to its end before the next one", "[file]") {
    Followed file;
    file.write(line("1"));
    CHECK(file.ids() == "1 ");
    file.write(line("2"));
    std::filesystem::rename(file.path, file.folder.path() / "posts.jsonl.1");
    file.write(line("3"));

    const auto rest = file.poll();

    CHECK(rest.page.posts.at(0).id == "2");
    CHECK(rest.page.more);
    CHECK(file.ids() == "3 ");
}

TEST_CASE("a truncated or replaced file is read from its start", "[file]") {
    Followed file;
    file.write(line("1") + line("2"));
    CHECK(file.ids() == "1 2 ");
    file.write(line("3"), std::ios::trunc);
    CHECK(file.ids() == "3 ");
    file.write(line("4444444") + line("5555555"), std::ios::trunc); // longer than what was read
    CHECK(file.ids() == "4444444 5555555 ");
}

TEST_CASE("a line that is no post is set aside with its number and stops nothing", "[file]") {
    Followed file;
    file.write(line("1") + "{\"platform\":\n\n" + line("2") + R"({"platform":"forum","id":"3","text":"x","posted_at":"yesterday"})" + "\n");

    const auto page = file.poll().page;

    CHECK(page.posts.size() == 2);
    REQUIRE(page.rejected.size() == 2);
    CHECK(page.rejected[0] == "line 2: not JSON; expected one object a line\t{\"platform\":");
    CHECK(page.rejected[1].rfind("line 5: field \"posted_at\"", 0) == 0);
}

TEST_CASE("a line without end is set aside and reading goes on behind it", "[file]") {
    Followed file;
    file.write(line("1") + std::string(3u << 20, 'x') + "\n" + line("2"));
    std::string ids;
    std::size_t rejected = 0;
    for (int i = 0; i < 8; ++i) {
        const auto page = file.poll().page;
        for (const auto& post : page.posts) ids += post.id + ' ';
        rejected += page.rejected.size();
    }
    CHECK(ids == "1 2 ");
    CHECK(rejected == 1);
}

TEST_CASE("a long file comes page by page", "[file]") {
    Followed file;
    std::string all;
    for (int i = 0; i < 1200; ++i) all += line(std::to_string(i));
    file.write(all);
    std::size_t posts = 0, pages = 0;
    for (;; ++pages) {
        const auto page = file.poll().page;
        posts += page.posts.size();
        CHECK(page.posts.size() <= 500);
        if (!page.more) break;
    }
    CHECK(posts == 1200);
    CHECK(pages == 2);
}

TEST_CASE("a file that is not there is waited for and loses nothing", "[file]") {
    Followed file;
    CHECK(file.poll().outcome.ending == Ending::later);
    file.write(line("1"));
    CHECK(file.ids() == "1 ");
}
