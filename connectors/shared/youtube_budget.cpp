#include "connectors/shared/youtube_budget.h"

#include "connectors/shared/google.h"

namespace larum::connectors::youtube {

namespace {

constexpr const char* member = "youtube_day";

} // namespace

Budget::Budget(const Session& session, const Limits& limits, Time now) : limits_(limits), now_(now) {
    const auto kept = json::parse(OAuth::remembered(session, member));
    last_search_ = parse_time(json::text(kept, "last_search"));
    if (json::text(kept, "day") != google::day(now)) return;
    units_ = static_cast<int>(json::count(kept, "units").value_or(0));
    searches_ = static_cast<int>(json::count(kept, "searches").value_or(0));
}

Time Budget::next_search() const {
    return last_search_ ? std::max(now_, *last_search_ + limits_.search_every) : now_;
}

void Budget::count_call(Session& session) {
    ++units_;
    keep(session);
}

void Budget::count_search(Session& session) {
    ++searches_;
    last_search_ = now_;
    keep(session);
}

void Budget::keep(Session& session) const {
    json::Json kept = {{"day", google::day(now_)}, {"units", units_}, {"searches", searches_}};
    if (last_search_) kept["last_search"] = format_time(*last_search_);
    OAuth::remember(session, member, json::raw(kept));
}

} // namespace larum::connectors::youtube
