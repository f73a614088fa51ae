#include "daemon/intake/bells.h"
#include "daemon/intake/upkeep.h"
#include "intake/fakes.h"

#include <thread>

using namespace larum;
using namespace larum::test;
using namespace std::chrono_literals;
using connectors::Ending;

namespace {

/// How a process dies in the middle: nothing in larum catches it.
struct SuddenDeath {};

std::string posts(TestDatabase& database) {
    return database.ask("SELECT coalesce(string_agg(native_id, ' ' ORDER BY post_id), '') FROM post");
}

std::string waiting(TestDatabase& database) {
    return database.ask("SELECT coalesce(sum(cardinality(post_ids)), 0) FROM triage_queue");
}

} // namespace

TEST_CASE("a due source is read and its page, cursor and queue row are there together", "[intake]") {
    TestDatabase database;
    SettableClock clock;
    Daemon daemon(database, clock);
    daemon.wall().on_poll = [](const auto& stream, auto&) { return page(stream.cursor.empty() ? std::vector{post("1"), post("2")} : std::vector<Post>{}, "c1"); };

    daemon.work();

    CHECK(posts(database) == "1 2");
    CHECK(waiting(database) == "2");
    CHECK(database.ask("SELECT cursor FROM stream") == "c1");
    CHECK(database.ask("SELECT last_ok_at = '2026-04-05T12:00:00Z' FROM source") == "t");
    CHECK(daemon.wall().polled.size() == 1);
    clock.time += 50s;
    daemon.work();
    CHECK(daemon.wall().polled.size() == 1); // not due yet
    clock.time += 20s;
    daemon.work();
    CHECK(daemon.wall().polled.size() == 2);
    CHECK(daemon.wall().polled.back().cursor == "c1");
}

TEST_CASE("a walk goes on without waiting", "[intake]") {
    TestDatabase database;
    SettableClock clock;
    Daemon daemon(database, clock);
    daemon.wall().on_poll = [n = 0](const auto&, auto&) mutable {
        ++n;
        return page({post(std::to_string(n))}, "c" + std::to_string(n), n < 30);
    };
    daemon.kind.burst = 100;

    daemon.work();

    CHECK(daemon.wall().polled.size() == 30);
    CHECK(database.ask("SELECT cursor FROM stream") == "c30");
}

TEST_CASE("two schedulers on one database read every page once", "[intake]") {
    TestDatabase database;
    SettableClock clock;
    std::atomic<int> inside = 0, most = 0, next = 0;
    const auto serve = [&](const connectors::Stream& stream, auto&) {
        most = std::max(most.load(), ++inside);
        const int n = stream.cursor.empty() ? 0 : std::stoi(stream.cursor);
        ++next;
        --inside;
        return page({post(std::to_string(n))}, std::to_string(n + 1), n < 40);
    };
    Daemon one(database, clock), two(database, clock);
    one.kind.burst = two.kind.burst = 1000;
    one.wall().on_poll = two.wall().on_poll = serve;
    one.scheduler();
    two.scheduler();

    std::thread other([&] { two.work(); });
    one.work();
    other.join();
    one.work();

    CHECK(most == 1);
    CHECK(next == 41);
    CHECK(database.ask("SELECT count(*) FROM post") == "41");
    CHECK(waiting(database) == "41");
}

TEST_CASE("a daemon that dies while it reads is replaced within ten seconds and nothing is lost or doubled", "[intake]") {
    TestDatabase database;
    SettableClock clock;
    Daemon dead(database, clock), heir(database, clock);
    dead.wall().on_poll = [](const auto&, auto&) -> connectors::PollResult { throw SuddenDeath(); };
    heir.wall().on_poll = [](const auto& stream, auto&) { return page({post("1")}, stream.cursor + "x"); };
    CHECK_THROWS_AS(dead.scheduler().tick(clock.now()), SuddenDeath);

    heir.work();
    CHECK(heir.wall().polled.empty()); // it may still be alive
    clock.time += 9s;
    heir.work();

    CHECK(posts(database) == "1");
    CHECK(database.ask("SELECT cursor FROM stream") == "x");
    CHECK(waiting(database) == "1");
}

TEST_CASE("a daemon that was only slow finds its lease gone and writes nothing", "[intake]") {
    TestDatabase database;
    SettableClock clock;
    Daemon slow(database, clock), heir(database, clock);
    heir.wall().on_poll = [](const auto&, auto&) { return page({post("heir")}, "heir"); };
    slow.wall().on_poll = [&](const auto&, connectors::Call& call) {
        clock.time += 9s;
        heir.work();
        call.session.state = "stolen";
        call.session.changed = true;
        return page({post("slow")}, "slow");
    };

    slow.scheduler().tick(clock.now());

    CHECK(posts(database) == "heir");
    CHECK(database.ask("SELECT cursor FROM stream") == "heir");
    CHECK(database.ask("SELECT sealed_session IS NULL FROM credential") == "t");
}

TEST_CASE("a heartbeat keeps a slow call's lease", "[intake]") {
    TestDatabase database;
    SettableClock clock;
    Daemon slow(database, clock), other(database, clock);
    slow.wall().on_poll = [&](const auto&, auto&) {
        for (int i = 0; i < 4; ++i) {
            clock.time += 6s;
            slow.scheduler().heartbeat();
            other.work();
        }
        return page({post("slow")}, "slow");
    };

    slow.scheduler().tick(clock.now());

    CHECK(posts(database) == "slow");
    CHECK(other.wall().polled.empty());
}

TEST_CASE("told to wait, nobody calls before, not even after a restart", "[intake]") {
    TestDatabase database;
    SettableClock clock;
    const auto blocked = [&](const auto&, auto&) {
        connectors::PollResult result;
        result.outcome = {Ending::later, "fake: status 429", clock.now() + 10min, true};
        return result;
    };
    {
        Daemon first(database, clock, {"wall", "other wall"});
        for (auto& [name, one] : first.connectors) one->on_poll = blocked;
        first.work();
        CHECK(first.connectors["wall"]->polled.size() + first.connectors["other wall"]->polled.size() == 1);
    }
    Daemon second(database, clock, {"wall", "other wall"});
    clock.time += 9min;
    second.work();
    CHECK(second.connectors["wall"]->polled.size() + second.connectors["other wall"]->polled.size() == 0);
    CHECK(database.ask("SELECT blocked_reason FROM credential") == "fake: status 429");
    clock.time += 2min;
    second.work();
    CHECK(second.connectors["wall"]->polled.size() + second.connectors["other wall"]->polled.size() == 2);
}

TEST_CASE("a good answer that says the next would not be one is obeyed", "[intake]") {
    TestDatabase database;
    SettableClock clock;
    Daemon daemon(database, clock);
    daemon.wall().on_poll = [&](const auto&, auto&) {
        auto result = page({post("1")}, "c", true);
        result.outcome.not_before = clock.now() + 40min;
        result.outcome.whole_credential = true;
        return result;
    };
    daemon.work();
    CHECK(posts(database) == "1");
    clock.time += 30min;
    daemon.work();
    CHECK(daemon.wall().polled.size() == 1);
}

TEST_CASE("failures are tried again ever more rarely, up to a quarter of an hour", "[intake]") {
    connectors::Outcome outcome{Ending::later, "fake: away", {}, false};
    const Time now{};
    CHECK(intake::next_try(outcome, 1, 1, now) - now == 2s);
    CHECK(intake::next_try(outcome, 4, 1, now) - now == 16s);
    CHECK(intake::next_try(outcome, 4, 0.5, now) - now == 8s);
    CHECK(intake::next_try(outcome, 1, 0, now) - now == 1s);
    CHECK(intake::next_try(outcome, 1000, 1, now) - now == 15min);
    outcome.ending = Ending::broken;
    CHECK(intake::next_try(outcome, 1, 1, now) - now == 15min);
    CHECK(intake::next_try(outcome, 100, 0, now) - now == 6h);
    outcome.not_before = now + 3h;
    CHECK(intake::next_try(outcome, 1, 0, now) - now == 3h);
}

TEST_CASE("whatever a connector throws is a failure that is written down and tried again", "[intake]") {
    TestDatabase database;
    SettableClock clock;
    Daemon daemon(database, clock);
    daemon.wall().on_poll = [](const auto&, auto&) -> connectors::PollResult { throw Error(Error::Kind::unreachable, "acme.example: no answer"); };

    daemon.work();

    CHECK(database.ask("SELECT last_error FROM source") == "fake: acme.example: no answer");
    CHECK(database.ask("SELECT failures FROM stream") == "1");
    CHECK(database.ask("SELECT last_ok_at IS NULL FROM source") == "t");
    CHECK(database.ask("SELECT lease_until IS NULL FROM source") == "t");
}

TEST_CASE("what the database cannot keep is a failure that people see, and other sources go on", "[intake]") {
    TestDatabase database;
    SettableClock clock;
    Daemon daemon(database, clock, {"good wall", "wall"}, "");
    daemon.connectors["wall"]->on_poll = [](const auto&, auto&) { return page({post("1", "\xff\xfe")}, "c1"); };
    daemon.connectors["good wall"]->on_poll = [](const auto&, auto&) { return page({post("2")}); };

    daemon.work();

    CHECK(posts(database) == "2");
    CHECK(database.ask("SELECT last_error FROM source WHERE name = 'wall'") == "fake: what it sent cannot be kept (22021)");
    CHECK(database.ask("SELECT t.failures || t.cursor FROM stream t JOIN source s USING (brand_id, source_id) WHERE s.name = 'wall'") == "1");
    CHECK(database.ask("SELECT bool_and(lease_until IS NULL) FROM source") == "t");
}

TEST_CASE("a clock that was wrong and goes back an hour stops no reading", "[intake]") {
    TestDatabase database;
    SettableClock clock;
    Daemon daemon(database, clock);
    const auto right = clock.now();
    daemon.wall().on_poll = [](const auto&, auto&) { return page({}, "c", false); };
    clock.time = right + 1h; // a machine that was resumed with a wrong clock
    daemon.work();
    clock.time = right;
    intake::Upkeep upkeep(*daemon.store, *daemon.watch);
    daemon.wall().on_poll = [](const auto&, auto&) { return page({post("1")}, "c1"); };

    upkeep.tick(clock.now());
    daemon.work();

    CHECK(posts(database) == "1");
    CHECK(database.ask("SELECT covered_to <= $1 FROM stream", {clock.now()}) == "t"); // nothing of what has not come yet
    CHECK(database.ask("SELECT due_at <= $1 FROM stream", {clock.now() + 2min}) == "t");
    clock.time += 2min;
    upkeep.tick(clock.now());
    CHECK(daemon.wall().polled.size() == 2);
}

TEST_CASE("a walk, a failure and an empty bucket outlive a clock that goes back an hour", "[intake]") {
    TestDatabase database;
    SettableClock clock;
    Daemon daemon(database, clock, {"failing wall", "wall"});
    daemon.kind.burst = 2;
    const auto right = clock.now();
    daemon.connectors["wall"]->on_poll = [](const auto&, auto&) { return page({}, "c", true); };
    daemon.connectors["failing wall"]->on_poll = [](const auto&, auto&) { return connectors::PollResult{{Ending::broken, "fake: no sense"}, {}}; };
    clock.time = right + 1h;
    daemon.work();
    clock.time = right;
    intake::Upkeep upkeep(*daemon.store, *daemon.watch);
    const auto before = daemon.connectors["wall"]->polled.size();

    upkeep.tick(clock.now());
    for (int seconds = 0; seconds < 10; ++seconds, clock.time += 1s) daemon.work();

    CHECK(daemon.connectors["wall"]->polled.size() > before);
    CHECK(database.ask("SELECT t.due_at <= $1 FROM stream t JOIN source s USING (brand_id, source_id) WHERE s.name = 'failing wall'", {right + 16min}) == "t");
}

TEST_CASE("what is made due while a scheduler finds nothing to do is read at once", "[intake]") {
    TestDatabase database;
    SettableClock clock;
    Daemon daemon(database, clock);
    daemon.work();
    clock.time += 5s;
    CHECK_FALSE(daemon.scheduler().tick(clock.now())); // it is known to be idle now
    std::thread other;
    daemon.wall().on_recheck = [](auto) { return connectors::RecheckResult{}; };
    {
        // The rounds wait for the table, so that the look is over and the rest not yet begun.
        const auto lock = database.pool().begin();
        lock->run("LOCK TABLE escalation IN ACCESS EXCLUSIVE MODE");
        clock.time += 10s;
        other = std::thread([&] { daemon.scheduler().tick(clock.now()); });
        while (database.ask("SELECT count(*) FROM pg_locks WHERE relation = 'escalation'::regclass AND NOT granted"
                            " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())") == "0") std::this_thread::yield();
        database.ask("UPDATE stream SET due_at = $1", {clock.now()}); // a webhook named it
        daemon.scheduler().wake();
    }
    other.join();
    CHECK(daemon.scheduler().tick(clock.now()));
    CHECK(daemon.wall().polled.size() == 2);
}

TEST_CASE("a bell is heard though the clock went back", "[intake][hooks]") {
    const SettableClock clock;
    intake::Bells bells;
    bells.ring("app");
    CHECK(bells.heard(clock.now()).size() == 1);
    bells.ring("app");
    CHECK(bells.heard(clock.now() + 1s).empty());
    CHECK(bells.heard(clock.now() - 1h).size() == 1);
}

TEST_CASE("a dead credential halts all its sources, people are told once, and it is probed until it lives", "[intake]") {
    TestDatabase database;
    SettableClock clock;
    Daemon daemon(database, clock, {"wall", "other wall"});
    daemon.config.brands[0].playbook.service = {"desk"};
    bool alive = false;
    for (auto& [name, one] : daemon.connectors) {
        one->probe_answer.outcome = {Ending::reauth, "fake: revoked", {}, true};
        one->on_poll = [&](const auto&, auto&) {
            auto result = page({post("1")});
            if (!alive) result = {{Ending::reauth, "fake: revoked", {}, true}, {}};
            return result;
        };
    }
    const auto polls = [&] { return daemon.connectors["wall"]->polled.size() + daemon.connectors["other wall"]->polled.size(); };

    daemon.work();
    clock.time += 50min;
    daemon.work();
    CHECK(polls() == 1);
    CHECK(database.ask("SELECT dead_reason FROM credential") == "fake: revoked");
    CHECK(database.ask("SELECT count(*) FROM alert WHERE kind = 'notice'") == "1");
    clock.time += 20min;
    daemon.work();
    CHECK(polls() == 1); // probed, still dead
    alive = true;
    for (auto& [name, one] : daemon.connectors) one->probe_answer.outcome = {};
    clock.time += 70min;
    daemon.work();
    CHECK(database.ask("SELECT dead_since IS NULL FROM credential") == "t");
    CHECK(polls() >= 2);
}

TEST_CASE("a new session is kept sealed, and before what it brings", "[intake]") {
    TestDatabase database;
    SettableClock clock;
    int calls = 0;
    const auto opens_then_dies = [&](const auto&, connectors::Call& call) -> connectors::PollResult {
        if (++calls == 2) throw SuddenDeath();
        call.session.state = "refresh-token-7";
        call.session.changed = true;
        return {{Ending::again, "opened", {}, false}, {}};
    };
    Daemon first(database, clock);
    first.wall().on_poll = opens_then_dies;
    CHECK_THROWS_AS(first.scheduler().tick(clock.now()), SuddenDeath);
    CHECK(database.ask("SELECT position('refresh-token-7'::bytea in sealed_session) = 0 FROM credential") == "t");

    Daemon second(database, clock);
    std::string seen;
    second.wall().on_poll = [&](const auto&, connectors::Call& call) {
        seen = call.session.state;
        return page({});
    };
    clock.time += 9s;
    second.work();
    CHECK(seen == "refresh-token-7");
}

TEST_CASE("one bucket serves all sources of a credential", "[intake]") {
    TestDatabase database;
    SettableClock clock;
    Daemon daemon(database, clock, {"a", "b"});
    daemon.kind.burst = 3;
    for (auto& [name, one] : daemon.connectors) one->on_poll = [](const auto&, auto&) { return page({}, "c", true); };
    const auto polls = [&] { return daemon.connectors["a"]->polled.size() + daemon.connectors["b"]->polled.size(); };

    daemon.work();
    CHECK(polls() == 3);
    clock.time += 2s;
    daemon.work();
    CHECK(polls() == 5);
}

TEST_CASE("a budget nearly used up rests, a much used one is asked more rarely", "[intake]") {
    TestDatabase database;
    SettableClock clock;
    Daemon daemon(database, clock);
    daemon.wall().on_poll = [](const auto&, auto&) {
        auto result = page({}, "c", true);
        result.page.used = 0.97;
        return result;
    };
    daemon.work();
    CHECK(daemon.wall().polled.size() == 1);
    CHECK(database.ask("SELECT blocked_until - '2026-04-05T12:00:00Z'::timestamptz FROM credential") == "00:10:00");
    connectors::Page used;
    used.used = 0.8;
    CHECK(intake::next_reading(used, 60s, 0.5, Time{}) == Time{} + 240s);
}

TEST_CASE("streams come and go as replies say, and a vanished object retires its own", "[intake]") {
    TestDatabase database;
    SettableClock clock;
    Daemon daemon(database, clock);
    daemon.wall().on_poll = [](const auto& stream, auto&) {
        if (stream.name == "comments:1") return connectors::PollResult{{Ending::gone, "fake: gone", {}, false}, {}};
        auto result = page({});
        result.page.streams = {{"comments:1", false, {}, {}}, {"comments:2", false, 5min, {}}};
        return result;
    };

    daemon.work();

    CHECK(database.ask("SELECT string_agg(name, ' ' ORDER BY name) FROM stream") == "comments:2 feed");
    CHECK(database.ask("SELECT interval_seconds FROM stream WHERE name = 'comments:2'") == "300");
}

TEST_CASE("a source that could not be read for hours excuses what it finds late", "[intake]") {
    TestDatabase database;
    SettableClock clock;
    Daemon daemon(database, clock);
    std::vector<Post> next;
    daemon.wall().on_poll = [&](const auto&, auto&) { return page(next); };
    next = {post("old", "x", "2026-04-03T08:00:00Z")}; // from before larum knew the source
    daemon.work();
    clock.time += 48h;
    next = {post("missed", "x", "2026-04-05T20:00:00Z"), post("older", "x", "2026-04-01T08:00:00Z")};
    daemon.work();

    CHECK(database.ask("SELECT string_agg(native_id, ' ') FROM post WHERE late_excused") == "missed");
    CHECK(database.ask("SELECT count(*) FROM source_gap") == "1");
}

TEST_CASE("a source that has been silent for an hour is told once", "[intake]") {
    TestDatabase database;
    SettableClock clock;
    Daemon daemon(database, clock);
    daemon.config.brands[0].playbook.service = {"desk"};
    daemon.wall().on_poll = [](const auto&, auto&) { return connectors::PollResult{{Ending::later, "fake: status 503", {}, false}, {}}; };
    for (int i = 0; i < 12; ++i, clock.time += 16min) daemon.work();

    CHECK(database.ask("SELECT count(*) FROM alert WHERE kind = 'notice'") == "1");
}

TEST_CASE("the database away in the middle of a step leaves the step to be repeated", "[intake]") {
    TestDatabase database;
    SettableClock clock;
    Daemon daemon(database, clock);
    daemon.wall().on_poll = [&, first = true](const auto&, auto&) mutable {
        if (std::exchange(first, false))
            database.ask("SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()");
        return page({post("1")}, "c1");
    };
    for (int i = 0; i < 3; ++i) {
        try {
            daemon.work();
        } catch (const store::DatabaseError&) {
            clock.time += 9s; // the lease that could not be given back runs out
        }
    }
    CHECK(posts(database) == "1");
    CHECK(waiting(database) == "1");
}

TEST_CASE("posts with open escalations are looked at again; a deleted one is blanked", "[intake]") {
    TestDatabase database;
    SettableClock clock;
    Daemon daemon(database, clock);
    daemon.wall().on_poll = [](const auto& stream, auto&) { return page(stream.cursor.empty() ? std::vector{post("1"), post("2")} : std::vector<Post>{}, "c"); };
    std::vector<std::string> asked;
    daemon.wall().on_recheck = [&](std::span<const Post> known) {
        connectors::RecheckResult result;
        for (const auto& one : known) {
            asked.push_back(one.id + "/" + one.author.id);
            result.deletions.push_back({one.platform, one.realm, one.id, clock.now()});
        }
        return result;
    };
    daemon.work();
    database.ask("WITH e AS (INSERT INTO escalation (brand_id, escalation_id, subject, urgency, post_id, state, opened_at, changed_at, recheck_at)"
                 " SELECT brand_id, 77, 'thread:1', 3, post_id, 'open', $1, $1, $1 FROM post WHERE native_id = '1' RETURNING brand_id, escalation_id, post_id)"
                 " INSERT INTO escalation_post SELECT brand_id, escalation_id, post_id FROM e RETURNING 1",
                 {clock.now()});
    clock.time += 1min;

    daemon.work();

    CHECK(asked == std::vector<std::string>{"1/a1"});
    CHECK(database.ask("SELECT text IS NULL AND deleted_at IS NOT NULL FROM post WHERE native_id = '1'") == "t");
    CHECK(database.ask("SELECT text IS NULL FROM post WHERE native_id = '2'") == "f");
    CHECK(database.ask("SELECT revision > 1 FROM escalation") == "t");
    daemon.work();
    CHECK(asked.size() == 1);
}
