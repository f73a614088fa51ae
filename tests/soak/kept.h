#pragma once

#include "soak/soak.h"

namespace larum::soak {

/// A post as larum kept it.
struct KeptPost {
    std::string platform, id, source;
    std::optional<std::string> text;
    Time at{}, seen_at{};
    bool deleted = false;
    bool by_webhook = false; ///< who brought it first
    int queued = 0;          ///< how often it was queued as new
    int rows = 0;
};

struct KeptGap {
    std::string stream; ///< «page/feed»
    Time from{};
    std::optional<Time> to;
    std::string reason;
    int recovered = 0;
    bool lost = false;
};

struct KeptCoverage {
    std::string stream;
    std::optional<Time> from, to;
};

/// What the store says after the soak.
struct Kept {
    std::map<std::string, KeptPost> posts;
    std::vector<KeptGap> gaps;
    std::vector<KeptCoverage> coverage;
    std::map<std::string, int> misses; ///< by source
    int webhooks = 0, webhooks_waiting = 0, dead_letters = 0;
};

Kept read_kept(test::TestDatabase& database);

} // namespace larum::soak
