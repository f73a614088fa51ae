#pragma once

#include "connectors/connector.h"

#include <optional>
#include <string>

namespace larum::connectors::x {

/// Reads a newest-first list of X from the last known post on: `since_id` is the newest id of the FIRST page of the
/// last complete walk, stays the same while a walk turns pages, and gives way to a time when X has forgotten it.
class SinceWalk {
public:
    struct Bounds {
        Span history = std::chrono::hours{24};    ///< how far back the very first walk goes
        Span reach = std::chrono::hours{24} * 7;  ///< older posts are not to be had
        int items = 0;                            ///< that X keeps in the list; 0: no such limit
        int pages = 50;
    };
    SinceWalk(const std::string& cursor, const Bounds& bounds, Time now);

    /// «&since_id=…» or «&start_time=…», and the token of the next page under the name `token`.
    std::string query(const std::string& token) const;

    /// Takes note of a page that was read.
    void advance(std::size_t items, const std::string& newest_id, std::optional<Time> newest, std::optional<Time> oldest, const std::string& next_token,
                 Page& page);

    /// X refused the place (400): goes back to where the walk can begin again. False when there is nothing to go back to.
    bool fall_back(Page& page);

private:
    void begin_by_time(Page& page);
    void complete();
    std::string written() const;

    Bounds bounds_;
    Time now_{};
    Time born_{};
    std::optional<Time> read_at_;  ///< when the last complete walk began
    std::string since_id_;
    std::optional<Time> since_at_; ///< when the post of that id was written
    std::optional<Time> from_;     ///< the walk begins by time instead
    std::optional<Time> began_;    ///< when this walk began
    std::string newest_;           ///< of its first page
    std::optional<Time> newest_at_;
    std::string token_;
    std::int64_t pages_ = 0, items_ = 0, restarts_ = 0;
    std::vector<Gap> gaps_;        ///< found before anything was read
};

} // namespace larum::connectors::x
