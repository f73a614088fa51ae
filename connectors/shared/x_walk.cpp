#include "connectors/shared/x_walk.h"

#include "connectors/shared/call.h"
#include "connectors/shared/json.h"

#include <algorithm>

namespace larum::connectors::x {

namespace {

using namespace std::chrono_literals;

constexpr Span margin = 1h;    ///< before X forgets an id
constexpr std::int64_t restarts_max = 3;
constexpr Span overlap = 2min; ///< a walk that begins by time begins a little earlier

std::string seconds_of(Time time) { return format_time(std::chrono::floor<std::chrono::seconds>(time)); }

} // namespace

SinceWalk::SinceWalk(const std::string& cursor, const Bounds& bounds, Time now) : bounds_(bounds), now_(now), born_(now) {
    const auto read = json::parse(cursor);
    if (read.is_object()) {
        born_ = parse_time(json::text(read, "born")).value_or(now);
        read_at_ = parse_time(json::text(read, "read_at"));
        since_id_ = json::text(read, "since_id");
        since_at_ = parse_time(json::text(read, "since_at"));
        from_ = parse_time(json::text(read, "from"));
        began_ = parse_time(json::text(read, "began"));
        newest_ = json::text(read, "newest");
        newest_at_ = parse_time(json::text(read, "newest_at"));
        token_ = json::text(read, "token");
        pages_ = json::count(read, "pages").value_or(0);
        items_ = json::count(read, "items").value_or(0);
        restarts_ = json::count(read, "restarts").value_or(0);
    }
    if (!token_.empty()) return; // the walk's beginning stays as it was
    began_ = now;
    const bool forgotten = !since_id_.empty() && since_at_.value_or(born_) < now - bounds_.reach + margin;
    Page page;
    if (forgotten || since_id_.empty()) begin_by_time(page);
    gaps_ = std::move(page.gaps);
}

void SinceWalk::begin_by_time(Page& page) {
    const Time earliest = now_ - bounds_.reach + 1min;
    const Time wanted = read_at_ ? *read_at_ - overlap : born_ - bounds_.history;
    if (read_at_ && *read_at_ < earliest) page.gaps.push_back({*read_at_, earliest, "X keeps posts findable for seven days"});
    from_ = std::max(wanted, earliest);
    since_id_.clear();
    since_at_.reset();
}

std::string SinceWalk::query(const std::string& token) const {
    auto query = from_ ? "&start_time=" + percent_encoded(seconds_of(*from_)) : "&since_id=" + percent_encoded(since_id_);
    if (!token_.empty()) query += "&" + token + "=" + percent_encoded(token_);
    return query;
}

void SinceWalk::advance(std::size_t items, const std::string& newest_id, std::optional<Time> newest, std::optional<Time> oldest,
                        const std::string& next_token, Page& page) {
    page.gaps.insert(page.gaps.end(), gaps_.begin(), gaps_.end());
    if (token_.empty() && newest_.empty()) {
        newest_ = newest_id;
        newest_at_ = newest.value_or(now_);
    }
    ++pages_;
    items_ += static_cast<std::int64_t>(items);
    const bool ended = next_token.empty() || next_token == token_;
    const bool too_long = !ended && pages_ >= bounds_.pages;
    const bool cut = ended && bounds_.items > 0 && items_ >= bounds_.items;
    if (too_long || cut)
        page.gaps.push_back({since_at_.value_or(from_.value_or(born_)), oldest.value_or(now_), cut ? "X keeps no more of this list" : "more was written than one walk reads"});
    if (ended || too_long) {
        complete();
    } else {
        token_ = next_token;
        page.more = true;
    }
    page.cursor = written();
}

void SinceWalk::complete() {
    read_at_ = began_;
    if (!newest_.empty()) {
        since_id_ = newest_;
        since_at_ = newest_at_;
    }
    from_.reset();
    newest_.clear();
    newest_at_.reset();
    token_.clear();
    pages_ = items_ = restarts_ = 0;
}

bool SinceWalk::fall_back(Page& page) {
    if (!token_.empty() && restarts_ >= restarts_max) {
        page.gaps.push_back({since_at_.value_or(from_.value_or(born_)), now_, "X refused the rest of the list"});
        complete();
    } else if (!token_.empty()) { // the token of a page lives for a while only
        ++restarts_;
        token_.clear();
        newest_.clear();
        newest_at_.reset();
        pages_ = items_ = 0;
        page.more = true;
    } else if (!since_id_.empty() && !from_) {
        begin_by_time(page);
        page.more = true;
    } else {
        return false;
    }
    page.cursor = written();
    return true;
}

std::string SinceWalk::written() const {
    json::Json cursor = {{"born", format_time(born_)}};
    const auto put = [&](const char* name, const std::string& value) { if (!value.empty()) cursor[name] = value; };
    const auto put_time = [&](const char* name, const std::optional<Time>& value) { if (value) cursor[name] = format_time(*value); };
    const auto put_count = [&](const char* name, std::int64_t value) { if (value > 0) cursor[name] = value; };
    put_time("read_at", read_at_);
    put("since_id", since_id_);
    put_time("since_at", since_at_);
    put_time("from", from_);
    put_time("began", began_);
    put("newest", newest_);
    put_time("newest_at", newest_at_);
    put("token", token_);
    put_count("pages", pages_);
    put_count("items", items_);
    put_count("restarts", restarts_);
    return json::raw(cursor);
}

} // namespace larum::connectors::x
