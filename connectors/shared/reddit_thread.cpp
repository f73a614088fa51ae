#include "connectors/shared/reddit_thread.h"

#include <algorithm>
#include <cctype>

namespace larum::connectors::reddit {

namespace {

using json::Json;

constexpr std::size_t comments_most = 2000;
constexpr int depth_most = 50;
constexpr std::size_t ids_at_once = 100; ///< Reddit's own bound of `/api/morechildren`

/// «t1_k2x9» or «k2x9» as «k2x9»; empty when it is no id.
std::string id_of(std::string text) {
    if (text.starts_with("t1_")) text.erase(0, 3);
    const bool sensible = text.size() <= 12 && std::all_of(text.begin(), text.end(), [](unsigned char c) { return std::isdigit(c) || std::islower(c); });
    return sensible ? text : std::string();
}

/// Ids are numbers to the base of 36.
bool is_older(const std::string& a, const std::string& b) { return a.size() != b.size() ? a.size() < b.size() : a < b; }

void keep(std::vector<std::string>& ids, std::string id) {
    if (!id.empty()) ids.push_back(std::move(id));
}

/// One that names nobody stands for what is too deep below its parent.
void add_more(const Json& more, Shown& shown) {
    const auto& children = json::list(more, "children");
    if (children.empty()) keep(shown.deeper, id_of(json::text(more, "parent_id")));
    for (const auto& child : children)
        if (child.is_string()) keep(shown.folded, id_of(child.get<std::string>()));
}

void add(const Json& children, int depth, Shown& shown) {
    for (const auto& child : children) {
        if (shown.comments.size() >= comments_most || depth > depth_most) return;
        const auto& thing = json::member(child, "data");
        const auto kind = json::text(child, "kind");
        if (kind == "more") add_more(thing, shown);
        if (kind != "t1") continue;
        shown.comments.push_back(child);
        const auto& replies = json::member(thing, "replies"); // an empty text where there are none
        add(json::list(json::member(replies, "data"), "children"), depth + 1, shown);
    }
}

std::vector<std::string> ids_in(const Json& cursor, const char* name) {
    std::vector<std::string> ids;
    for (const auto& one : json::list(cursor, name))
        if (one.is_string()) keep(ids, id_of(one.get<std::string>()));
    return ids;
}

} // namespace

Shown shown_in(const Json& children) {
    Shown shown;
    add(children, 0, shown);
    return shown;
}

std::optional<Json> things_of(const Json& body) {
    const auto& data = json::member(json::member(body, "json"), "data");
    if (!data.contains("things") || !data["things"].is_array()) return {};
    return data["things"];
}

ThreadWalk::ThreadWalk(const std::string& article, const std::string& cursor, const Bounds& bounds, Time now)
    : article_(article), bounds_(bounds), now_(now) {
    const auto read = json::parse(cursor);
    if (read.is_object()) {
        mark_ = id_of(json::text(read, "mark"));
        swept_at_ = parse_time(json::text(read, "swept_at"));
        since_ = parse_time(json::text(read, "since"));
        began_ = parse_time(json::text(read, "began"));
        sweeping_ = json::flag(read, "sweeping");
        top_ = id_of(json::text(read, "top"));
        newest_ = parse_time(json::text(read, "newest"));
        calls_ = json::count(read, "calls").value_or(0);
        cut_ = json::flag(read, "cut");
        deeper_cut_ = json::flag(read, "deeper_cut");
        deeper_told_ = json::flag(read, "deeper_told");
        left_ = ids_in(read, "left");
        deeper_ = ids_in(read, "deeper");
    }
    const auto count = std::min(left_.size(), ids_at_once);
    asked_.assign(left_.begin(), left_.begin() + static_cast<std::ptrdiff_t>(count));
    if (asked_.empty() && !deeper_.empty()) below_ = deeper_.front();
    if (!first()) return;
    began_ = now;
    sweeping_ = !swept_at_ || now - *swept_at_ >= bounds_.every;
    top_ = mark_;
    newest_.reset();
    calls_ = 0;
    cut_ = deeper_cut_ = false;
}

std::string ThreadWalk::target() const {
    if (!unfolding()) return "/comments/" + article_ + "?sort=new&limit=500&depth=10" + (below_.empty() ? "" : "&comment=" + below_);
    std::string ids;
    for (const auto& id : asked_) ids += (ids.empty() ? "" : "%2C") + id;
    return "/api/morechildren?api_type=json&sort=new&link_id=t3_" + article_ + "&children=" + ids;
}

bool ThreadWalk::unread(const std::string& id) const { return is_older(mark_, id); }

void ThreadWalk::note_folded(const std::vector<std::string>& ids) {
    const auto most = ids_at_once * static_cast<std::size_t>(bounds_.pages);
    for (const auto& id : ids) {
        if (is_older(top_, id)) top_ = id;
        if (!sweeping_ && !unread(id)) continue;
        if (left_.size() < most)
            left_.push_back(id);
        else
            cut_ = cut_ || unread(id);
    }
    std::sort(left_.begin(), left_.end(), [](const auto& a, const auto& b) { return is_older(b, a); });
    left_.erase(std::unique(left_.begin(), left_.end()), left_.end());
}

void ThreadWalk::note_deeper(const std::vector<std::string>& ids) {
    for (const auto& id : ids) {
        if (!sweeping_ || id == below_ || std::find(deeper_.begin(), deeper_.end(), id) != deeper_.end()) continue;
        if (deeper_.size() < static_cast<std::size_t>(bounds_.pages))
            deeper_.push_back(id);
        else
            deeper_cut_ = true;
    }
}

void ThreadWalk::advance(const Shown& shown, const std::vector<Time>& times, Page& page) {
    for (const auto& at : times) newest_ = std::max(newest_.value_or(at), at);
    if (!since_ && !times.empty()) since_ = *std::min_element(times.begin(), times.end());
    for (const auto& comment : shown.comments)
        if (const auto id = id_of(json::text(json::member(comment, "data"), "name")); is_older(top_, id)) top_ = id;
    note_folded(shown.folded);
    note_deeper(shown.deeper);
    go_on(page);
}

bool ThreadWalk::leave_out(Page& page) {
    if (first()) return false;
    cut_ = cut_ || std::any_of(asked_.begin(), asked_.end(), [&](const auto& id) { return unread(id); });
    deeper_cut_ = deeper_cut_ || !below_.empty();
    go_on(page);
    return true;
}

void ThreadWalk::go_on(Page& page) {
    std::erase_if(left_, [&](const std::string& id) { return std::find(asked_.begin(), asked_.end(), id) != asked_.end(); });
    std::erase(deeper_, below_);
    if (!first()) ++calls_;
    if ((left_.empty() && deeper_.empty()) || calls_ >= bounds_.pages)
        complete(page);
    else
        page.more = true;
    page.cursor = written();
}

void ThreadWalk::complete(Page& page) {
    const bool deeper = deeper_cut_ || !deeper_.empty();
    if (cut_ || std::any_of(left_.begin(), left_.end(), [&](const auto& id) { return unread(id); }) || (deeper && !deeper_told_))
        page.gaps.push_back({since_.value_or(*began_), now_, "more is folded away in a thread than Reddit shows to one walk"});
    deeper_told_ = deeper_told_ || deeper;
    mark_ = top_;
    since_ = began_;
    if (sweeping_) swept_at_ = began_;
    left_.clear();
    deeper_.clear();
    began_.reset();
}

std::string ThreadWalk::written() const {
    Json cursor = Json::object();
    const auto put = [&](const char* name, const auto& value) { if (!value.empty()) cursor[name] = value; };
    const auto put_time = [&](const char* name, const std::optional<Time>& value) { if (value) cursor[name] = format_time(*value); };
    put("mark", mark_);
    put_time("swept_at", swept_at_);
    put_time("since", since_);
    if (deeper_told_) cursor["deeper_told"] = true;
    if (!began_) return json::raw(cursor);
    put_time("began", began_);
    put_time("newest", newest_);
    put("top", top_);
    put("left", left_);
    put("deeper", deeper_);
    cursor["calls"] = calls_;
    cursor["sweeping"] = sweeping_;
    cursor["cut"] = cut_;
    cursor["deeper_cut"] = deeper_cut_;
    return json::raw(cursor);
}

} // namespace larum::connectors::reddit
