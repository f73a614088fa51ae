// One budget of a day for what is asked and for what comes unasked, whichever daemon asks or hears.
#include "daemon/store/source_report.h"
#include "intake/listening.h"
#include "intake/talking.h"

using namespace larum;
using namespace larum::test;
using namespace std::chrono_literals;
using connectors::Ending;

namespace {

const Time midnight = *parse_time("2026-04-06T00:00:00Z");

double unasked(TestDatabase& database) { return std::stod(database.ask("SELECT unasked_today FROM credential")); }

/// Takes five cents for each post that comes unasked, and may cost a dollar a day.
struct Priced final : connectors::Connector {
    std::vector<connectors::StreamChange> streams() const override { return {{"feed", false, {}, {}}, {"live", false, {}, {}, true}}; }
    connectors::PollResult poll(const connectors::Stream&, connectors::Call& call) override {
        told.push_back(call.unasked);
        connectors::PollResult result;
        result.page.spending = {asked, 1.0};
        return result;
    }
    connectors::Probe probe(connectors::Call&) override { return {}; }
    LineResult line(const connectors::Stream&, connectors::Call&) override {
        LineResult result;
        result.line.url = "wss://fake.example/";
        return result;
    }
    connectors::Heard hear(const connectors::Stream&, const connectors::LineEvent& event, Time) const override {
        connectors::Heard heard;
        heard.page.billed.posts = std::stoi(std::string(event.data));
        return heard;
    }
    double cost_of(const connectors::Billed& billed) const override { return 0.05 * static_cast<double>(billed.posts); }
    connectors::Outcome afford(double today, Time now) const override {
        if (today + 0.05 <= 1.0) return {};
        return {Ending::later, "fake: the day's money is used up", std::chrono::ceil<std::chrono::days>(now), true, true};
    }
    std::string account() const override { return "page1"; }

    double asked = 0;
    std::vector<double> told;
};

/// Two daemons on one database, with one source and its credential.
struct Two {
    Two() {
        for (auto* daemon : {&first, &second}) {
            daemon->watched[0].connector = &platform;
            daemon->config.brands[0].playbook.service = {"log"};
            daemon->scheduler();
        }
        ear = std::make_unique<LineInHand>(first, lines);
    }
    double spent() {
        std::vector<store::SourceReport> reports;
        first.store->pool().with([&](store::Transaction& transaction) {
            reports = store::source_reports(transaction, {first.store->brand("acme")}, clock.now());
        });
        return reports.at(0).spent.value_or(-1);
    }

    TestDatabase database;
    SettableClock clock;
    Priced platform;
    FakeLines lines;
    Daemon first{database, clock}, second{database, clock};
    std::unique_ptr<LineInHand> ear;
};

} // namespace

TEST_CASE("what one daemon hears over a line is told to the other's polls, and shown", "[intake][lines][money]") {
    Two two;
    two.platform.asked = 0.2;
    REQUIRE(two.ear->take());
    two.ear->step();
    two.second.work();
    for (const auto* posts : {"1", "2"}) two.lines.say(posts);

    two.ear->step();

    CHECK(unasked(two.database) == Approx(0.15));
    two.clock.time += 2min;
    two.second.scheduler().wake();
    two.second.work();
    REQUIRE(two.platform.told.size() == 2);
    CHECK(two.platform.told[0] == 0);
    CHECK(two.platform.told[1] == Approx(0.15));
    CHECK(two.spent() == Approx(0.35));
}

TEST_CASE("a line that used up the day's money rests with all polls until the next day, and people are told once", "[intake][lines][money]") {
    Two two;
    two.platform.asked = 0.5;
    REQUIRE(two.ear->take());
    two.ear->step();
    two.second.work();
    two.lines.say("11"); // 0.50 were asked for, 0.55 are heard

    const auto again = two.ear->step();

    CHECK(again == midnight);
    CHECK(two.database.ask("SELECT blocked_until = $1 FROM credential", {midnight}) == "t");
    CHECK(two.database.ask("SELECT count(*) FROM alert") == "1");
    two.clock.time += 1h;
    two.ear->step();
    for (auto* daemon : {&two.first, &two.second}) {
        daemon->scheduler().wake();
        daemon->work();
    }
    CHECK(two.lines.opened() == 1);
    CHECK(two.platform.told.size() == 1);
    CHECK(two.database.ask("SELECT count(*) FROM alert") == "1");

    two.clock.time = midnight + 1s;
    two.platform.asked = 0;
    two.second.scheduler().wake();
    two.second.work();
    two.ear->step();
    CHECK(two.platform.told.back() == 0); // a new day
    CHECK(two.lines.opened() == 2);
    CHECK(two.spent() == 0);
}

TEST_CASE("webhooks past the day's money are taken, counted and told, and the polls rest", "[intake][hooks][money]") {
    Listening web;
    Priced platform;
    web.daemon.config.brands[0].playbook.service = {"log"};
    web.listen_to(platform, {"wall"});
    web.receiver->billed = 1;
    web.daemon.work();
    std::string posts;
    for (int i = 0; i < 25; ++i) posts += (i == 0 ? "page1=" : " page1=") + std::to_string(i);
    web.send(posts);
    web.split();
    web.send("page1=100");
    web.split();

    CHECK(web.database.ask("SELECT count(*) FROM post") == "26");
    CHECK(unasked(web.database) == Approx(1.3));
    CHECK(web.database.ask("SELECT count(*) FROM alert") == "1");
    web.clock.time += 1h;
    web.daemon.scheduler().wake();
    web.daemon.work();
    CHECK(platform.told.size() == 1);
}

TEST_CASE("a webhook for two sources of one credential is paid once", "[intake][hooks][money]") {
    Listening web;
    Priced platform;
    web.listen_to(platform, {"wall", "other"});
    web.receiver->billed = 1;
    web.send("page1=1 page1=2");
    web.split();
    CHECK(unasked(web.database) == Approx(0.1));
    CHECK(web.database.ask("SELECT count(*) FROM post_seen") == "4");
}
