#include "daemon/intake/silence.h"

#include "daemon/intake/upkeep.h"
#include "intake/fakes.h"

using namespace larum;
using namespace larum::test;
using namespace std::chrono_literals;

namespace {

const std::string zone = "Europe/Warsaw";

/// Four weeks with three posts in each hour from nine to five on weekdays, none else, from a Monday on.
intake::Hours office_weeks() {
    intake::Hours hours;
    hours.first = *parse_time("2026-02-02T00:00:00Z");
    hours.last = hours.first + 24h * 28;
    for (auto hour = hours.first; hour < hours.last; hour += 1h) {
        const auto local = local_time(hour, zone);
        if (local.weekday <= 5 && local.hour >= 9 && local.hour < 17) hours.posts[hour] = 3;
    }
    return hours;
}

double chance_from(const std::string& since, const std::string& now) {
    return intake::chance_of_silence(office_weeks(), *parse_time(since), *parse_time(now), zone);
}

} // namespace

TEST_CASE("a silent night says nothing, a silent morning does", "[intake][silence]") {
    CHECK(chance_from("2026-03-02T16:30:00Z", "2026-03-03T06:30:00Z") > intake::silence_unlikely);
    CHECK(chance_from("2026-03-02T16:30:00Z", "2026-03-03T15:30:00Z") < intake::silence_unlikely);
    CHECK(chance_from("2026-03-06T16:30:00Z", "2026-03-08T20:00:00Z") > intake::silence_unlikely); // a weekend
    CHECK(chance_from("2026-03-03T10:00:00Z", "2026-03-03T10:30:00Z") > intake::silence_unlikely);
}

TEST_CASE("the longer it is silent, the less likely", "[intake][silence]") {
    double last = 1;
    for (int hour = 9; hour < 16; ++hour) {
        const auto chance = chance_from("2026-03-03T08:00:00Z", "2026-03-03T" + std::string(hour < 10 ? "0" : "") + std::to_string(hour) + ":00:00Z");
        CHECK(chance < last);
        last = chance;
    }
}

TEST_CASE("a source that is known for less than a week, or brought nothing, is never called silent", "[intake][silence]") {
    auto hours = office_weeks();
    hours.last = hours.first + 24h * 6;
    CHECK(intake::chance_of_silence(hours, hours.last, hours.last + 24h * 3, zone) == 1);
    const intake::Hours none{hours.first, hours.first + 24h * 28, {}};
    CHECK(intake::chance_of_silence(none, none.last, none.last + 24h * 30, zone) > intake::silence_unlikely);
    CHECK(intake::chance_of_silence(office_weeks(), hours.first, hours.first, zone) == 1);
}

TEST_CASE("a source that is read and silent against its habit is told once, until something comes", "[intake][silence]") {
    TestDatabase database;
    SettableClock clock;
    clock.time = *parse_time("2026-03-02T16:30:00Z");
    Daemon daemon(database, clock);
    daemon.config.brands[0].zone = zone;
    daemon.config.brands[0].playbook.service = {"desk"};
    std::vector<Post> next = {post("1", "x", "2026-03-02T15:59:00Z")};
    daemon.wall().on_poll = [&](const auto&, auto&) { return page(std::exchange(next, {})); };
    daemon.work();
    for (const auto& [hour, posts] : office_weeks().posts)
        database.ask("INSERT INTO source_hour SELECT brand_id, source_id, $1, $2 FROM source ON CONFLICT DO NOTHING RETURNING 1", {hour, posts});
    intake::Upkeep upkeep(*daemon.store, *daemon.watch);
    const auto told = [&] { return database.ask("SELECT count(*) FROM alert WHERE body->>'code' = 'source_quiet'"); };
    const auto watch_until = [&](const std::string& end) {
        for (; clock.time < *parse_time(end); clock.time += 20min) {
            daemon.work();
            upkeep.tick(clock.time);
        }
    };

    watch_until("2026-03-03T07:00:00Z");
    CHECK(told() == "0");
    watch_until("2026-03-03T18:00:00Z");
    CHECK(told() == "1");
    next = {post("2", "x", "2026-03-03T17:59:00Z")};
    watch_until("2026-03-04T18:00:00Z");
    CHECK(told() == "2");
}
