#include "connectors/shared/graph_walk.h"

#include <algorithm>
#include <charconv>

namespace larum::connectors::graph {

namespace {

using namespace std::chrono_literals;

constexpr Span position_lives = 1h;
constexpr int lessened_most = 4;

std::optional<Time> read_seconds(const std::string& text) {
    std::int64_t seconds = 0;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), seconds);
    if (text.empty() || read.ptr != text.data() + text.size()) return std::nullopt;
    return Time(std::chrono::seconds(seconds));
}

std::string write_seconds(Time time) {
    return std::to_string(std::chrono::floor<std::chrono::seconds>(time).time_since_epoch().count());
}

constexpr std::string_view position_prefix = "at.";

} // namespace

Walk::Walk(const std::string& cursor, Bounds bounds, Time now) : bounds_(bounds), now_(now), born_(now) {
    for (auto& [name, value] : read_query(cursor)) {
        if (name == "born") born_ = read_seconds(value).value_or(now);
        if (name == "mark") mark_ = read_seconds(value);
        if (name == "begun") begun_ = read_seconds(value);
        if (name == "top") top_ = read_seconds(value);
        if (name == "low") low_ = read_seconds(value);
        if (name == "pages") std::from_chars(value.data(), value.data() + value.size(), pages_);
        if (name == "lessened") std::from_chars(value.data(), value.data() + value.size(), lessened_);
        if (name.starts_with(position_prefix))
            position_.emplace_back(name.substr(position_prefix.size()), value);
    }
    lessened_ = std::clamp(lessened_, 0, lessened_most);
    if (begun_ && *begun_ + position_lives < now) {
        begun_.reset(), top_.reset(), low_.reset();
        position_.clear();
        pages_ = 0;
    }
}

Time Walk::floor() const { return mark_ ? *mark_ - bounds_.overlap : begun_.value_or(now_) - bounds_.history; }

bool Walk::reached_floor(const std::vector<Time>& times) const {
    if (times.empty()) return false;
    const auto old = [&](Time time) { return time < floor(); };
    // A ranked list may show an old item above newer ones: then only a page without news ends the walk.
    return std::is_sorted(times.rbegin(), times.rend()) ? old(times.back())
                                                        : std::all_of(times.begin(), times.end(), old);
}

bool Walk::ask_for_less(Page& page) {
    if (lessened_ >= lessened_most) return false;
    ++lessened_;
    page.more = true;
    page.cursor = cursor();
    return true;
}

void Walk::advance(const std::vector<Time>& times, const std::optional<Query>& next, Page& page) {
    if (!begun_) begun_ = now_;
    ++pages_;
    for (auto time : times) {
        time =
            std::min(time, now_); // a wrong clock at the other side must not carry the mark past unread items
        top_ = std::max(top_.value_or(time), time);
        low_ = std::min(low_.value_or(time), time);
    }
    const bool complete = !next || reached_floor(times);
    const bool spent = !complete && pages_ >= bounds_.pages_max;
    // A walk that goes further back than the mark lost nothing once it passed it.
    if (spent && (!mark_ || low_.value_or(now_) > *mark_))
        page.gaps.push_back({floor(), low_.value_or(now_),
                             "more than " + std::to_string(pages_) + " pages between two reads"});
    page.more = !complete && !spent;
    if (page.more) {
        position_ = *next;
    } else {
        // The mark never goes back: the newest item may have been deleted since.
        if (top_)
            mark_ = std::max(mark_.value_or(*top_), *top_);
        else if (!mark_)
            mark_ = floor();
        begun_.reset(), top_.reset(), low_.reset();
        position_.clear();
        pages_ = 0;
    }
    page.cursor = cursor();
}

namespace {

std::string member_of(const Query& query, std::string_view name) {
    for (const auto& [key, value] : query)
        if (key == name) return value;
    return {};
}

Walk::Bounds reaching(Walk::Bounds bounds, Span back) {
    bounds.overlap = back;
    return bounds;
}

} // namespace

Sweep::Sweep(const std::string& cursor, const Bounds& bounds, Time now)
    : Sweep(read_query(cursor), cursor, bounds, now) {}

/// The first walk reads everything that larum was asked to read: it counts as a sweep.
Sweep::Sweep(const Query& kept, const std::string& cursor, const Bounds& bounds, Time now)
    : now_(now), swept_(read_seconds(member_of(kept, "swept")).value_or(now)),
      sweeping_(member_of(kept, "sweeping") == "1" || swept_ + bounds.every <= now),
      walk_(cursor, sweeping_ ? reaching(bounds.walk, bounds.back) : bounds.walk, now) {}

void Sweep::advance(const std::vector<Time>& times, const std::optional<Query>& next, Page& page) {
    walk_.advance(times, next, page);
    if (sweeping_ && !page.more) swept_ = now_, sweeping_ = false;
    keep(page);
}

bool Sweep::ask_for_less(Page& page) {
    const bool less = walk_.ask_for_less(page);
    if (less) keep(page);
    return less;
}

void Sweep::keep(Page& page) const {
    Query kept = {{"swept", write_seconds(swept_)}};
    if (sweeping_) kept.emplace_back("sweeping", "1");
    page.cursor = *page.cursor + '&' + write_query(kept);
}

std::string Walk::cursor() const {
    Query fields = {{"born", write_seconds(born_)}};
    if (mark_) fields.emplace_back("mark", write_seconds(*mark_));
    if (lessened_ > 0) fields.emplace_back("lessened", std::to_string(lessened_));
    if (begun_) {
        fields.emplace_back("begun", write_seconds(*begun_));
        if (top_) fields.emplace_back("top", write_seconds(*top_));
        if (low_) fields.emplace_back("low", write_seconds(*low_));
        fields.emplace_back("pages", std::to_string(pages_));
        for (const auto& [name, value] : position_)
            fields.emplace_back(std::string(position_prefix) + name, value);
    }
    return write_query(fields);
}

} // namespace larum::connectors::graph
