#pragma once

#include "connectors/shared/graph.h"

#include <string>
#include <vector>

namespace larum::connectors::graph {

/// Reads a newest-first list completely, page by page: from its top back to the mark up to which it was read
/// before. The mark moves only when the walk is complete; what the walk could not reach is a recorded gap.
///
/// The whole state goes into the stream's cursor. Graph's own position lives there only while a walk is under
/// way, and for an hour at most: items are removed under it.
class Walk {
public:
    struct Bounds {
        Span history = std::chrono::hours{24 * 7}; ///< how far back the very first walk goes
        int pages_max = 50;
    };

    Walk(const std::string& cursor, Bounds bounds, Time now);

    /// Items older than this were read before, or are older than larum was asked to read.
    Time floor() const;

    /// What to ask for next: the position of the walk under way, or nothing for the top of the list.
    const Query& position() const { return position_; }

    /// When this stream was first read.
    Time born() const { return born_; }

    /// The newest item that a complete walk has seen; nothing before that.
    const std::optional<Time>& mark() const { return mark_; }

    /// Takes note of a page whose items have these times, in the list's order, and of where the list goes on.
    /// Sets the cursor, `more` and gaps of `page`.
    void advance(const std::vector<Time>& times, const std::optional<Query>& next, Page& page);

private:
    bool reached_floor(const std::vector<Time>& times) const;
    std::string cursor() const;

    Bounds bounds_;
    Time now_;
    Time born_;
    std::optional<Time> mark_;
    std::optional<Time> begun_; ///< of the walk under way
    std::optional<Time> top_;   ///< its newest item
    std::optional<Time> low_;   ///< its oldest
    int pages_ = 0;
    Query position_;
};

} // namespace larum::connectors::graph
