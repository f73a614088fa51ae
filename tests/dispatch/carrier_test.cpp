#include "dispatch/office.h"
#include "support/catch.h"

using namespace larum;
using namespace larum::test;
using namespace std::chrono_literals;
using alerts::Outcome;

namespace {

std::string text_of(const FakeChat::Sent& sent) { return alerts::plain_text(sent.message); }
bool holds(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

const char* alert_states = "SELECT coalesce(string_agg(channel || ' ' || state, ', ' ORDER BY alert_id), '') FROM alert WHERE kind = 'alert'";

} // namespace

TEST_CASE("an urgent post reaches the desk at once, with its sentence and a link", "[dispatch][carrier]") {
    Office office;

    office.raise(Urgency::urgent, "a1");
    office.settle();

    REQUIRE(office.chat("desk").sent.size() == 1);
    const auto text = text_of(office.chat("desk").sent.at(0));
    CHECK(holds(text, "URGENT · the author tells of 3 attempts"));
    CHECK(holds(text, "Third week, still no answer."));
    CHECK(holds(text, "https://larum.example/post/acme/100?do=mine"));
    CHECK(office.chat("desk").sent.at(0).message.lines.size() <= 7);
    CHECK(office.ask("SELECT outcome FROM delivery") == "delivered");
}

TEST_CASE("nobody takes it: after fifteen minutes the next step is called, then it is spent", "[dispatch][carrier]") {
    Office office;
    office.raise(Urgency::urgent, "a1");

    office.advance(14min);
    CHECK(office.chat("lead").sent.empty());
    office.advance(2min);
    CHECK(office.chat("lead").sent.size() == 1);
    CHECK(office.chat("desk").sent.size() == 1);

    office.advance(25h);
    CHECK(office.ask("SELECT state FROM escalation") == "spent");
    CHECK(office.chat("desk").sent.size() == 1);
    CHECK(holds(text_of(office.chat("desk").sent.at(0)), "Nobody has taken it"));
}

TEST_CASE("an acknowledged escalation sends nothing more, and its message says so", "[dispatch][carrier]") {
    Office office;
    office.raise(Urgency::urgent, "a1");
    office.settle();

    office.run("UPDATE escalation SET state = 'acknowledged', next_at = NULL, revision = revision + 1");
    office.advance(2h);

    CHECK(office.chat("lead").sent.empty());
    REQUIRE(office.chat("desk").sent.size() == 1);
    CHECK(holds(text_of(office.chat("desk").sent.at(0)), "✓ Taken"));
    CHECK(office.chat("desk").sent.at(0).edits == 1);
}

TEST_CASE("the brand's own public reply stops the timer and is shown", "[dispatch][carrier]") {
    Office office;
    office.raise(Urgency::urgent, "a1");
    office.settle();

    office.clock.at += 2min;
    office.run("INSERT INTO post (brand_id, post_id, platform, realm, native_id, parent_native_id, kind, text, posted_at, first_seen_at, own) "
               "VALUES (1, 900, 'facebook', '', 'r', 'n100', 1, 'We are on it.', $1, $1, true)",
               {office.clock.at});
    office.advance(1h);

    CHECK(office.chat("lead").sent.empty());
    CHECK(office.ask("SELECT state FROM escalation") == "open");
    CHECK(holds(text_of(office.chat("desk").sent.at(0)), "the brand answered"));
}

TEST_CASE("further posts about the same matter edit the message", "[dispatch][carrier]") {
    Office office;
    office.raise(Urgency::urgent, "a1");
    office.settle();

    office.clock.at += 1min;
    office.raise(Urgency::urgent, "a1", "And now it is broken as well.");
    office.advance(10s);

    REQUIRE(office.chat("desk").sent.size() == 1);
    CHECK(holds(text_of(office.chat("desk").sent.at(0)), "2 posts about it"));
    CHECK(holds(text_of(office.chat("desk").sent.at(0)), "broken as well"));
}

TEST_CASE("a deleted post turns its message into a stub, which never changes again", "[dispatch][carrier]") {
    Office office;
    office.raise(Urgency::urgent, "a1");
    office.settle();

    office.run("UPDATE post SET text = NULL, deleted_at = $1, author_name = NULL", {office.clock.at});
    office.advance(10s); // nobody told dispatch: it looks itself

    REQUIRE(office.chat("desk").sent.size() == 1);
    const auto text = text_of(office.chat("desk").sent.at(0));
    CHECK(holds(text, "The post is gone"));
    CHECK_FALSE(holds(text, "Third week"));
    CHECK_FALSE(holds(text, "Nowak"));
    const int calls = office.chat("desk").calls;
    office.run("UPDATE escalation SET revision = revision + 1");
    office.advance(5min);
    CHECK(office.chat("desk").calls == calls);
}

TEST_CASE("a post that is deleted before its alert is sent alerts nobody", "[dispatch][carrier]") {
    Office office;
    office.raise(Urgency::urgent, "a1");
    office.run("UPDATE post SET text = NULL, deleted_at = $1", {office.clock.at});

    office.settle();

    CHECK(office.chat("desk").sent.empty());
    CHECK(office.ask(alert_states) == "desk cancelled");
    CHECK(office.ask("SELECT reason FROM alert") == "the post is gone");
}

TEST_CASE("a channel that cannot edit says once, shortly, that a matter is settled", "[dispatch][carrier]") {
    Office office;
    office.chat("desk").edits = false;
    office.start();
    office.raise(Urgency::urgent, "a1");
    office.settle();
    office.run("UPDATE escalation SET revision = revision + 1"); // reactions, say
    office.advance(10s);
    CHECK(office.chat("desk").sent.size() == 1);

    office.run("UPDATE escalation SET state = 'settled', next_at = NULL, revision = revision + 1");
    office.advance(10s);
    office.run("UPDATE escalation SET revision = revision + 1");
    office.advance(10s);

    REQUIRE(office.chat("desk").sent.size() == 2);
    CHECK(office.chat("desk").sent.at(1).message.lines.size() == 1);
    CHECK(holds(text_of(office.chat("desk").sent.at(1)), "settled"));
}

TEST_CASE("a chat that is down for an hour gets every alert once when it is back", "[dispatch][carrier]") {
    Office office;
    office.chat("desk").answer = [](const auto&, const auto&) { return Outcome::later("desk: could not be reached"); };
    office.raise(Urgency::urgent, "a1");
    office.raise(Urgency::urgent, "a2");

    office.advance(1h);
    CHECK(office.chat("desk").sent.empty());
    CHECK(office.chat("desk").calls < 150);
    CHECK(office.chat("lead").sent.size() == 2); // the next step is not held up

    office.chat("desk").answer = {};
    office.advance(6min);
    CHECK(office.chat("desk").sent.size() == 2);
    CHECK(office.ask("SELECT count(*) FROM alert WHERE state <> 'delivered'") == "0");
}

TEST_CASE("told to wait, the whole channel waits until then", "[dispatch][carrier]") {
    Office office;
    const auto until = office.clock.at + 90s;
    office.chat("desk").answer = [until](const auto&, const auto&) { return Outcome::later("desk: status 429", until); };
    office.raise(Urgency::urgent, "a1");
    office.raise(Urgency::urgent, "a2");

    office.settle();
    office.chat("desk").answer = {};
    office.advance(85s);
    CHECK(office.chat("desk").calls == 1);

    office.advance(10s);
    CHECK(office.chat("desk").sent.size() == 2);
}

TEST_CASE("refused, an alert goes to the next channel of its step and larum says so", "[dispatch][carrier]") {
    Office office;
    office.chat("desk").answer = [](const auto&, const auto&) { return Outcome::refused("slack: is_archived"); };
    office.raise(Urgency::urgent, "a1");

    office.settle();

    CHECK(office.chat("pager").sent.size() == 1);
    CHECK(office.ask(alert_states) == "desk refused, pager delivered");
    REQUIRE(office.chat("ops").sent.size() == 1);
    CHECK(holds(text_of(office.chat("ops").sent.at(0)), "is_archived"));
}

TEST_CASE("refused everywhere, an alert ends visibly", "[dispatch][carrier]") {
    Office office;
    for (const auto* name : {"desk", "pager"})
        office.chat(name).answer = [](const auto&, const auto&) { return Outcome::refused("no such room"); };
    office.raise(Urgency::urgent, "a1");

    office.settle();

    CHECK(office.ask(alert_states) == "desk refused, pager refused");
    CHECK(office.ask("SELECT count(*) FROM alert WHERE state = 'refused' AND reason = 'no such room'") == "2");
    CHECK(office.chat("ops").sent.size() == 2);
}

TEST_CASE("a channel that is not configured any more refuses", "[dispatch][carrier]") {
    Office office;
    office.raise(Urgency::urgent, "a1");
    office.channels.erase("desk");
    office.start();

    office.settle();

    CHECK(office.ask(alert_states) == "desk refused, pager delivered");
}

TEST_CASE("a crash while sending repeats the message once, marked", "[dispatch][carrier]") {
    Office office;
    office.raise(Urgency::urgent, "a1");
    // The process died after the message had left and before its outcome was written.
    office.chat("desk").answer = [](const auto&, const auto&) -> Outcome { throw std::runtime_error("killed"); };
    CHECK_THROWS(office.carrier->tick(office.clock.at));
    office.chat("desk").answer = {};
    office.start();

    office.settle();
    CHECK(office.chat("desk").sent.empty()); // the lease of the dead one still runs

    office.advance(10s);
    REQUIRE(office.chat("desk").sent.size() == 1);
    CHECK(office.chat("desk").sent.at(0).message.repeated);
    CHECK(holds(text_of(office.chat("desk").sent.at(0)), "a repeat"));
    CHECK(office.ask("SELECT count(*) FROM delivery WHERE outcome IS NULL") == "1");
}

TEST_CASE("two tries without outcome are not followed by a third: the next channel is", "[dispatch][carrier]") {
    Office office;
    office.chat("desk").answer = [](const auto&, const auto&) { return Outcome::unknown("desk: sent, but no answer came"); };
    office.raise(Urgency::urgent, "a1");

    office.advance(2min);

    CHECK(office.chat("desk").calls == 2);
    CHECK(office.ask(alert_states) == "desk refused, pager delivered");
}

TEST_CASE("where the other side drops repetitions a lost answer is simply tried again", "[dispatch][carrier]") {
    Office office;
    office.chat("desk").idempotent = true;
    int lost = 0;
    office.chat("desk").answer = [&](const auto&, const auto&) {
        return ++lost < 4 ? Outcome::unknown("no answer") : Outcome::delivered();
    };
    office.raise(Urgency::urgent, "a1");

    office.advance(5min);

    REQUIRE(office.chat("desk").sent.size() == 1);
    CHECK_FALSE(office.chat("desk").sent.at(0).message.repeated);
}

TEST_CASE("two carriers at once send an alert once", "[dispatch][carrier]") {
    Office office;
    for (int i = 0; i < 5; ++i) office.raise(Urgency::urgent, "a" + std::to_string(i));
    auto other = office.make_carrier();
    // The second one steps in the middle of every call of the first.
    bool inside = false;
    office.chat("desk").answer = [&](const auto&, const auto&) {
        if (!inside) {
            inside = true;
            other->tick(office.clock.at);
            inside = false;
        }
        return Outcome::delivered();
    };

    office.settle();

    CHECK(office.chat("desk").sent.size() == 5);
    CHECK(office.ask("SELECT count(*) FROM delivery") == "5");
}

TEST_CASE("who lost the lease cannot write the alert's end", "[dispatch][carrier]") {
    Office office;
    office.raise(Urgency::urgent, "a1");
    auto other = office.make_carrier();
    bool first = true;
    office.chat("desk").answer = [&](const auto&, const auto&) {
        if (first) {
            first = false;
            office.clock.at += 10s; // it hangs for longer than its lease
            other->tick(office.clock.at);
            return Outcome::later("too late");
        }
        return Outcome::delivered();
    };

    office.carrier->tick(office.clock.at);

    CHECK(office.ask("SELECT state FROM alert") == "delivered");
    CHECK(office.ask("SELECT string_agg(outcome, ' ' ORDER BY attempt) FROM delivery") == "later delivered");
}

TEST_CASE("a burst becomes one message that counts", "[dispatch][carrier]") {
    Office office;
    for (int i = 0; i < 9; ++i) {
        office.raise(Urgency::urgent, "a" + std::to_string(i));
        office.settle();
    }
    office.advance(15s);
    REQUIRE(office.chat("desk").sent.size() == 6);
    CHECK(holds(text_of(office.chat("desk").sent.back()), "+ 4 more urgent posts within 10 minutes"));

    office.raise(Urgency::urgent, "late one");
    office.advance(5s);

    CHECK(office.chat("desk").sent.size() == 6);
    CHECK(holds(text_of(office.chat("desk").sent.back()), "+ 5 more urgent posts"));
}

TEST_CASE("flags wait for the hour's digest, and only for working time", "[dispatch][carrier]") {
    Office office;
    office.raise(Urgency::flag, "a1");
    office.raise(Urgency::flag, "a2");

    office.advance(55min);
    CHECK(office.chat("desk").sent.empty());
    office.advance(10min);
    REQUIRE(office.chat("desk").sent.size() == 1);
    CHECK(holds(text_of(office.chat("desk").sent.at(0)), "To check: 2 posts"));
    CHECK(holds(text_of(office.chat("desk").sent.at(0)), "delivery 2"));

    office.clock.at = *parse_time("2026-04-17T20:00:00Z"); // Friday night
    office.raise(Urgency::flag, "a3");
    office.advance(24h);
    CHECK(office.chat("desk").sent.size() == 1);
    office.clock.at = *parse_time("2026-04-20T08:00:10Z");
    office.settle();
    CHECK(office.chat("desk").sent.size() == 2);
}

TEST_CASE("once a day a quiet line says that larum lives", "[dispatch][carrier]") {
    Office office;
    office.brand().quiet_line_at = "12:00";
    office.brand().mode.reset();
    office.raise(Urgency::urgent, "a1"); // in shadow

    office.advance(20h);

    REQUIRE(office.chat("ops").sent.size() == 1);
    CHECK(holds(text_of(office.chat("ops").sent.at(0)), "urgent, sources 0 of 0 · shadow mode: would have woken you 1 time"));
    CHECK(office.chat("desk").sent.empty());
}

TEST_CASE("the hour of a late quiet line goes on after midnight, and is the same day's", "[dispatch][carrier]") {
    Office office;
    office.brand().quiet_line_at = "23:30";
    const auto lines = [&] { return office.chat("ops").sent.size(); };
    const auto be_at = [&](const std::string& time) {
        office.clock.at = *parse_time("2026-04-" + time + ":00Z");
        office.settle();
    };

    be_at("14T23:29");
    CHECK(lines() == 0);
    be_at("15T00:15"); // nobody ran at half past eleven
    CHECK(lines() == 1);
    be_at("15T00:29");
    be_at("15T00:30");
    CHECK(lines() == 1);
    be_at("15T23:31");
    be_at("16T00:05");
    CHECK(lines() == 2);
}

TEST_CASE("a kill between every two steps loses nothing and repeats at most one marked message", "[dispatch][carrier]") {
    // Each round dies one call later; what was sent before stays sent.
    for (int fatal = 1; fatal <= 4; ++fatal) {
        Office office;
        int calls = 0;
        const auto deadly = [&](const auto&, const auto&) -> Outcome {
            if (++calls == fatal) throw std::runtime_error("killed");
            return Outcome::delivered();
        };
        for (const auto* name : {"desk", "lead"}) office.chat(name).answer = deadly;
        for (int i = 0; i < 3; ++i) office.raise(Urgency::urgent, "a" + std::to_string(i));
        for (int step = 0; step < 60; ++step) {
            try {
                office.carrier->tick(office.clock.at);
            } catch (const std::runtime_error&) {
            }
            office.clock.at += 2s;
            office.start();
        }
        CHECK(office.chat("desk").sent.size() == 3);
        int repeated = 0;
        for (const auto& one : office.chat("desk").sent) repeated += one.message.repeated;
        CHECK(repeated == (fatal <= 3 ? 1 : 0));
        CHECK(office.ask("SELECT count(*) FROM alert WHERE state <> 'delivered'") == "0");
    }
}
