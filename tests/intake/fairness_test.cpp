#include "intake/fakes.h"

using namespace larum;
using namespace larum::test;
using namespace std::chrono_literals;

namespace {

/// The times at which a connector was read.
struct Readings {
    std::map<std::string, std::vector<Time>> of;

    void note(Daemon& daemon, const std::string& name, Span takes, bool more) {
        daemon.connectors[name]->on_poll = [this, &daemon, name, takes, more](const auto&, auto&) {
            of[name].push_back(daemon.clock.now());
            daemon.clock.time += takes;
            return page({}, "c", more);
        };
    }
    Span longest_pause(const std::string& name, Time end) const {
        Span longest{};
        const auto& times = of.at(name);
        for (std::size_t i = 1; i < times.size(); ++i) longest = std::max<Span>(longest, times[i] - times[i - 1]);
        return std::max<Span>(longest, end - times.back());
    }
};

} // namespace

TEST_CASE("a source that always has more does not starve fifty others", "[intake][fairness]") {
    TestDatabase database;
    SettableClock clock;
    std::vector<std::string> names = {"flood"};
    for (int i = 0; i < 50; ++i) names.push_back("quiet " + std::to_string(i));
    Daemon daemon(database, clock, names);
    daemon.kind.calls_per_second = 100;
    daemon.kind.burst = 1000;
    Readings readings;
    for (auto& one : daemon.watched) {
        one.credential = one.name;
        readings.note(daemon, one.name, 100ms, one.name == "flood");
    }

    const auto end = clock.time + 150s;
    while (clock.time < end)
        if (!daemon.scheduler().tick(clock.now())) clock.time += 100ms;

    CHECK(readings.of["flood"].size() > 500);
    for (const auto& name : names) {
        INFO(name);
        CHECK(readings.longest_pause(name, end) < 70s); // of an interval of 60 s, give or take a tenth
    }
}

TEST_CASE("a brand whose platforms are slow does not starve another", "[intake][fairness]") {
    TestDatabase database;
    SettableClock clock;
    std::vector<std::string> names = {"quick"};
    for (int i = 0; i < 20; ++i) names.push_back("slow " + std::to_string(i));
    Daemon daemon(database, clock, names);
    daemon.config.brands.push_back(daemon.config.brands[0]);
    daemon.config.brands[1].name = "patient";
    Readings readings;
    for (auto& one : daemon.watched) {
        one.credential = one.name;
        const bool slow = one.name != "quick";
        if (slow) one.brand_id = daemon.store->brand("patient");
        one.brand = &daemon.config.brands[slow ? 1 : 0];
        readings.note(daemon, one.name, slow ? Span(5s) : Span(50ms), false);
    }

    const auto end = clock.time + 20min;
    while (clock.time < end)
        if (!daemon.scheduler().tick(clock.now())) clock.time += 100ms;

    // Twenty calls of five seconds do not fit into a minute; the other brand waits for two of them at most.
    CHECK(readings.longest_pause("quick", end) < 80s);
    for (const auto& name : names) {
        INFO(name);
        CHECK(readings.longest_pause(name, end) < 3min); // and among the slow all get their turn
    }
}

TEST_CASE("sources that share a budget take turns", "[intake][fairness]") {
    TestDatabase database;
    SettableClock clock;
    std::vector<std::string> names;
    for (int i = 0; i < 30; ++i) names.push_back("wall " + std::to_string(i));
    Daemon daemon(database, clock, names, "one key");
    daemon.kind.calls_per_second = 0.25;
    daemon.kind.burst = 1;
    Readings readings;
    for (const auto& name : names) readings.note(daemon, name, 10ms, false);

    const auto end = clock.time + 10min;
    while (clock.time < end)
        if (!daemon.scheduler().tick(clock.now())) clock.time += 500ms;

    for (const auto& name : names) {
        INFO(name);
        CHECK(readings.of[name].size() >= 4); // 150 calls for 30 sources
        CHECK(readings.longest_pause(name, end) < 150s);
    }
}
