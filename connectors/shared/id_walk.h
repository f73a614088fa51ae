#pragma once

#include "connectors/connector.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace larum::connectors {

/// Decimal ids: the longer is the later, of equals the one whose text is greater.
bool earlier_id(std::string_view a, std::string_view b);
std::string later_of(const std::string& a, const std::string& b);

/// Walks a list whose ids grow with time: forwards from the last id where the platform can give the page right after
/// one, else back from the newest. The mark moves only over what was read, so nothing is passed. Ids of posts that
/// arrive late may lie below the mark: now and then a stretch is read again.
class IdWalk {
public:
    struct Bounds {
        Span overlap = std::chrono::minutes{30}; ///< how long after its time a post may still appear; zero: never late
        Span history = std::chrono::hours{24};   ///< how far back the very first walk goes
        int pages = 50;                          ///< of one walk back; what lies beyond is a gap
    };
    struct Item {
        std::string id;
        Time at{};
    };

    /// `cursor` is what this class wrote, or empty. One that makes no sense begins anew.
    IdWalk(const std::string& cursor, const Bounds& bounds, Time now);

    /// Wanted is what has a higher id; empty on the first walk.
    const std::string& after() const { return after_; }
    /// Of a walk back that is under way: only lower ids are wanted; empty: from the newest.
    const std::string& below() const { return below_; }
    bool walking_back() const { return after_.empty() || !below_.empty(); }

    /// Takes note of the page that came right after `after()`; `next` is where the platform says to go on (may be empty).
    void forward(const std::vector<Item>& items, const std::string& next, Page& page);

    /// Takes note of a page of a walk back; `next` is the id below which to go on. Without one that is the lowest of the
    /// page, and an empty page ends the walk.
    void back(const std::vector<Item>& items, const std::string& next, Page& page);

private:
    void complete();
    Time floor() const;
    std::string written() const;

    Bounds bounds_;
    Time now_{};
    Time born_{};             ///< of the stream's first reading
    std::string mark_;        ///< the highest id up to which all was read
    std::optional<Time> at_;  ///< when the item at the mark was written
    std::string after_;       ///< where this walk began or stands
    std::string below_;
    std::string top_;         ///< the highest id seen on this walk back
    std::optional<Time> top_at_;
    std::string lagging_;     ///< where the mark stood at `lagging_at_`
    std::optional<Time> lagging_at_;
    int pages_ = 0;
};

} // namespace larum::connectors
