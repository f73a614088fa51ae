#pragma once

#include "core/time.h"

#include <cstdint>
#include <random>
#include <string>
#include <vector>

/// What will go wrong, and when: made of a seed before the soak begins.
namespace larum::soak {

using Random = std::mt19937_64;

/// A number of [from, to).
double between(Random& random, double from, double to);
bool chance(Random& random, double share);

enum class Ill {
    unavailable, ///< every call to the page's platform ends in 503
    reset,       ///< or in a connection that breaks
    throttled,   ///< or in the platform's own code for too many calls
    token,       ///< the token is refused
    rough,       ///< a quarter of the calls fails, each in another way
    deaf,        ///< webhooks are lost
    feed_away,   ///< the feed's host fails
    asleep,      ///< no daemon runs
    pair,        ///< two daemons run: nothing is ill, but all is harder
    feed_flood,  ///< the feed's host fails, and what the feed shows at the end leaves no room for what it showed before
    forum_away,  ///< the forum fails, and nothing else does
    forum_deaf,  ///< its webhooks are lost, and no others
    flood,       ///< more is written at once than one walk may read, while the platform cannot be reached
};

struct Trouble {
    Ill ill{};
    Time from{};
    Time to{};
    int code = 0;    ///< of a throttle or token
    int minutes = 0; ///< that a throttle asks to wait
    std::string name() const;
};

/// A daemon is killed at this step: when it has sent so many calls, or so long after it was told to work.
struct Kill {
    Time at{};
    int calls = -1;  ///< -1: by time
    Span after{};
    bool answered = false; ///< the call was answered, the answer not yet read
    bool among_webhooks = false;
};

struct Plan {
    std::uint64_t seed = 0;
    Time start{};
    Time calm{}; ///< nothing is ill from then on
    Time end{};
    Span step{};
    std::vector<Trouble> troubles;
    std::vector<Kill> kills;
};

Plan make_plan(double hours, int kills, std::uint64_t seed);

} // namespace larum::soak
