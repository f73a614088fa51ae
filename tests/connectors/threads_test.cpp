// A simulated Threads account: what was written in its conversations and what larum heard must be the same.
#include "connectors/connector.h"
#include "connectors/shared/graph.h"
#include "core/crypto.h"
#include "support/catch.h"
#include "support/http_server.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstdlib>
#include <map>
#include <random>

using namespace larum;
using namespace larum::connectors;
using namespace larum::test;
using namespace std::chrono_literals;
using nlohmann::json;

namespace {

const Time begin = *parse_time("2026-04-01T00:00:00Z");
const std::string host = "https://threads.example/v1.0";

struct Thread {
    std::string id, root, parent;
    Time at{};
};

/// Lists without `next`, newest first, pages of three, every twelfth call fails.
struct Account {
    Time now = begin;
    std::mt19937 chance{7};
    std::vector<Thread> threads;

    int dice(int sides) { return static_cast<int>(chance() % static_cast<unsigned>(sides)); }
    void write(const std::string& root, const std::string& parent) {
        threads.push_back({std::to_string(100 + threads.size()), root, parent, now});
    }
    void someone_writes() {
        const auto& below = threads.empty() ? Thread{} : threads[static_cast<std::size_t>(dice(static_cast<int>(threads.size())))];
        if (threads.empty() || dice(12) == 0) return write({}, {});
        const auto root = below.root.empty() ? below.id : below.root, parent = below.id;
        write(root, parent);
    }
    HttpAnswer answer(const HttpRequest& request) {
        if (dice(12) == 0) return {503, {}, "<html>"};
        const auto mark = request.url.find('?');
        const auto path = request.url.substr(host.size(), mark - host.size());
        std::string after;
        for (const auto& [name, value] : graph::read_query(request.url.substr(mark + 1)))
            if (name == "after") after = value;
        const bool own = path == "/me/threads";
        if (!own && !path.ends_with("/conversation")) return {200, {}, R"({"data":[]})"};
        return {200, {}, list(own ? "" : path.substr(1, path.find('/', 1) - 1), after).dump()};
    }
    json list(const std::string& root, const std::string& after) const {
        json data = json::array();
        bool begun = after.empty();
        for (auto one = threads.rbegin(); one != threads.rend() && data.size() < 3; ++one) {
            if (one->root != root) continue;
            if (begun)
                data.push_back({{"id", one->id}, {"text", "wpis"}, {"username", root.empty() ? "acme_pl" : "jan.p"}, {"timestamp", format_time(one->at).substr(0, 19) + "+0000"},
                                {"replied_to", {{"id", one->parent}}}});
            begun = begun || one->id == after;
        }
        json all = {{"data", data}};
        if (!data.empty()) all["paging"] = {{"cursors", {{"after", data.back()["id"]}}}};
        return all;
    }
};

} // namespace

TEST_CASE("every reply below an account's posts on Threads is heard, however deep and late", "[threads]") {
    ::setenv("LARUM_TEST_THREADS", "a-secret", 1);
    Account account;
    ScriptedHttp http([&](const HttpRequest& request) { return account.answer(request); });
    config::Problems problems;
    const auto table = config::parse_toml("host = \"https://threads.example\"\naccount = \"1\"\ntoken = \"env:LARUM_TEST_THREADS\"\n", "test");
    const auto connector = find_kind("threads")->make(table, {}, problems, {http}).connector;
    REQUIRE(problems.empty());
    Session session{json{{"first", sha256_hex("a-secret").substr(0, 16)}, {"next", "2030-01-01T00:00:00Z"}}.dump(), false};
    std::map<std::string, Stream> streams = {{"posts", {"posts", {}, {}}}};
    std::map<std::string, Time> due;
    std::map<std::string, Post> heard;

    const auto read_all = [&] {
        auto names = streams;
        for (const auto& [name, unused] : names)
            for (int i = 0; i < 200 && due[name] <= account.now; ++i) {
                Call call{account.now, session};
                auto result = connector->poll(streams[name], call);
                if (!result.outcome.ok()) break;
                streams[name].cursor = *result.page.cursor;
                for (auto& post : result.page.posts) heard[post.id] = post;
                for (const auto& change : result.page.streams) streams.try_emplace(change.name, Stream{change.name, {}, {}});
                CHECK(result.page.gaps.empty());
                if (!result.page.more) due[name] = account.now + result.page.next_in.value_or(1min);
            }
    };
    for (; account.now < begin + 72h; account.now += 20min) {
        if (account.dice(2)) account.someone_writes();
        read_all();
    }
    for (; account.now < begin + 75h; account.now += 20min) read_all();

    CHECK(account.threads.size() > 80);
    for (const auto& one : account.threads) {
        INFO(one.id << " below " << one.parent);
        REQUIRE(heard.contains(one.id));
        CHECK(heard[one.id].parent_id == one.parent);
        CHECK(heard[one.id].own == one.root.empty());
    }
    CHECK(heard.size() == account.threads.size());
}
