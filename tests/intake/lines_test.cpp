// Lines that platforms keep open: what they bring, how they are lost, who holds them.
#include "daemon/intake/live.h"
#include "daemon/store/source_report.h"
#include "intake/talking.h"
#include "support/process.h"

using namespace larum;
using namespace larum::test;
using namespace std::chrono_literals;
using connectors::Ending;

namespace {

/// A platform with a stream to poll and one to hear. An event is a list of words: `post=ID`, `at=CURSOR`, `gone=ID`,
/// `ring`, `bye`, `revoked`, `nonsense`.
class Talking final : public connectors::Connector {
public:
    std::vector<connectors::StreamChange> streams() const override { return {{"feed", false, {}, {}}, {"live", false, {}, {}, true}}; }
    connectors::PollResult poll(const connectors::Stream& stream, connectors::Call&) override {
        polled.push_back(stream.name);
        return on_poll ? on_poll() : connectors::PollResult{};
    }
    connectors::Probe probe(connectors::Call&) override { return {}; }
    LineResult line(const connectors::Stream& stream, connectors::Call& call) override {
        LineResult result;
        if (sessions && call.session.state.empty()) {
            call.session = {"token", true};
            result.outcome = {Ending::again, "fake: a session was opened", {}, false};
            return result;
        }
        result.outcome = line_outcome;
        result.line.url = "wss://fake.example/?from=" + stream.cursor;
        return result;
    }
    connectors::Heard hear(const connectors::Stream&, const connectors::LineEvent& event, Time) const override {
        connectors::Heard heard;
        std::istringstream words{std::string(event.data)};
        for (std::string word; words >> word;) {
            const auto value = word.substr(word.find('=') + 1);
            if (word.starts_with("post=")) heard.page.posts.push_back(post(value));
            if (word.starts_with("at=")) heard.page.cursor = value;
            if (word.starts_with("gone=")) heard.page.deletions.push_back({"fake", "", value, {}, true});
            if (word.starts_with("odd=")) heard.page.unknown.push_back(value);
            if (word == "ring") heard.poll = {"feed", "live"};
            if (word == "bye") heard.hang_up = true;
            if (word == "revoked") heard.outcome = {Ending::reauth, "fake: the token was revoked", {}, true};
            if (word == "nonsense") throw std::runtime_error("it quotes what was sent");
        }
        return heard;
    }

    bool sessions = false;
    connectors::Outcome line_outcome;
    std::function<connectors::PollResult()> on_poll;
    std::vector<std::string> polled;
};

/// One process that listens.
struct Ear {
    Ear(TestDatabase& database, SettableClock& clock) : daemon(database, clock) {
        daemon.watched[0].connector = &platform;
        daemon.scheduler();
    }
    const intake::Watched& source() const { return hand.source(); }
    std::optional<store::LineLease> claim() { return hand.claim(); }
    bool take() { return hand.take(); }
    std::optional<Time> step() { return hand.step(); }

    Talking platform;
    FakeLines lines;
    Daemon daemon;
    LineInHand hand{daemon, lines};
    std::unique_ptr<intake::Listener>& listener = hand.listener;
};

struct Ground {
    TestDatabase database;
    SettableClock clock;
    std::string posts() { return database.ask("SELECT coalesce(string_agg(native_id, ' ' ORDER BY post_id), '') FROM post WHERE deleted_at IS NULL"); }
    std::string stream(const std::string& column) { return database.ask("SELECT " + column + " FROM stream WHERE name = 'live'"); }
    bool feed_due() { return database.ask("SELECT due_at <= $1 FROM stream WHERE name = 'feed'", {clock.now()}) == "t"; }
};

} // namespace

TEST_CASE("what a line brings is saved with the cursor behind it", "[intake][lines]") {
    Ground ground;
    Ear ear(ground.database, ground.clock);
    int told = 0;
    REQUIRE(ear.take());
    ear.listener->saved = [&] { ++told; };
    for (const auto* event : {"post=1 at=c1", "at=c2", "post=2 post=3 at=c3"}) ear.lines.say(event);

    REQUIRE(ear.step()); // connects
    CHECK(ear.lines.requests.back().url == "wss://fake.example/?from=");
    REQUIRE(ear.step());

    CHECK(ground.posts() == "1 2 3");
    CHECK(ground.stream("cursor") == "c3");
    CHECK(ground.database.ask("SELECT bool_and(by_webhook) FROM post_seen") == "t");
    CHECK(ground.database.ask("SELECT sum(cardinality(post_ids)) FROM triage_queue") == "3");
    CHECK(ground.database.ask("SELECT posts FROM source") == "3");
    CHECK(told == 1);
}

TEST_CASE("kinds of events that larum does not know are counted, whatever brought them", "[intake][lines]") {
    Ground ground;
    Ear ear(ground.database, ground.clock);
    ear.platform.on_poll = [] {
        connectors::PollResult result;
        result.page.unknown = {"quiz"};
        return result;
    };
    ear.daemon.work();
    REQUIRE(ear.take());
    ear.step();
    ear.lines.say("odd=quiz odd=quiz odd=duel");
    ear.step();
    CHECK(ground.database.ask("SELECT string_agg(app || ' ' || name || ' ' || count, ', ' ORDER BY name) FROM webhook_unknown") ==
          ear.source().name + " duel 1, " + ear.source().name + " quiz 3");
}

TEST_CASE("a live stream is never polled, whoever rings", "[intake][lines]") {
    Ground ground;
    Ear ear(ground.database, ground.clock);
    REQUIRE(ear.take());
    ear.step();
    ear.daemon.work();
    ear.lines.say("ring");
    ear.step();
    ear.daemon.work();
    CHECK(ear.platform.polled == std::vector<std::string>{"feed", "feed"});
    CHECK(ground.stream("due_at") == "infinity");
}

TEST_CASE("a cursor that moved past nothing is saved now and then, and when the line goes", "[intake][lines]") {
    Ground ground;
    Ear ear(ground.database, ground.clock);
    REQUIRE(ear.take());
    ear.step();
    ear.lines.say("at=c1");
    ear.step();
    CHECK(ground.stream("cursor") == "");
    ground.clock.time += 6s;
    ear.step();
    CHECK(ground.stream("cursor") == "c1");
    ear.lines.say("at=c2");
    ear.step();
    ear.listener->let_go();
    CHECK(ground.stream("cursor") == "c2");
    CHECK(ground.stream("holder IS NULL") == "t");
}

TEST_CASE("what a line and a poll both bring is there once, and what only the poll brings was missed", "[intake][lines]") {
    Ground ground;
    Ear ear(ground.database, ground.clock);
    ear.daemon.work(); // the first reading of a source
    ear.platform.on_poll = [] { return page({post("1"), post("2", "nie działa", "2026-04-05T12:01:00Z")}); };
    ground.clock.time += 2min; // no line has missed what was written before the source was connected
    REQUIRE(ear.take());
    ear.step();
    for (const auto* event : {"post=1", "post=1 ring", "post=1"}) ear.lines.say(event);
    ear.step();
    ear.daemon.work();
    CHECK(ground.posts() == "1 2");
    CHECK(ground.database.ask("SELECT string_agg(native_id, ' ') FROM post JOIN post_seen USING (brand_id, post_id) WHERE awaited") == "2");
}

TEST_CASE("deletions of posts that nobody knows leave no trace", "[intake][lines]") {
    Ground ground;
    Ear ear(ground.database, ground.clock);
    REQUIRE(ear.take());
    ear.step();
    for (const auto* event : {"post=1", "post=2", "gone=1", "gone=7"}) ear.lines.say(event);
    ear.step();
    CHECK(ground.posts() == "2");
    CHECK(ground.database.ask("SELECT string_agg(native_id, ' ') FROM post WHERE deleted_at IS NOT NULL") == "1");
}

TEST_CASE("an event that makes no sense is set aside and the line goes on", "[intake][lines]") {
    Ground ground;
    Ear ear(ground.database, ground.clock);
    REQUIRE(ear.take());
    ear.step();
    for (const auto* event : {"nonsense", "post=1"}) ear.lines.say(event);
    ear.step();
    CHECK(ground.posts() == "1");
    CHECK(ground.database.ask("SELECT reason FROM dead_letter") == "fake: an event that makes no sense");
    CHECK(ground.stream("lost_at IS NULL") == "t");
}

TEST_CASE("a lost line comes again where it was, with growing rests, and a poll heals the gap", "[intake][lines]") {
    Ground ground;
    Ear ear(ground.database, ground.clock);
    REQUIRE(ear.take());
    ear.step();
    ear.daemon.work();
    CHECK_FALSE(ground.feed_due());
    ear.lines.say("post=1 at=c1");
    ear.lines.lose();

    const auto again = ear.step();

    REQUIRE(again);
    CHECK(ground.posts() == "1"); // what came before the loss
    CHECK(ground.feed_due());
    CHECK(ground.stream("lost_reason") == "fake: fake.example: the other side ended the line");
    CHECK(*again >= ground.clock.now() + 1s);
    CHECK(ear.step() == again); // not sooner
    ear.lines.unreachable = true;
    Span longest{};
    for (int i = 0; i < 12; ++i) {
        ground.clock.time = *ear.step();
        const auto next = ear.step();
        REQUIRE(next);
        longest = std::max(longest, *next - ground.clock.now());
        CHECK(*next >= ground.clock.now() + 1s);
        CHECK(*next <= ground.clock.now() + 5min);
    }
    CHECK(longest > 10s);
    ear.lines.unreachable = false;
    ground.clock.time = *ear.step();
    ear.step();
    CHECK(ear.lines.requests.back().url == "wss://fake.example/?from=c1");
    CHECK(ground.stream("lost_at IS NULL") == "t");
}

TEST_CASE("a platform that asks to connect again is obeyed and has failed nothing", "[intake][lines]") {
    Ground ground;
    Ear ear(ground.database, ground.clock);
    REQUIRE(ear.take());
    ear.step();
    ear.lines.say("at=c1 bye");
    const auto again = ear.step();
    REQUIRE(again);
    CHECK(*again == ground.clock.now() + 1s);
    CHECK(ground.stream("cursor") == "c1");
    ground.clock.time = *again;
    ear.step();
    CHECK(ear.lines.opened() == 2);
}

TEST_CASE("a platform that says when to come again is obeyed, by its whole credential", "[intake][lines]") {
    Ground ground;
    Ear ear(ground.database, ground.clock);
    REQUIRE(ear.take());
    ear.lines.refusal = HttpAnswer{429, {{"Retry-After", "120"}}, ""};
    const auto again = ear.step();
    CHECK(again == ground.clock.now() + 120s);
    CHECK(ground.database.ask("SELECT blocked_until = $1 FROM credential", {ground.clock.now() + 120s}) == "t");
    ear.daemon.work();
    CHECK(ear.platform.polled.empty());
}

TEST_CASE("a credential that died on the line is buried for the polls too, and people are told", "[intake][lines]") {
    Ground ground;
    Ear ear(ground.database, ground.clock);
    ear.daemon.config.brands[0].playbook.service = {"log"};
    REQUIRE(ear.take());
    SECTION("as it was opened") { ear.lines.refusal = HttpAnswer{401, {}, ""}; }
    SECTION("as it was asked for") { ear.platform.line_outcome = {Ending::reauth, "fake: revoked", {}, true}; }
    SECTION("while it was open") {
        ear.step();
        ear.lines.say("revoked");
    }
    REQUIRE(ear.step());
    CHECK(ground.database.ask("SELECT dead_since IS NOT NULL FROM credential") == "t");
    CHECK(ground.database.ask("SELECT count(*) FROM alert") == "1");
    ear.daemon.work();
    CHECK(ear.platform.polled.empty());
    ground.clock.time += 2min;
    const auto opened = ear.lines.opened();
    ear.step();
    CHECK(ear.lines.opened() == opened);
}

TEST_CASE("a loss that lasts is told once", "[intake][lines]") {
    Ground ground;
    Ear ear(ground.database, ground.clock);
    ear.daemon.config.brands[0].playbook.service = {"log"};
    REQUIRE(ear.take());
    ear.lines.unreachable = true;
    const auto began = ground.clock.now();
    while (ground.clock.now() < began + 3h) {
        const auto next = ear.step();
        REQUIRE(next);
        ground.clock.time = std::max(*next, ground.clock.time + 1s);
    }
    CHECK(ground.database.ask("SELECT count(*) FROM alert") == "1");
    std::vector<store::SourceReport> reports;
    ground.database.pool().with([&](store::Transaction& transaction) { reports = store::source_reports(transaction, {ear.source().brand_id}, ground.clock.now()); });
    REQUIRE(reports.size() == 1);
    CHECK(reports[0].notes == std::vector<std::string>{"live is not heard live since 2026-04-05T12:00:00Z: fake: fake.example: no route"});
    CHECK(reports[0].coverage.size() == 1);
}

TEST_CASE("a line that is lost again and again is told once a day with its number, and rests ever longer", "[intake][lines]") {
    Ground ground;
    Ear ear(ground.database, ground.clock);
    ear.daemon.config.brands[0].playbook.service = {"desk"};
    const auto told = [&] {
        return ground.database.ask("SELECT coalesce(string_agg(body->>'losses', ' ' ORDER BY alert_id), '') FROM alert WHERE body->>'code' = 'line_flaps'");
    };
    REQUIRE(ear.take());
    const auto open_for = [&](Span life) {
        if (const auto next = ear.step()) ground.clock.time = std::max(ground.clock.now(), *next);
        ear.step();
        ground.clock.time += life;
        ear.lines.lose();
        const auto lost_at = ground.clock.now();
        const auto again = *ear.step();
        return again - lost_at;
    };

    Span longest{};
    for (int i = 0; i < 4; ++i) longest = std::max(longest, open_for(61s)); // as long as a good one
    CHECK(longest == 1s);
    CHECK(told().empty());
    open_for(61s);
    CHECK(told() == "5");
    for (int i = 0; i < 12; ++i) longest = std::max(longest, open_for(61s));
    CHECK(longest > 10s);
    CHECK(longest <= 5min);
    CHECK(told() == "5");
    CHECK(ground.stream("lost_told_at IS NULL") == "t"); // it was never lost for long
    std::vector<std::string> notes;
    ear.daemon.store->pool().with([&](store::Transaction& transaction) {
        notes = store::source_reports(transaction, {ear.source().brand_id}, ground.clock.now()).at(0).notes;
    });
    REQUIRE(notes.size() == 2); // lost now, and how often
    CHECK(notes[1] == "live was lost 17 times on 2026-04-05 after it was open, the last time: fake: fake.example: the other side ended the line");

    SECTION("whoever takes it over goes on counting") {
        ear.listener->let_go();
        CHECK(ear.claim()->recent_losses.size() == 5);
    }
    SECTION("a line that held for ten minutes is a good one again") {
        CHECK(open_for(11min) == 1s);
    }
    SECTION("the next day it is told again") {
        ground.clock.time = *parse_time("2026-04-06T08:00:00Z");
        for (int i = 0; i < 6; ++i) open_for(1s);
        CHECK(told() == "5 5");
    }
}

TEST_CASE("a stream that the platform does not have any more is retired", "[intake][lines]") {
    Ground ground;
    Ear ear(ground.database, ground.clock);
    REQUIRE(ear.take());
    ear.platform.line_outcome = {Ending::gone, "fake: no such stream", {}, false};
    CHECK_FALSE(ear.step());
    CHECK(ground.database.ask("SELECT count(*) FROM stream WHERE live") == "0");
}

TEST_CASE("a session that is opened for a line is kept", "[intake][lines]") {
    Ground ground;
    Ear ear(ground.database, ground.clock);
    ear.platform.sessions = true;
    REQUIRE(ear.take());
    REQUIRE(ear.step());
    CHECK(ear.lines.opened() == 1);
    CHECK(ground.database.ask("SELECT sealed_session IS NOT NULL FROM credential") == "t");
    CHECK(ground.database.ask("SELECT lease_until IS NULL FROM source") == "t");
}

TEST_CASE("a line waits while its source is being polled", "[intake][lines]") {
    Ground ground;
    Ear ear(ground.database, ground.clock), other(ground.database, ground.clock);
    REQUIRE(ear.take());
    std::optional<Time> next;
    other.platform.on_poll = [&] {
        next = ear.step();
        return page({});
    };
    other.daemon.work();
    REQUIRE(next);
    CHECK(*next > ground.clock.now());
    CHECK(ear.lines.opened() == 0);
    ground.clock.time = *next;
    ear.step();
    CHECK(ear.lines.opened() == 1);
}

TEST_CASE("a line is held by one daemon and taken over within ten seconds when that one dies", "[intake][lines]") {
    Ground ground;
    Ear dead(ground.database, ground.clock), heir(ground.database, ground.clock);
    REQUIRE(dead.take());
    dead.step();
    dead.lines.say("post=1 at=c1");
    dead.step();
    CHECK_FALSE(heir.take());
    ground.clock.time += 7s;
    dead.daemon.store->pool().with([&](store::Transaction& transaction) { store::extend_leases(transaction, {dead.listener->line_lease()}); });
    ground.clock.time += 7s;
    CHECK_FALSE(heir.take());
    heir.daemon.work();
    CHECK_FALSE(ground.feed_due());
    ground.clock.time += 2s;

    REQUIRE(heir.take());

    CHECK(ground.feed_due()); // nobody listened meanwhile
    heir.step();
    CHECK(heir.lines.requests.back().url == "wss://fake.example/?from=c1");
    heir.lines.say("post=2 at=c2");
    heir.step();
    // It was only slow: what it heard is left to the heir.
    dead.lines.say("post=3 at=c3");
    CHECK_FALSE(dead.step());
    CHECK(ground.posts() == "1 2");
    CHECK(ground.stream("cursor") == "c2");
}

TEST_CASE("while the database fails nothing more is read, and nothing that was read is lost", "[intake][lines]") {
    Ground ground;
    Ear ear(ground.database, ground.clock);
    REQUIRE(ear.take());
    ear.step();
    ground.database.ask("ALTER TABLE triage_queue RENAME TO away");
    ear.lines.say("post=1 at=c1");
    CHECK_THROWS_AS(ear.step(), store::DatabaseError);
    for (int i = 2; i < 9; ++i) ear.lines.say("post=" + std::to_string(i));
    CHECK_THROWS_AS(ear.step(), store::DatabaseError);
    CHECK(ear.lines.unread() == 7);
    ground.database.ask("ALTER TABLE away RENAME TO triage_queue");
    ear.step();
    CHECK(ground.posts() == "1 2 3 4 5 6 7 8");
    CHECK(ground.stream("cursor") == "c1");
}

TEST_CASE("what could not be written of a line's loss and opening is written when the database is back", "[intake][lines]") {
    Ground ground;
    Ear ear(ground.database, ground.clock);
    REQUIRE(ear.take());
    const auto away = [&](bool yes) {
        ground.database.ask(yes ? "ALTER TABLE stream RENAME TO hidden" : "ALTER TABLE hidden RENAME TO stream");
        ear.daemon.store->pool().rest();
    };
    ear.step();
    ear.daemon.work();
    ear.lines.lose();
    away(true);
    CHECK_THROWS_AS(ear.step(), store::DatabaseError);
    away(false);
    const auto again = ear.step();
    REQUIRE(again);
    CHECK(ground.feed_due());
    CHECK(ground.stream("losses") == "1");
    CHECK(ear.step() == again);
}

TEST_CASE("a clock that goes back an hour makes no rest of a line longer and keeps nothing unsaved", "[intake][lines]") {
    Ground ground;
    Ear ear(ground.database, ground.clock);
    REQUIRE(ear.take());
    ear.step();
    ear.lines.say("post=1 at=c1");
    ear.step();
    ground.clock.time -= 1h;
    ear.lines.say("at=c2");
    ear.step();
    CHECK(ground.stream("cursor") == "c2");
    ear.lines.lose();
    const auto again = *ear.step();
    ground.clock.time -= 1h;
    CHECK(*ear.step() == again - 1h);
}

TEST_CASE("whatever a line throws is a loss with a rest", "[intake][lines]") {
    Ground ground;
    Ear ear(ground.database, ground.clock);
    REQUIRE(ear.take());
    ear.lines.strange = true;
    const auto again = ear.step();
    REQUIRE(again);
    CHECK(*again > ground.clock.now());
    CHECK(ground.stream("lost_reason") == "fake: the answer made no sense");
}

TEST_CASE("a batch has an end, however fast a platform talks", "[intake][lines]") {
    Ground ground;
    Ear ear(ground.database, ground.clock);
    REQUIRE(ear.take());
    ear.step();
    for (int i = 0; i < 450; ++i) ear.lines.say("post=" + std::to_string(i));
    ear.step();
    CHECK(ear.lines.unread() == 250);
    ear.step();
    ear.step();
    CHECK(ground.database.ask("SELECT count(*) FROM post") == "450");
}

TEST_CASE("an author's name that came later is filled in and the post is looked at again", "[intake][lines]") {
    Ground ground;
    Ear ear(ground.database, ground.clock);
    REQUIRE(ear.take());
    ear.step();
    ear.lines.say("post=1 ring");
    ear.step();
    ear.platform.on_poll = [] {
        auto named = post("1");
        named.author.handle = "ania.example";
        named.author.followers = 7;
        return page({named});
    };
    for (int i = 0; i < 2; ++i) {
        ear.daemon.work();
        ground.clock.time += 2min;
    }
    CHECK(ground.database.ask("SELECT author_handle || author_followers FROM post") == "ania.example7");
    CHECK(ground.database.ask("SELECT string_agg(cause, ' ' ORDER BY queue_id) FROM triage_queue") == "new author");
}

TEST_CASE("the daemon takes every free line, keeps it alive and lets it go when it stops", "[intake][lines]") {
    Ground ground;
    Ear one(ground.database, ground.clock), two(ground.database, ground.clock);
    one.lines.patient = two.lines.patient = true;
    intake::Live live(*one.daemon.store, ground.clock, *one.daemon.watch, one.lines), other(*two.daemon.store, ground.clock, *two.daemon.watch, two.lines);
    CHECK(live.tick(ground.clock.now()));
    CHECK_FALSE(other.tick(ground.clock.now()));
    one.lines.say("post=1 at=c1");
    CHECK(eventually([&] { return ground.posts() == "1"; }));
    live.heartbeat();

    live.stop();

    CHECK(live.held() == 0);
    CHECK(ground.stream("holder IS NULL") == "t");
    CHECK(other.tick(ground.clock.now()));
    two.lines.say("post=2 at=c2");
    CHECK(eventually([&] { return ground.posts() == "1 2"; }));
    two.lines.lose();
    CHECK(eventually([&] { return ground.stream("lost_at IS NOT NULL") == "t"; }));
}
