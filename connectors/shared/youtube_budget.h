#pragma once

#include "connectors/connector.h"

namespace larum::connectors::youtube {

/// What a Google project may ask of YouTube on one Californian day: units for most calls, and searches out of
/// a bucket of their own. Counted in the credential's session, for all sources that share it.
class Budget {
public:
    struct Limits {
        int units = 10'000;
        int searches = 100;
        Span search_every = std::chrono::minutes{15};
    };

    Budget(const Session& session, const Limits& limits, Time now);

    double used() const {
        return limits_.units > 0 ? static_cast<double>(units_) / limits_.units : 0;
    } ///< share of the units

    bool searches_left() const { return searches_ < limits_.searches; }
    /// When the next search may be made, so that they last for the day.
    Time next_search() const;

    void count_call(Session& session);
    void count_search(Session& session);

private:
    void keep(Session& session) const;

    Limits limits_;
    Time now_{};
    int units_ = 0;
    int searches_ = 0;
    std::optional<Time> last_search_;
};

} // namespace larum::connectors::youtube
