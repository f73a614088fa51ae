#pragma once

#include <string>
#include <vector>

namespace larum::bench {

/// Requests sent at a steady pace, whether or not earlier ones were answered, over connections that are kept open:
/// what a platform does. A request that finds no free connection waits, and its wait counts.
struct Load {
    int port = 0;
    int connections = 64;
    int per_second = 2000;
};

struct Answered {
    std::vector<double> milliseconds; ///< from when each should have been sent to its whole answer, sorted
    int refused = 0;                  ///< answered 503
    int failed = 0;                   ///< anything else, or no answer
    double per_second = 0;            ///< answered, of any kind

    double percentile(double share) const;
};

/// Sends each of `requests` once; they are whole HTTP/1.1 texts. One thread.
Answered send_at_pace(const Load& load, const std::vector<std::string>& requests);

} // namespace larum::bench
