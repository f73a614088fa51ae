#pragma once

#include "connectors/connector.h"

#include <optional>
#include <string>

namespace larum::connectors {

/// Walks a list that is paged by offset and has no cursor of its own, from its beginning to its end each time. What is
/// «since» moves only when the walk is complete; a walk past its bound is a gap.
class OffsetWalk {
public:
    struct Bounds {
        int limit = 100;                       ///< items of a full page
        int pages = 50;
        Span history = std::chrono::hours{24}; ///< how far back the very first walk goes
        Span overlap = std::chrono::hours{1};
    };
    /// `cursor` is what `advance` wrote, or empty. One that makes no sense begins anew.
    OffsetWalk(const std::string& cursor, const Bounds& bounds, Time now);

    int offset() const { return offset_; }
    /// Everything that changed before this was read by an earlier walk; or how far back the first one goes.
    Time since() const { return since_ - bounds_.overlap; }

    /// Takes note of a page of `items`, of which the last is the end when it is short or `end` says so.
    void advance(std::size_t items, bool end, Page& page);

private:
    Bounds bounds_;
    Time now_{};
    Time started_{}; ///< when this walk began: the next one's `since`
    Time since_{};
    int offset_ = 0;
};

} // namespace larum::connectors
