#include "connectors/shared/offset_walk.h"

#include "connectors/shared/json.h"

namespace larum::connectors {

OffsetWalk::OffsetWalk(const std::string& cursor, const Bounds& bounds, Time now)
    : bounds_(bounds), now_(now), started_(now), since_(now - bounds.history + bounds.overlap) {
    const auto kept = json::parse(cursor);
    if (const auto since = parse_time(json::text(kept, "since"))) since_ = *since;
    const auto started = parse_time(json::text(kept, "started"));
    const auto offset = json::count(kept, "offset");
    if (!started || !offset || *offset < 0 || *offset > std::int64_t{bounds.limit} * bounds.pages) return;
    started_ = *started;
    offset_ = static_cast<int>(*offset);
}

void OffsetWalk::advance(std::size_t items, bool end, Page& page) {
    json::Json cursor = {{"since", format_time(since_)}};
    const bool last = end || items < static_cast<std::size_t>(bounds_.limit);
    const bool too_long = !last && offset_ + bounds_.limit >= bounds_.limit * bounds_.pages;
    if (too_long) page.gaps.push_back({since(), now_, "the list is longer than one walk reads"});
    if (last || too_long) {
        cursor["since"] = format_time(started_);
    } else {
        cursor["started"] = format_time(started_);
        cursor["offset"] = offset_ + bounds_.limit;
        page.more = true;
    }
    page.cursor = cursor.dump();
}

} // namespace larum::connectors
