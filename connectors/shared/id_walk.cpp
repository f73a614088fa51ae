#include "connectors/shared/id_walk.h"

#include "connectors/shared/json.h"

#include <algorithm>

namespace larum::connectors {

namespace {

const IdWalk::Item* highest_of(const std::vector<IdWalk::Item>& items) {
    const IdWalk::Item* highest = nullptr;
    for (const auto& item : items)
        if (!highest || earlier_id(highest->id, item.id)) highest = &item;
    return highest;
}

std::string lowest_of(const std::vector<IdWalk::Item>& items) {
    std::string lowest;
    for (const auto& item : items)
        if (lowest.empty() || earlier_id(item.id, lowest)) lowest = item.id;
    return lowest;
}

} // namespace

bool earlier_id(std::string_view a, std::string_view b) { return a.size() != b.size() ? a.size() < b.size() : a < b; }
std::string later_of(const std::string& a, const std::string& b) { return earlier_id(a, b) ? b : a; }

IdWalk::IdWalk(const std::string& cursor, const Bounds& bounds, Time now) : bounds_(bounds), now_(now), born_(now) {
    const auto read = json::parse(cursor);
    if (!read.is_object()) return;
    born_ = parse_time(json::text(read, "born")).value_or(now);
    mark_ = json::text(read, "mark");
    at_ = parse_time(json::text(read, "at"));
    after_ = json::text(read, "after");
    below_ = json::text(read, "below");
    top_ = json::text(read, "top");
    top_at_ = parse_time(json::text(read, "top_at"));
    lagging_ = json::text(read, "lagging");
    lagging_at_ = parse_time(json::text(read, "lagging_at"));
    pages_ = static_cast<int>(std::clamp<std::int64_t>(json::count(read, "pages").value_or(0), 0, 1'000'000));
}

Time IdWalk::floor() const { return after_.empty() ? born_ - bounds_.history : at_.value_or(born_); }

void IdWalk::forward(const std::vector<Item>& items, const std::string& next, Page& page) {
    const auto* highest = highest_of(items);
    // A server that does not know the parameter gives the same page for ever: that ends the walk, too.
    const bool further = highest && earlier_id(after_, highest->id);
    if (further) {
        after_ = earlier_id(after_, next) ? next : highest->id;
        if (earlier_id(mark_, highest->id)) at_ = highest->at;
        mark_ = later_of(mark_, after_);
        page.more = true;
    } else {
        complete();
    }
    page.cursor = written();
}

void IdWalk::back(const std::vector<Item>& items, const std::string& next, Page& page) {
    if (const auto* highest = highest_of(items); highest && earlier_id(top_, highest->id)) {
        top_ = highest->id;
        top_at_ = highest->at;
    }
    const auto lowest = lowest_of(items);
    const auto oldest = std::min_element(items.begin(), items.end(), [](const Item& a, const Item& b) { return a.at < b.at; });
    const auto onwards = next.empty() ? lowest : next;
    ++pages_;
    const bool no_further = onwards.empty() || (!below_.empty() && !earlier_id(onwards, below_));
    const bool old = oldest != items.end() && oldest->at < floor();
    const bool reached = no_further || (after_.empty() ? old : !earlier_id(after_, onwards));
    const bool too_long = !reached && pages_ >= bounds_.pages;
    if (too_long) page.gaps.push_back({floor(), oldest != items.end() ? oldest->at : now_, "more was written than one walk reads"});
    if (reached || too_long) {
        if (earlier_id(mark_, top_)) at_ = top_at_;
        mark_ = later_of(mark_, top_);
        complete();
    } else {
        below_ = onwards;
        page.more = true;
    }
    page.cursor = written();
}

void IdWalk::complete() {
    after_ = mark_;
    below_.clear();
    top_.clear();
    top_at_.reset();
    pages_ = 0;
    if (bounds_.overlap <= Span::zero() || mark_.empty()) return;
    if (lagging_at_ && now_ - *lagging_at_ < bounds_.overlap) return;
    if (!lagging_.empty()) after_ = lagging_;
    lagging_ = mark_;
    lagging_at_ = now_;
}

std::string IdWalk::written() const {
    json::Json cursor = {{"born", format_time(born_)}};
    const auto put = [&](const char* name, const std::string& value) { if (!value.empty()) cursor[name] = value; };
    const auto put_time = [&](const char* name, const std::optional<Time>& value) { if (value) cursor[name] = format_time(*value); };
    put("mark", mark_);
    put_time("at", at_);
    put("after", after_);
    put("below", below_);
    put("top", top_);
    put_time("top_at", top_at_);
    put("lagging", lagging_);
    put_time("lagging_at", lagging_at_);
    if (pages_ > 0) cursor["pages"] = pages_;
    return json::raw(cursor);
}

} // namespace larum::connectors
