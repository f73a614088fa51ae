#include "connectors/shared/anchored_walk.h"

#include "connectors/shared/call.h"
#include "connectors/shared/json.h"

#include <algorithm>

namespace larum::connectors {

namespace {

constexpr std::size_t names_kept = 10;

std::vector<std::string> texts_in(const json::Json& object, const char* name) {
    std::vector<std::string> all;
    for (const auto& one : json::list(object, name))
        if (one.is_string() && all.size() < names_kept) all.push_back(one.get<std::string>());
    return all;
}

std::vector<std::string> names_of(const std::vector<AnchoredWalk::Item>& items) {
    std::vector<std::string> names;
    for (const auto& item : items)
        if (names.size() < names_kept) names.push_back(item.name);
    return names;
}

bool by_time(const AnchoredWalk::Item& a, const AnchoredWalk::Item& b) { return a.at < b.at; }

} // namespace

AnchoredWalk::AnchoredWalk(const std::string& cursor, const Bounds& bounds, Time now) : bounds_(bounds), now_(now), born_(now) {
    const auto read = json::parse(cursor);
    if (!read.is_object()) return;
    born_ = parse_time(json::text(read, "born")).value_or(now);
    names_ = texts_in(read, "names");
    anchor_ = static_cast<std::size_t>(std::clamp<std::int64_t>(json::count(read, "anchor").value_or(1), 1, names_kept));
    mark_ = parse_time(json::text(read, "mark"));
    swept_at_ = parse_time(json::text(read, "swept_at"));
    after_ = json::text(read, "after");
    top_ = texts_in(read, "top");
    top_at_ = parse_time(json::text(read, "top_at"));
    restarted_ = json::flag(read, "restarted");
    pages_ = static_cast<std::size_t>(std::max<std::int64_t>(0, json::count(read, "pages").value_or(0)));
    items_ = static_cast<std::size_t>(std::max<std::int64_t>(0, json::count(read, "items").value_or(0)));
}

bool AnchoredWalk::from_top() const { return anchor_ >= names_.size() || !swept_at_ || now_ - *swept_at_ >= bounds_.every; }

std::string AnchoredWalk::query() const {
    if (!after_.empty()) return "&after=" + percent_encoded(after_);
    return from_top() ? std::string() : "&before=" + percent_encoded(names_[anchor_]);
}

void AnchoredWalk::advance(const std::vector<Item>& items, const std::string& after, Page& page) {
    if (!after_.empty() || from_top())
        read_back(items, after, page);
    else
        read_forward(items, page);
    page.cursor = written();
}

void AnchoredWalk::read_forward(const std::vector<Item>& items, Page& page) {
    if (items.empty()) { // even the newest known item is missing: the anchor was deleted, or that one
        ++anchor_;
        page.more = true;
        return;
    }
    auto names = names_of(items);
    for (auto i = anchor_; i < names_.size() && names.size() < names_kept; ++i)
        if (std::find(names.begin(), names.end(), names_[i]) == names.end()) names.push_back(names_[i]);
    names_ = std::move(names);
    anchor_ = 1;
    const auto newest = std::max_element(items.begin(), items.end(), by_time)->at;
    mark_ = std::max(mark_.value_or(newest), newest);
    page.more = items.size() >= bounds_.page;
}

void AnchoredWalk::read_back(const std::vector<Item>& items, const std::string& after, Page& page) {
    const Time floor = mark_ ? *mark_ - bounds_.overlap : born_ - bounds_.history;
    const auto oldest = std::min_element(items.begin(), items.end(), by_time);
    if (pages_ == 0) {
        top_ = names_of(items);
        if (!items.empty()) top_at_ = std::max_element(items.begin(), items.end(), by_time)->at;
    }
    if (items.empty() && !after_.empty() && !restarted_) { // the item that the page hung on was deleted meanwhile, or the list ends there
        restarted_ = true;
        after_.clear();
        pages_ = items_ = 0;
        page.more = true;
        return;
    }
    ++pages_;
    items_ += items.size();
    const bool ended = after.empty() || items.empty() || after == after_;
    const bool reached = ended || oldest->at < floor;
    if (!reached && pages_ < static_cast<std::size_t>(bounds_.pages)) {
        after_ = after;
        page.more = true;
        return;
    }
    const Time unread = mark_.value_or(floor);
    const bool cut = !reached || (ended && items_ >= bounds_.list);
    if (cut && oldest != items.end() && oldest->at > unread) page.gaps.push_back({unread, oldest->at, "more was written than the list goes back"});
    names_ = top_;
    anchor_ = 1;
    if (top_at_) mark_ = std::min(std::max(mark_.value_or(*top_at_), *top_at_), now_);
    swept_at_ = now_;
    after_.clear();
    top_.clear();
    top_at_.reset();
    pages_ = items_ = 0;
    restarted_ = false;
}

std::string AnchoredWalk::written() const {
    json::Json cursor = {{"born", format_time(born_)}, {"names", names_}, {"anchor", anchor_}};
    if (mark_) cursor["mark"] = format_time(*mark_);
    if (swept_at_) cursor["swept_at"] = format_time(*swept_at_);
    if (restarted_) cursor["restarted"] = true;
    if (!after_.empty()) {
        cursor["after"] = after_;
        cursor["top"] = top_;
        if (top_at_) cursor["top_at"] = format_time(*top_at_);
        cursor["pages"] = pages_;
        cursor["items"] = items_;
    }
    return json::raw(cursor);
}

} // namespace larum::connectors
