#pragma once

#include "connectors/connector.h"

#include <optional>
#include <string>
#include <vector>

namespace larum::connectors {

/// Walks a newest-first list, page by page, back to where the last walk began. The mark moves only when the walk
/// is complete, so what was not read is never passed. A walk that is longer than its bound ends as a recorded gap.
class NewestFirst {
public:
    struct Bounds {
        Span overlap = std::chrono::minutes{10};  ///< read again each time: late arrivals sort below newer ones
        Span history = std::chrono::hours{24};    ///< how far back the very first walk goes
        int pages = 50;
    };

    /// `cursor` is what `advance` wrote, or empty. One that makes no sense begins anew.
    NewestFirst(const std::string& cursor, const Bounds& bounds, Time now);

    /// The platform's own cursor of the next page; empty: the newest.
    const std::string& position() const { return position_; }

    /// Takes note of a page with items of these `times` whose next page is at `next` (empty: the list ends) and
    /// writes cursor, more and gaps of `page`.
    void advance(const std::vector<Time>& times, const std::string& next, Page& page);

    /// The platform no longer knows the position: the next call begins at the top again, the mark stays. A walk
    /// that begins anew again and again ends at its bound, as any other.
    void restart(Page& page);

    /// What is older was read on an earlier walk, or is not wanted.
    Time floor() const;

private:
    void write(const std::string& position, Page& page) const;

    Bounds bounds_;
    Time now_{};
    Time born_{};               ///< of the stream's first reading
    std::optional<Time> mark_;  ///< everything up to it was read
    std::optional<Time> newest_; ///< seen on this walk
    std::string position_;
    int pages_ = 0;
};

} // namespace larum::connectors
