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
        Span overlap = std::chrono::minutes{5}; ///< items may appear a little after their own time
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

    /// How many items to ask for, where `full` are usual.
    int page_size(int full) const { return full >> lessened_; }

    /// The page was too long for the platform: the same place is asked for again with half as many items, now and from
    /// now on. False when it is short enough, and the trouble another; then nothing is set.
    bool ask_for_less(Page& page);

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
    int lessened_ = 0; ///< how often the page was halved
    Query position_;
};

/// A walk that now and then goes over the whole list again: replies to old items, and old items that were put in late,
/// are seen there only. Same promises as Walk.
class Sweep {
public:
    struct Bounds {
        Walk::Bounds walk;
        Span every = std::chrono::hours{6};
        Span back = std::chrono::hours{24 * 30}; ///< how far before the mark
    };

    Sweep(const std::string& cursor, const Bounds& bounds, Time now);
    const Walk& walk() const { return walk_; }
    bool ask_for_less(Page& page);
    void advance(const std::vector<Time>& times, const std::optional<Query>& next, Page& page);

private:
    Sweep(const Query& kept, const std::string& cursor, const Bounds& bounds, Time now);

    void keep(Page& page) const;

    Time now_;
    Time swept_;
    bool sweeping_;
    Walk walk_;
};

} // namespace larum::connectors::graph
