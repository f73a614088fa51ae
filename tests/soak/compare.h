#pragma once

#include "soak/soak.h"

namespace larum::soak {

/// What was true beside what larum says.
struct Line {
    std::string what;
    std::string truth;
    std::string larum;
    bool same = true;
};

/// Everything that the soak promises, a line each; and for each line that is not the same, what is wrong.
struct Findings {
    std::vector<Line> lines;
    std::vector<std::string> wrongs;
    bool good() const { return wrongs.empty(); }
};

Findings compare(Soak& soak);

} // namespace larum::soak
