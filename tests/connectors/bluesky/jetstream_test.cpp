// Jetstream in both dialects, from the socket to the store: a server on loopback speaks as the real ones do.
#include "daemon/intake/listener.h"
#include "intake/fakes.h"
#include "support/http_server.h"
#include "support/line_server.h"
#include "support/process.h"

#include <nlohmann/json.hpp>

#include <cstdlib>

using namespace larum;
using namespace larum::test;
using namespace std::chrono_literals;
using nlohmann::json;

namespace {

const Time start = *parse_time("2026-04-05T11:59:00Z");

std::int64_t microseconds(Time time) { return time.time_since_epoch().count(); }

/// A post that mentions the brand, in the envelope of the dialect.
std::string message(bool newer, int number, const std::string& operation = "create") {
    json commit = {{"rev", "3l"}, {"operation", operation}, {"collection", "app.bsky.feed.post"}, {"rkey", std::to_string(number)}};
    if (operation != "delete")
        commit["record"] = {{"$type", "app.bsky.feed.post"}, {"text", "@acme.example gdzie paczka"}, {"createdAt", format_time(start)},
                            {"facets", {{{"features", {{{"$type", "app.bsky.richtext.facet#mention"}, {"did", "did:plc:acme"}}}}}}}};
    const auto at = start + std::chrono::seconds{number};
    if (!newer) return json{{"did", "did:plc:ania"}, {"time_us", microseconds(at)}, {"kind", "commit"}, {"commit", commit}}.dump();
    commit.update({{"$type", "network.bsky.jetstream.subscribeEvents#commit"}, {"seq", 100 + number}, {"did", "did:plc:ania"}, {"time", format_time(at)}});
    return json{{"$type", "message"}, {"payload", commit}}.dump();
}

/// What a server speaks in one connection.
using Speech = std::function<void(LineServer::Peer&)>;

struct Sky {
    explicit Sky(bool newer, std::vector<Speech> given)
        : speeches(std::move(given)), server([this](LineServer::Peer& peer) { speak(peer); }),
          http([](const HttpRequest&) { return HttpAnswer{200, {}, R"({"accessJwt":"a1","refreshJwt":"r1","did":"did:plc:acme"})"}; }), daemon(database, clock) {
        ::setenv("LARUM_TEST_SECRET", "app-password", 1);
        config::Problems problems;
        const auto table = config::parse_toml("service = \"https://pds.example\"\nprivate_allowed = true\nidentifier = \"acme.example\"\npassword = \"env:LARUM_TEST_SECRET\"\n"
                                              "jetstream = \"" + server.url("ws", "") + "\"\njetstream_dialect = \"" + (newer ? "v2" : "v1") + "\"\n", "test");
        const auto& kind = *connectors::find_kind("bluesky");
        connector = kind.make(table, {"private_allowed"}, problems, {http}).connector;
        REQUIRE(problems.empty());
        auto& source = daemon.watched[0];
        source.connector = connector.get();
        source.kind = &kind;
        source.private_allowed = true;
        daemon.scheduler();
        caller = std::make_unique<intake::Caller>(*daemon.store, clock);
        const auto& watched = daemon.watch->all().begin()->second;
        std::vector<store::LineLease> leases;
        daemon.store->pool().with([&](store::Transaction& transaction) {
            leases = store::claim_lines(transaction, watched.brand_id, {watched.id}, daemon.store->slot(), 9, clock.now());
        });
        REQUIRE(leases.size() == 1);
        listener = std::make_unique<intake::Listener>(intake::Listener::Ground{*daemon.store, clock, watched, *lines, *caller}, leases.front());
    }

    /// Listens until `condition` holds; rests pass at once.
    bool listen(const std::function<bool()>& condition) {
        return eventually([&] {
            if (const auto next = listener->step({}); next && *next > clock.now()) clock.time = *next;
            return condition();
        });
    }
    std::string posts() { return database.ask("SELECT coalesce(string_agg(split_part(native_id, '/', 5), ' ' ORDER BY native_id), '') FROM post WHERE deleted_at IS NULL"); }
    std::vector<std::string> asked() {
        const std::lock_guard lock(mutex);
        return targets;
    }

private:
    void speak(LineServer::Peer& peer) {
        Speech speech;
        {
            const std::lock_guard lock(mutex);
            targets.push_back(peer.target());
            speech = speeches[std::min(targets.size(), speeches.size()) - 1];
        }
        speech(peer);
    }

    std::mutex mutex;
    std::vector<std::string> targets;
    std::vector<Speech> speeches;
    LineServer server;
    ScriptedHttp http;

public:
    TestDatabase database;
    SettableClock clock;
    Daemon daemon;
    std::unique_ptr<connectors::Connector> connector;
    std::unique_ptr<LineClient> lines = make_line_client();
    std::unique_ptr<intake::Caller> caller;
    std::unique_ptr<intake::Listener> listener;
};

Speech says(std::vector<std::string> messages, bool stays = true) {
    return [messages = std::move(messages), stays](LineServer::Peer& peer) {
        if (!peer.open_websocket()) return;
        for (const auto& one : messages) peer.send(one);
        if (stays) peer.wait_for_end();
        else peer.close(1011);
    };
}

bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

} // namespace

TEST_CASE("the older Jetstream goes on after a loss a few seconds before where it was", "[bluesky][lines]") {
    Sky sky(false, {says({message(false, 1), message(false, 2), message(false, 1, "delete")}, false), says({message(false, 2), message(false, 3)})});
    REQUIRE(sky.listen([&] { return sky.posts() == "2 3"; }));
    const auto asked = sky.asked();
    REQUIRE(asked.size() == 2);
    CHECK(asked[0] == "/subscribe?wantedCollections=app.bsky.feed.post&maxMessageSizeBytes=262144");
    CHECK(has(asked[1], "&cursor=" + std::to_string(microseconds(start + 2s - 5s))));
    CHECK(sky.database.ask("SELECT count(*) FROM post WHERE deleted_at IS NOT NULL") == "1");
    CHECK(sky.database.ask("SELECT count(*) FROM source_gap WHERE stream <> 'feed'") == "0");
}

TEST_CASE("the newer Jetstream goes on by number, and by time when that is too old", "[bluesky][lines]") {
    Sky sky(true, {says({message(true, 1), R"({"$type":"error","error":"ConsumerTooSlow","message":"x"})"}),
                   [](LineServer::Peer& peer) { peer.refuse(400, {{"Content-Type", "application/json"}}, R"({"error":"CursorTooOld","message":"floor 150"})"); },
                   says({R"({"$type":"message","payload":{"$type":"network.bsky.jetstream.subscribeEvents#info","name":"OutdatedCursor"}})", message(true, 50)})});
    REQUIRE(sky.listen([&] { return sky.posts() == "1 50"; }));
    const auto asked = sky.asked();
    REQUIRE(asked.size() == 3);
    CHECK_FALSE(has(asked[0], "cursor"));
    CHECK(has(asked[1], "&cursor=101"));
    CHECK(has(asked[2], "&cursor=" + std::to_string(microseconds(start + 1s))));
    CHECK(sky.database.ask("SELECT from_at = $1 AND to_at = $2 FROM source_gap WHERE reason LIKE 'Jetstream%'", {start + 1s, start + 50s}) == "t");
    CHECK(sky.database.ask("SELECT (cursor::jsonb->>'seq') FROM stream WHERE live") == "150");
}
