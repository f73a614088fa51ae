#pragma once

#include "core/error.h"
#include "daemon/intake/pace.h"
#include "daemon/intake/scheduler.h"
#include "support/catch.h"
#include "support/database.h"

#include <atomic>
#include <deque>
#include <functional>

/// A scheduler on a real database with platforms that do what a test says.
namespace larum::test {

/// A time that a test moves while threads of the daemon read it.
class Moment {
public:
    operator Time() const { return time_; }
    void operator=(Time time) { time_ = time; }
    void operator+=(Span span) { time_ = time_.load() + span; }
    void operator-=(Span span) { time_ = time_.load() - span; }
    friend Time operator+(const Moment& moment, Span span) { return Time(moment) + span; }
    friend Time operator-(const Moment& moment, Span span) { return Time(moment) - span; }
    friend Span operator-(const Moment& moment, Time other) { return Time(moment) - other; }
    friend bool operator<(const Moment& moment, Time other) { return Time(moment) < other; }

private:
    std::atomic<Time> time_ = *parse_time("2026-04-05T12:00:00Z");
};

class SettableClock final : public Clock {
public:
    Time now() const override { return time; }
    Moment time;
};

/// A connector whose answers stand in a queue; when it is empty the last is repeated without posts.
class FakeConnector final : public connectors::Connector {
public:
    std::vector<connectors::StreamChange> streams() const override { return first_streams; }
    connectors::PollResult poll(const connectors::Stream& stream, connectors::Call& call) override {
        polled.push_back(stream);
        return on_poll ? on_poll(stream, call) : connectors::PollResult{};
    }
    std::size_t recheck_most() const override { return on_recheck ? 25 : 0; }
    connectors::RecheckResult recheck(std::span<const Post> known, connectors::Call&) override { return on_recheck(known); }
    connectors::Probe probe(connectors::Call&) override {
        ++probes;
        return probe_answer;
    }

    std::vector<connectors::StreamChange> first_streams = {{"feed", false, {}, {}}};
    std::function<connectors::PollResult(const connectors::Stream&, connectors::Call&)> on_poll;
    std::function<connectors::RecheckResult(std::span<const Post>)> on_recheck;
    connectors::Probe probe_answer;
    int probes = 0;
    std::vector<connectors::Stream> polled;
};

inline Post post(const std::string& id, const std::string& text = "nie działa", const std::string& at = "2026-04-05T11:59:00Z") {
    Post one;
    one.platform = "fake";
    one.id = id;
    one.text = text;
    one.author.id = "a" + id;
    one.posted_at = *parse_time(at);
    return one;
}

inline connectors::PollResult page(std::vector<Post> posts, const std::string& cursor = {}, bool more = false) {
    connectors::PollResult result;
    result.page.posts = std::move(posts);
    if (!cursor.empty()) result.page.cursor = cursor;
    result.page.more = more;
    return result;
}

/// One process: its own store, scheduler and connectors over a shared database and clock.
struct Daemon {
    Daemon(TestDatabase& database, SettableClock& given, std::vector<std::string> names = {"wall"}, std::string credential = "key-1")
        : clock(given) {
        kind.name = "fake";
        kind.calls_per_second = 1;
        kind.burst = 20;
        config = database.config();
        config.brands.resize(1);
        config.brands[0].name = "acme";
        store = store::open_store(config, clock);
        store->pool().follow(clock);
        for (const auto& name : names) {
            connectors[name] = std::make_unique<FakeConnector>();
            intake::Watched one;
            one.brand_id = store->brand("acme");
            one.name = name;
            one.brand = &config.brands[0];
            one.kind = &kind;
            one.connector = connectors[name].get();
            one.credential = credential;
            one.interval = std::chrono::seconds{60};
            watched.push_back(one);
        }
    }
    intake::Scheduler& scheduler() {
        if (!made) {
            watch = std::make_unique<intake::Watch>(*store, watched, clock.now());
            made = std::make_unique<intake::Scheduler>(*store, clock, *watch);
        }
        return *made;
    }
    FakeConnector& wall() { return *connectors.begin()->second; }
    /// Works until there is nothing to do at this time.
    void work() {
        for (int i = 0; i < 100 && scheduler().tick(clock.now()); ++i) {}
    }

    SettableClock& clock;
    connectors::Kind kind;
    config::Config config;
    std::unique_ptr<store::Store> store;
    std::map<std::string, std::unique_ptr<FakeConnector>> connectors;
    std::vector<intake::Watched> watched;
    std::unique_ptr<intake::Watch> watch;
    std::unique_ptr<intake::Scheduler> made;
};

} // namespace larum::test
