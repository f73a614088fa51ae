#include "connectors/shared/sweep.h"

#include "connectors/shared/json.h"

#include <algorithm>

namespace larum::connectors {

Sweep::Sweep(const std::string& cursor, const Bounds& bounds, Time now)
    : bounds_(bounds), born_(now), begun_(now) {
    const auto read = json::parse(cursor);
    born_ = parse_time(json::text(read, "born")).value_or(now);
    last_ = parse_time(json::text(read, "last"));
    note = json::count(read, "note").value_or(0);
    position_ = json::text(read, "position");
    if (position_.empty()) return;
    begun_ = parse_time(json::text(read, "begun")).value_or(now);
    oldest_ = parse_time(json::text(read, "oldest"));
    seen_ = json::count(read, "seen").value_or(0);
    pages_ =
        static_cast<int>(std::clamp<std::int64_t>(json::count(read, "pages").value_or(0), 0, bounds.pages));
}

std::optional<Time> Sweep::wanted_from() const {
    return bounds_.history ? std::optional(born_ - *bounds_.history) : std::nullopt;
}

std::optional<Time> Sweep::floor() const {
    if (!bounds_.depth) return {};
    const auto deepest = begun_ - *bounds_.depth;
    return std::max(deepest, wanted_from().value_or(deepest));
}

bool Sweep::advance(const std::vector<Time>& times, const std::string& next, Page& page) {
    seen_ += static_cast<std::int64_t>(times.size());
    for (const auto time : times) oldest_ = std::min(oldest_.value_or(time), time);
    ++pages_;
    const bool deep = floor() && oldest_ && *oldest_ < *floor();
    const bool complete = deep || next.empty() || next == position_;
    const bool too_long = !complete && pages_ >= bounds_.pages;
    if (too_long)
        page.gaps.push_back({floor().value_or(wanted_from().value_or(Time{})), oldest_.value_or(begun_),
                             "the list is longer than one sweep reads"});
    if (complete || too_long) last_ = begun_;
    write(complete || too_long ? "" : next, page);
    page.more = !complete && !too_long;
    return complete;
}

void Sweep::drop_unwanted(Page& page) const {
    if (const auto from = wanted_from())
        std::erase_if(page.posts,
                      [&](const Post& post) { return post.edited_at.value_or(post.posted_at) < *from; });
}

void Sweep::restart(Page& page) {
    write("", page);
    page.more = false;
}

void Sweep::write(const std::string& position, Page& page) const {
    json::Json cursor = {{"born", format_time(born_)}};
    if (last_) cursor["last"] = format_time(*last_);
    if (note != 0) cursor["note"] = note;
    if (!position.empty()) {
        cursor["position"] = position;
        cursor["begun"] = format_time(begun_);
        if (oldest_) cursor["oldest"] = format_time(*oldest_);
        cursor["seen"] = seen_;
        cursor["pages"] = pages_;
    }
    page.cursor = json::raw(cursor);
}

} // namespace larum::connectors
