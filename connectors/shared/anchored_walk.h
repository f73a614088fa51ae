#pragma once

#include "connectors/connector.h"

#include <optional>
#include <string>
#include <vector>

namespace larum::connectors {

/// Reads a list of Reddit's kind from a known item on («before»): newest first, and silent for ever when that item was
/// deleted. So the second newest known item is the anchor: its answer holds at least the newest one, and an empty
/// answer says that the anchor is gone. The last ten are kept to fall back on; when all are gone, and now and then
/// anyway (what moderators let through later stands below newer items), the list is walked back from its top.
class AnchoredWalk {
public:
    struct Bounds {
        Span history = std::chrono::hours{24};    ///< how far back the very first walk goes
        Span overlap = std::chrono::hours{2};     ///< how far back the list is walked now and then
        Span every = std::chrono::minutes{30};    ///< how often that is
        int pages = 10;                           ///< of one walk back
        std::size_t page = 100;                   ///< items asked for at once
        std::size_t list = 900;                   ///< about so many items the platform keeps in the list
    };
    struct Item {
        std::string name;
        Time at{};
    };

    AnchoredWalk(const std::string& cursor, const Bounds& bounds, Time now);

    /// «&before=NAME», «&after=NAME» or nothing.
    std::string query() const;

    /// Takes note of the page that was read, newest first; `after` is where the list goes on (empty: it ends).
    void advance(const std::vector<Item>& items, const std::string& after, Page& page);

private:
    bool from_top() const;
    void read_forward(const std::vector<Item>& items, Page& page);
    void read_back(const std::vector<Item>& items, const std::string& after, Page& page);
    std::string written() const;

    Bounds bounds_;
    Time now_{};
    Time born_{};
    std::vector<std::string> names_;  ///< the last ten, newest first
    std::size_t anchor_ = 1;          ///< which of them is asked from
    std::optional<Time> mark_;        ///< of the newest item read
    std::optional<Time> swept_at_;
    std::string after_;               ///< where a walk back stands
    std::vector<std::string> top_;    ///< names of its first page
    std::optional<Time> top_at_;
    std::size_t pages_ = 0, items_ = 0;
    bool restarted_ = false;          ///< this walk back, after an empty page
};

} // namespace larum::connectors
