#include "connectors/connector.h"
#include "connectors/shared/call.h"
#include "connectors/shared/feed.h"
#include "connectors/shared/inflate.h"
#include "core/crypto.h"

#include <nlohmann/json.hpp>

#include <algorithm>

/// RSS and Atom feeds: forums, blogs, review pages, search alerts. Asked politely: only for what is new, as rarely
/// as the feed wants, and no longer when it says that it is gone.
namespace larum::connectors {

namespace {

using nlohmann::json;
using namespace std::chrono_literals;

constexpr int hops_max = 5;
constexpr std::size_t feed_bytes_max = std::size_t{16} << 20; ///< unpacked

struct Settings {
    std::string url;
};

const config::Options<Settings>& options() {
    static const config::Options<Settings> all = {
        config::required("url", &Settings::url, "Address of the feed."),
    };
    return all;
}

/// What the next request needs: where the feed has moved to, and what we have of it.
struct Place {
    std::string of;       ///< digest of the configured address: what is known of another feed is of no use
    std::string url;      ///< where it moved for good; empty: the configured one
    std::string once;     ///< where it is only this time
    std::string etag;
    std::string modified;
    int hops = 0;
    std::vector<std::string> seen; ///< digests of the newest items of the last reading, in no order
    std::string newest;            ///< when the newest of them was written
};

/// So many items of a reading are remembered: one that is still there proves that nothing left the feed in between.
constexpr std::size_t seen_most = 20;
/// A feed that shows fewer is taken for one that shows only the last of each thing.
constexpr std::size_t window_least = 5;

std::string digest(const std::string& id) { return sha256_hex(id).substr(0, 12); }

std::string text_in(const json& object, const char* name) {
    const auto found = object.find(name);
    return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

/// Nothing is known when somebody configured another address meanwhile, least of all where the old one had moved.
Place read_place(const std::string& cursor, const std::string& configured) {
    const auto object = json::parse(cursor, nullptr, false);
    const Place fresh{digest(configured), {}, {}, {}, {}, 0, {}, {}};
    if (!object.is_object() || (object.contains("of") && text_in(object, "of") != fresh.of)) return fresh;
    Place place{fresh.of, text_in(object, "url"), text_in(object, "once"), text_in(object, "etag"), text_in(object, "modified"), 0, {}, text_in(object, "newest")};
    if (const auto seen = object.find("seen"); seen != object.end() && seen->is_array())
        for (const auto& one : *seen)
            if (one.is_string()) place.seen.push_back(one.get<std::string>());
    if (const auto hops = object.find("hops"); hops != object.end() && hops->is_number_integer()) place.hops = hops->get<int>();
    return place;
}

std::string write_place(const Place& place) {
    return json{{"of", place.of}, {"url", place.url}, {"once", place.once}, {"etag", place.etag}, {"modified", place.modified}, {"hops", place.hops},
                {"seen", place.seen}, {"newest", place.newest}}.dump(-1, ' ', false, json::error_handler_t::replace);
}

/// A feed shows its newest items. When none of those of the last reading is among them, others may have come and gone.
void note_gap(const Place& place, Page& page) {
    const auto seen = [&](const Post& post) { return std::find(place.seen.begin(), place.seen.end(), digest(post.id)) != place.seen.end(); };
    const auto from = parse_time(place.newest);
    if (!from || page.posts.size() < window_least || std::any_of(page.posts.begin(), page.posts.end(), seen)) return;
    const auto to = page.posts.front().posted_at;
    if (*from < to) page.gaps.push_back({*from, to, "rss: the feed shows no item of the last reading any more"});
}

/// What the next reading is held against. `posts` stand oldest first.
void remember(const std::vector<Post>& posts, Place& place) {
    if (posts.empty()) return;
    place.seen.clear();
    for (auto one = posts.rbegin(); one != posts.rend() && place.seen.size() < seen_most; ++one) place.seen.push_back(digest(one->id));
    place.newest = format_time(posts.back().posted_at);
}

/// `from` is where the feed was read: its links may be meant from there.
Post post_of(const FeedItem& item, const std::string& realm, const std::string& from, const std::string& lang, Time now) {
    Post post;
    post.platform = "rss";
    post.realm = realm;
    post.id = item.id;
    post.author.name = item.author;
    post.author.url = web_address(from, item.author_url);
    const bool repeated = item.title.empty() || item.text.rfind(item.title, 0) == 0;
    post.text = repeated ? item.text : item.text.empty() ? item.title : item.title + "\n\n" + item.text;
    post.lang = lang.substr(0, 2);
    post.posted_at = std::min(item.published.value_or(item.updated.value_or(now)), now);
    if (item.published && item.updated && *item.updated > *item.published) post.edited_at = item.updated;
    post.url = web_address(from, item.link);
    for (const auto& one : item.enclosures)
        if (auto url = web_address(from, one); !url.empty()) post.attachments.push_back({"file", std::move(url)});
    return post;
}

class Rss final : public Connector {
public:
    Rss(Settings settings, Http& http) : settings_(std::move(settings)), http_(http) {}

    std::vector<StreamChange> streams() const override { return {{"feed", false, {}, {}}}; }

    PollResult poll(const Stream& stream, Call& call) override {
        auto place = read_place(stream.cursor, settings_.url);
        const auto url = !place.once.empty() ? place.once : place.url.empty() ? settings_.url : place.url;
        const auto answered = send(http_, request_of(url, place), "rss");
        if (!answered.outcome.ok()) return {answered.outcome, {}};
        const auto& answer = answered.answer;
        if (answer.status == 301 || answer.status == 302 || answer.status == 303 || answer.status == 307 || answer.status == 308)
            return moved(answer, url, place);
        place.once.clear();
        place.hops = 0;
        PollResult result{outcome_of_status(answer, "rss", call.now), {}};
        if (answer.status == 404) result.outcome = {Ending::later, "rss: status 404: no feed there now", {}, false};
        if (answer.status == 304) result.page.cursor = write_place(place);
        if (!result.outcome.ok() || answer.status == 304) return result;
        return read(answer, url, place, call.now);
    }

    Probe probe(Call& call) override {
        const auto answered = send(http_, request_of(settings_.url, {}), "rss");
        const bool redirect = answered.answer.status / 100 == 3;
        return {answered.outcome.ok() && !redirect ? outcome_of_status(answered.answer, "rss", call.now) : answered.outcome, settings_.url, {}, {}};
    }

private:
    static HttpRequest request_of(const std::string& url, const Place& place) {
        HttpRequest request;
        request.url = url;
        request.headers = {{"Accept", "application/atom+xml, application/rss+xml, application/xml;q=0.9, text/xml;q=0.8, */*;q=0.1"},
                           {"Accept-Encoding", "gzip"}};
        if (!place.etag.empty()) request.headers.emplace_back("If-None-Match", place.etag);
        if (!place.modified.empty()) request.headers.emplace_back("If-Modified-Since", place.modified);
        return request;
    }

    /// The next call goes to the new address; for good when the answer says so.
    static PollResult moved(const HttpAnswer& answer, const std::string& from, Place place) {
        const auto location = header(answer.headers, "Location");
        if (location.empty() || ++place.hops > hops_max)
            return {{Ending::broken, "rss: status " + std::to_string(answer.status) + ": sent on without end", {}, false}, {}};
        place.once = web_address(from, location);
        if (place.once.empty()) return {{Ending::broken, "rss: status " + std::to_string(answer.status) + ": sent on to no web address", {}, false}, {}};
        const bool for_good = answer.status == 301 || answer.status == 308;
        if (for_good) place.url = std::exchange(place.once, "");
        PollResult result;
        result.page.cursor = write_place(place);
        result.page.more = true;
        return result;
    }

    PollResult read(const HttpAnswer& answer, const std::string& from, Place place, Time now) const {
        const auto body = gunzip(answer.body, feed_bytes_max);
        if (!body) return {{Ending::later, "rss: the answer is damaged or too large when unpacked", {}, false}, {}};
        const auto feed = parse_feed(*body, header(answer.headers, "Content-Type"));
        if (!feed) return {{Ending::later, "rss: the answer is no feed", {}, false}, {}};
        PollResult result;
        place.etag = header(answer.headers, "ETag");
        place.modified = header(answer.headers, "Last-Modified");
        if (feed->ttl) result.page.next_in = *feed->ttl;
        for (const auto& item : feed->items) {
            if (item.id.empty())
                result.page.rejected.push_back("rss: an item without id, link, title or text\t");
            else
                result.page.posts.push_back(post_of(item, settings_.url, from, feed->lang, now));
        }
        auto& posts = result.page.posts;
        std::reverse(posts.begin(), posts.end()); // feeds stand newest first, also where no item tells its time
        std::stable_sort(posts.begin(), posts.end(), [](const Post& a, const Post& b) { return a.posted_at < b.posted_at; });
        note_gap(place, result.page);
        remember(posts, place);
        result.page.cursor = write_place(place);
        return result;
    }

    Settings settings_;
    Http& http_;
};

Made make(const config::Value& table, const std::vector<std::string>& common_keys, config::Problems& problems, Services services) {
    auto settings = config::read(options(), table, problems, common_keys);
    // The host has no credential, but its patience is shared by all its feeds.
    const auto from = settings.url.find("://");
    const auto host = from == std::string::npos ? settings.url : settings.url.substr(from + 3, settings.url.find('/', from + 3) - from - 3);
    return {std::make_unique<Rss>(std::move(settings), services.http), sha256_hex("rss\n" + host)};
}

} // namespace

const Kind& rss_kind() {
    static const Kind kind = [] {
        Kind made;
        made.name = "rss";
        made.platform = "rss";
        made.gives = "items of an RSS or Atom feed";
        made.needs = "the feed's address";
        made.terms = "A feed is public; what its site's terms say about people in it is for you to read.";
        made.options = config::describe(options());
        made.interval = 5min;
        made.calls_per_second = 1;
        made.burst = 3;
        made.make = make;
        made.cannot = {"A feed shows its newest items only: what left it while larum was away is lost.", "It does not say what was deleted, and seldom who wrote: an author is a name without id."};
        made.setup = {"Find the feed's address: the site's <link rel=\"alternate\" type=\"application/rss+xml\">, often /feed, /rss or /atom.xml.", "Ask whether the site's terms let its texts be read by a program."};
        return made;
    }();
    return kind;
}

} // namespace larum::connectors
