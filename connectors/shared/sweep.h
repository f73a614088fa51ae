#pragma once

#include "connectors/connector.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace larum::connectors {

/// Reads a list from its top down to a depth, whatever was read before, and the next time from the top again:
/// for what changes where it stands (edits, replies, counts) and would never be seen by a walk back to a
/// mark.
class Sweep {
public:
    struct Bounds {
        std::optional<Span> depth;   ///< how old the oldest item is that is read; nothing: to the list's end
        int pages = 50;              ///< a longer list ends in a recorded gap
        std::optional<Span> history; ///< what is older than this at the very first sweep is never wanted
    };

    /// `cursor` is what `advance` wrote, or empty. One that makes no sense begins anew.
    Sweep(const std::string& cursor, const Bounds& bounds, Time now);

    /// The platform's own cursor of the next page; empty: the top.
    const std::string& position() const { return position_; }

    /// Takes note of a page with items of these `times` whose next page is at `next` (empty: the list ends)
    /// and writes cursor, more and gaps of `page`. True when the sweep is complete.
    bool advance(const std::vector<Time>& times, const std::string& next, Page& page);

    /// Takes posts out of `page` that were written, and last edited, before what is wanted: they were only
    /// counted.
    void drop_unwanted(Page& page) const;

    /// The platform no longer knows the position: the next call begins at the top. Nothing is lost.
    void restart(Page& page);

    std::int64_t seen() const { return seen_; }        ///< items of this sweep
    std::optional<Time> last() const { return last_; } ///< when the sweep before began that was complete
    std::int64_t note = 0; ///< its owner's own, carried from page to page and from sweep to sweep

private:
    void write(const std::string& position, Page& page) const;
    std::optional<Time> wanted_from() const;
    std::optional<Time> floor() const;

    Bounds bounds_;
    Time born_{}; ///< of the very first sweep
    Time begun_{};
    std::optional<Time> last_;
    std::optional<Time> oldest_;
    std::int64_t seen_ = 0;
    std::string position_;
    int pages_ = 0;
};

} // namespace larum::connectors
