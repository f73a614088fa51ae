#include "connectors/shared/newest_first.h"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace larum::connectors {

namespace {

std::optional<Time> time_in(const nlohmann::json& cursor, const char* name) {
    const auto found = cursor.find(name);
    return found != cursor.end() && found->is_string() ? parse_time(found->get<std::string>()) : std::nullopt;
}

} // namespace

NewestFirst::NewestFirst(const std::string& cursor, const Bounds& bounds, Time now) : bounds_(bounds), now_(now), born_(now) {
    const auto read = nlohmann::json::parse(cursor, nullptr, false);
    if (!read.is_object()) return;
    born_ = time_in(read, "born").value_or(now);
    mark_ = time_in(read, "mark");
    newest_ = time_in(read, "newest");
    if (const auto at = read.find("position"); at != read.end() && at->is_string()) position_ = at->get<std::string>();
    if (const auto pages = read.find("pages"); pages != read.end() && pages->is_number_integer()) pages_ = pages->get<int>();
}

Time NewestFirst::floor() const { return mark_ ? *mark_ - bounds_.overlap : born_ - bounds_.history; }

void NewestFirst::advance(const std::vector<Time>& times, const std::string& next, Page& page) {
    const auto oldest = std::min_element(times.begin(), times.end());
    for (const auto time : times) newest_ = std::max(newest_.value_or(time), time);
    ++pages_;
    const bool reached = next.empty() || next == position_ || (oldest != times.end() && *oldest < floor());
    const bool too_long = !reached && pages_ >= bounds_.pages;
    // A list so dense that the walk ends short of the overlap, yet below the mark, left nothing unread.
    const bool met = mark_ && oldest != times.end() && *oldest <= *mark_;
    if (too_long && !met) page.gaps.push_back({floor(), oldest != times.end() ? *oldest : now_, "more was written than one walk reads"});
    if (!reached && !too_long) {
        page.more = true;
        return write(next, page);
    }
    if (newest_) mark_ = std::min(std::max(mark_.value_or(*newest_), *newest_), now_); // a date in the future must not blind us
    newest_.reset();
    pages_ = 0;
    write("", page);
}

void NewestFirst::restart(Page& page) {
    ++pages_;
    write("", page);
}

void NewestFirst::write(const std::string& position, Page& page) const {
    nlohmann::json cursor = {{"born", format_time(born_)}};
    if (mark_) cursor["mark"] = format_time(*mark_);
    if (newest_) cursor["newest"] = format_time(*newest_);
    if (!position.empty()) cursor["position"] = position;
    if (pages_ > 0) cursor["pages"] = pages_;
    page.cursor = cursor.dump();
}

} // namespace larum::connectors
