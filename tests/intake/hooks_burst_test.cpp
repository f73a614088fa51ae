#include "intake/listening.h"
#include "support/process.h"

#include <algorithm>
#include <atomic>
#include <random>
#include <thread>

using namespace larum;
using namespace larum::test;

namespace {

connectors::WebhookRequest request(const std::string& body) { return {"POST", "/hooks/meta", {{"X-Signature", "good"}}, body}; }

std::string posts(int from, int to) {
    std::string body;
    for (int i = from; i < to; ++i) body += (body.empty() ? "page1=" : " page1=") + std::to_string(i);
    return body;
}

} // namespace

TEST_CASE("bodies that come while a commit is under way share the next one", "[intake][hooks]") {
    Listening web;
    std::vector<std::promise<int>> statuses(200);
    {
        // The first commit waits for the table; all others gather behind it.
        const auto lock = web.database.pool().begin();
        lock->run("LOCK TABLE raw_webhook IN EXCLUSIVE MODE");
        for (std::size_t i = 0; i < statuses.size(); ++i)
            web.hooks->accept("meta", request("page1=" + std::to_string(i)), [&, i](const auto& answer) { statuses[i].set_value(answer.status); });
    }
    for (auto& one : statuses) CHECK(one.get_future().get() == 200);
    CHECK(web.database.ask("SELECT count(*) FROM raw_webhook") == "200");
    CHECK(web.database.ask("SELECT count(DISTINCT xmin::text) <= 2 FROM raw_webhook") == "t");
    web.split();
    CHECK(web.database.ask("SELECT count(*) FROM post") == "200");
}

TEST_CASE("when a commit fails all that wait for it are told to come again", "[intake][hooks]") {
    Listening web;
    web.database.ask("ALTER TABLE raw_webhook ADD CHECK (note <> 'refused')");
    CHECK(web.send("page1=1", "good", "meta", "refused") == 503);
    CHECK(web.send("page1=1", "good", "meta", "taken") == 200);
    CHECK(web.send("page1=1", "good", "meta", "refused") == 503);
    web.split();
    CHECK(web.database.ask("SELECT verified || ' ' || unkept || ' ' || duplicate FROM app") == "1 2 0");
}

TEST_CASE("who is told of a body and fails does not keep the others from being told", "[intake][hooks]") {
    TestDatabase database;
    intake::Keeper keeper(database.pool(), [] {});
    std::promise<bool> other;
    REQUIRE(keeper.keep({1, "meta", "a", "", *parse_time("2026-04-05T12:00:00Z")}, [](bool) { throw std::runtime_error("gone"); }));
    REQUIRE(keeper.keep({2, "meta", "b", "", *parse_time("2026-04-05T12:00:00Z")}, [&](bool kept) { other.set_value(kept); }));
    CHECK(other.get_future().get());
}

TEST_CASE("while the database stands still, or too much waits, webhooks are refused at once", "[intake][hooks]") {
    TestDatabase database;
    intake::Keeper::Limits limits;
    limits.bodies_per_commit = 1;
    limits.waiting_bodies_max = 3;
    limits.waiting_bytes_max = 100;
    limits.stalled_after = std::chrono::minutes{1};
    std::atomic<int> kept = 0;
    intake::Keeper keeper(database.pool(), [] {}, limits);
    Id id = 0;
    const auto keep = [&](const std::string& body) { return keeper.keep({++id, "meta", body, "", *parse_time("2026-04-05T12:00:00Z")}, [&](bool sure) { kept += sure; }); };
    {
        const auto lock = database.pool().begin();
        lock->run("LOCK TABLE raw_webhook IN EXCLUSIVE MODE");
        REQUIRE(keep("first"));
        REQUIRE(eventually([&] { return database.ask("SELECT count(*) > 0 FROM pg_locks WHERE NOT granted") == "t"; }));
        CHECK_FALSE(keep(std::string(101, 'x')));
        for (int i = 0; i < 3; ++i) CHECK(keep("one"));
        CHECK_FALSE(keep("one too many"));
    }
    keeper.close();
    CHECK(kept == 4);
    CHECK_FALSE(keep("after the end"));
    CHECK(database.ask("SELECT count(*) FROM raw_webhook") == "4");
}

TEST_CASE("a commit that lasts too long closes the door until it is done", "[intake][hooks]") {
    TestDatabase database;
    intake::Keeper::Limits limits;
    limits.stalled_after = Span::zero();
    intake::Keeper keeper(database.pool(), [] {}, limits);
    const auto now = *parse_time("2026-04-05T12:00:00Z");
    std::promise<bool> first;
    {
        const auto lock = database.pool().begin();
        lock->run("LOCK TABLE raw_webhook IN EXCLUSIVE MODE");
        REQUIRE(keeper.keep({1, "meta", "one", "", now}, [&](bool kept) { first.set_value(kept); }));
        REQUIRE(eventually([&] { return database.ask("SELECT count(*) > 0 FROM pg_locks WHERE NOT granted") == "t"; }));
        CHECK_FALSE(keeper.keep({2, "meta", "two", "", now}, [](bool) {}));
    }
    CHECK(first.get_future().get());
    CHECK(eventually([&] { return keeper.keep({3, "meta", "three", "", now}, [](bool) {}); }));
}

TEST_CASE("a thousand posts in one body are all there", "[intake][hooks]") {
    Listening web;
    web.send(posts(0, 1000));
    web.split();
    CHECK(web.database.ask("SELECT count(*) FROM post") == "1000");
    CHECK(web.database.ask("SELECT sum(cardinality(post_ids)) FROM triage_queue") == "1000");
    CHECK(web.database.ask("SELECT posts FROM source") == "1000");
}

TEST_CASE("bodies that come twice and out of order make each post once", "[intake][hooks]") {
    Listening web;
    std::vector<std::string> bodies;
    for (int i = 0; i < 300; ++i) bodies.push_back(posts(i, i + 3)); // each post in three bodies
    bodies.insert(bodies.end(), bodies.begin(), bodies.begin() + 100);
    std::mt19937 random(7);
    std::shuffle(bodies.begin(), bodies.end(), random);
    std::vector<std::thread> senders;
    for (std::size_t t = 0; t < 4; ++t)
        senders.emplace_back([&, t] {
            for (auto i = t; i < bodies.size(); i += 4)
                while (web.send(bodies[i]) != 200) {}
        });
    for (int i = 0; i < 20; ++i) web.hooks->tick(web.clock.now());
    for (auto& one : senders) one.join();
    web.split();
    CHECK(web.database.ask("SELECT count(*) || ' ' || count(DISTINCT native_id) FROM post") == "302 302");
    CHECK(web.database.ask("SELECT sum(cardinality(post_ids)) FROM triage_queue") == "302");
    CHECK(web.database.ask("SELECT verified || ' ' || duplicate FROM app") == "400 100");
}

TEST_CASE("a body that breaks its batch does not hold up the others", "[intake][hooks]") {
    Listening web;
    for (int i = 0; i < 10; ++i) web.send("page1=" + std::to_string(i));
    web.database.ask("ALTER TABLE post ADD CHECK (native_id <> '4')");
    for (int i = 0; i < 200; ++i) {
        try {
            if (web.hooks->tick(web.clock.now())) continue;
        } catch (const Error&) {
        }
        web.database.ask("UPDATE raw_webhook SET expires_at = '2000-01-01' WHERE done_at IS NULL");
    }
    CHECK(web.database.ask("SELECT count(*) FROM post") == "9");
    CHECK(web.database.ask("SELECT reason FROM dead_letter") == "it could not be saved 5 times");
}
