#pragma once

#include "daemon/review/review.h"
#include "daemon/store/installation_key.h"
#include "support/database.h"
#include "support/review_story.h"

#include <atomic>

namespace larum::test {

/// A clock that tests turn on.
class TurnedClock final : public Clock {
public:
    explicit TurnedClock(Time now) : now_(now) {}
    Time now() const override { return now_; }
    void turn(Span by) { now_ = now_.load() + by; }

private:
    std::atomic<Time> now_;
};

/// The review page over a fresh database that holds the story, on a free port.
class ReviewHouse {
public:
    explicit ReviewHouse(Time now = *parse_time("2026-04-07T14:20:00Z"), int connections = 256);
    ~ReviewHouse();

    int port() const { return server.port(); }

    TestDatabase database;
    TurnedClock clock;
    IdMaker ids;
    ReviewStory story;
    std::shared_ptr<config::Config> config;
    store::InstallationKey key{std::string(32, 'k')};
    review::Review review;
    web::Server server;
};

} // namespace larum::test
