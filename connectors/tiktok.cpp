#include "connectors/connector.h"
#include "connectors/shared/call.h"
#include "connectors/shared/host.h"
#include "connectors/shared/items.h"
#include "connectors/shared/json.h"
#include "connectors/shared/newest_first.h"
#include "connectors/shared/tiktok_errors.h"
#include "connectors/shared/tiktok_webhook.h"
#include "core/crypto.h"
#include "core/error.h"

#include <algorithm>
#include <cstdlib>

/// TikTok: comments below a brand's adverts, through the API for Business. Comments below its own videos are given by
/// application only; what comes of them by webhook is read.
namespace larum::connectors {

namespace {

using json::Json;
using namespace std::chrono_literals;

constexpr std::string_view comments_prefix = "comments:";
constexpr int page_most = 100;
constexpr Span groups_every = 6h;
constexpr Span group_outlives = 48h; ///< comments are read so long after their ad group was last listed

struct Settings {
    std::string advertiser;
    config::Secret token;
    std::vector<std::string> ad_groups;
    std::string own_name;
    std::string open_id;
    std::string host = "https://business-api.tiktok.com";
    Span history = 24h * 7;
    bool private_allowed = false;
};

const config::Options<Settings>& options() {
    static const config::Options<Settings> all = {
        config::required("advertiser", &Settings::advertiser, "Number of the advertiser's account."),
        config::required("token", &Settings::token, "Long-term access token of an application with the permission Ad Comments."),
        config::option("ad_groups", &Settings::ad_groups, "Numbers of the ad groups whose comments are read; empty: all that the account lists."),
        config::option("own_name", &Settings::own_name, "User name of the brand's own account: what it writes is the brand's own."),
        config::option("open_id", &Settings::open_id, "The account's user_openid in webhooks, where an [app.NAME] takes them."),
        config::option("host", &Settings::host, "Where the API lives; https://sandbox-ads.tiktok.com is the sandbox."),
        config::option("history", &Settings::history, "How far back the first reading goes."),
    };
    return all;
}

/// «2026-04-05 10:04:16 +0000 UTC», as this API writes it.
std::optional<Time> read_time(const std::string& text) {
    if (text.size() < 19 || (text.size() > 19 && text.find("+0000") == text.npos && text.find("UTC") == text.npos)) return std::nullopt;
    return parse_time(text.substr(0, 10) + 'T' + text.substr(11, 8) + 'Z');
}

std::string date(Time at) { return format_time(at).substr(0, 10); }

/// User names are told apart without regard to case; people write them with @.
bool is_same_name(std::string_view one, std::string_view other) {
    for (auto* name : {&one, &other})
        if (name->starts_with('@')) name->remove_prefix(1);
    return std::equal(one.begin(), one.end(), other.begin(), other.end(),
                      [](unsigned char a, unsigned char b) { return std::tolower(a) == std::tolower(b); });
}

/// Throws Error::Kind::input.
Post read_comment(const Json& item, const std::string& own_name) {
    Post post;
    post.platform = "tiktok";
    post.kind = PostKind::comment;
    post.id = json::text(item, "comment_id");
    const auto at = read_time(json::text(item, "create_time"));
    if (post.id.empty() || !at) throw Error(Error::Kind::input, "tiktok: a comment without id or time");
    post.posted_at = *at;
    const auto original = json::text(item, "original_comment_id");
    const bool reply = json::text(item, "comment_type") == "REPLY" && !original.empty() && original != "0";
    post.parent_id = reply ? original : json::text(item, "tiktok_item_id");
    post.author.id = json::text(item, "user_id");
    post.author.handle = json::text(item, "user_name");
    post.own = !own_name.empty() && is_same_name(post.author.handle, own_name);
    post.text = json::text(item, "content");
    post.on_ad = true;
    post.metrics.likes = json::count(item, "likes");
    post.metrics.comments = json::count(item, "replies");
    return post;
}

/// A thread where people write is read oftener than one where nobody does.
std::optional<Span> rhythm(Span quiet) {
    if (quiet < 24h) return std::nullopt;
    return quiet < 24h * 7 ? Span(1h) : Span(6h);
}

class TikTok final : public Connector {
public:
    TikTok(Settings settings, Http& http) : settings_(std::move(settings)), http_(http) {}

    std::vector<StreamChange> streams() const override {
        if (settings_.ad_groups.empty()) return {{"ad_groups", false, groups_every, {}}};
        std::vector<StreamChange> all;
        for (const auto& one : settings_.ad_groups) all.push_back({std::string(comments_prefix) + one, false, {}, {}});
        return all;
    }

    PollResult poll(const Stream& stream, Call& call) override {
        if (stream.name == "ad_groups") return poll_groups(stream, call.now);
        if (stream.name.starts_with(comments_prefix)) return poll_comments(stream, call.now);
        return {{Ending::gone, "tiktok: no such stream", {}, false}, {}};
    }

    Probe probe(Call& call) override;
    std::string account() const override { return settings_.open_id; }

private:
    struct Reply {
        Outcome outcome;
        Json data;
    };

    /// `path` ends in a slash, without which it is a 404. The status is 200 nearly always: the code decides.
    Reply ask(const std::string& path, const std::string& query, bool one_object, Time now) {
        HttpRequest request;
        request.url = settings_.host + "/open_api/v1.3" + path + "?advertiser_id=" + percent_encoded(settings_.advertiser) + query;
        request.private_allowed = settings_.private_allowed;
        request.headers = {{"Access-Token", settings_.token.reveal()}, {"Accept", "application/json"}};
        const auto answered = send(http_, request, "tiktok");
        if (!answered.outcome.ok()) return {answered.outcome, {}};
        auto outcome = outcome_of_status(answered.answer, "tiktok", now);
        if (outcome.ending == Ending::gone) outcome.ending = Ending::broken; // no object, but the address itself
        if (!outcome.ok()) return {outcome, {}};
        const auto body = json::parse(answered.answer.body);
        const auto code = json::count(body, "code");
        if (!code) return {{Ending::later, "tiktok: the answer has no code", {}, false}, {}};
        return {tiktok::outcome_of(*code, json::text(body, "message"), one_object, now), json::member(body, "data")};
    }

    static bool has_list(Reply& reply, const char* name) {
        if (!reply.outcome.ok()) return false;
        if (reply.data.contains(name) && reply.data[name].is_array()) return true;
        reply.outcome = {Ending::broken, std::string("tiktok: the answer has no list \"") + name + '"', {}, false};
        return false;
    }

    /// The number of the next page; empty when `page` was the last.
    static std::string next_page(const Json& data, int page) {
        const auto total = json::count(json::member(data, "page_info"), "total_page").value_or(0);
        return page < total ? std::to_string(page + 1) : std::string();
    }

    PollResult poll_groups(const Stream& stream, Time now);
    PollResult poll_comments(const Stream& stream, Time now);

    Settings settings_;
    Http& http_;
};

PollResult TikTok::poll_groups(const Stream& stream, Time now) {
    const int page = std::clamp(std::atoi(stream.cursor.c_str()), 1, 100);
    auto reply = ask("/adgroup/get/", "&fields=%5B%22adgroup_id%22%5D&page_size=100&page=" + std::to_string(page), false, now);
    if (!has_list(reply, "list")) return {reply.outcome, {}};
    PollResult result;
    for (const auto& group : json::list(reply.data, "list")) {
        const auto id = json::text(group, "adgroup_id");
        const bool sound = !id.empty() && id.size() <= 30 && std::all_of(id.begin(), id.end(), [](unsigned char c) { return std::isdigit(c); });
        if (sound)
            result.page.streams.push_back({std::string(comments_prefix) + id, false, {}, now + group_outlives});
        else
            result.page.rejected.push_back("tiktok: an ad group without number\t" + json::raw(group));
    }
    const auto next = next_page(reply.data, page);
    result.page.more = !next.empty() && page < 100;
    result.page.cursor = result.page.more ? next : "1";
    if (!next.empty() && !result.page.more) result.page.gaps.push_back({now - settings_.history, now, "more than 10,000 ad groups"});
    return result;
}

PollResult TikTok::poll_comments(const Stream& stream, Time now) {
    NewestFirst walk(stream.cursor, {1h, settings_.history, 50}, now);
    const int page = std::clamp(std::atoi(walk.position().c_str()), 1, 50);
    // Days are the account's own, so one more is asked for on both sides; the walk stops at what it knows.
    const auto query = "&search_field=ADGROUP_ID&search_value=" + percent_encoded(stream.name.substr(comments_prefix.size())) +
                       "&start_time=" + date(now - settings_.history - 24h) + "&end_time=" + date(now + 24h) +
                       "&sort_field=CREATE_TIME&sort_type=DESC&page_size=100&page=" + std::to_string(page);
    auto reply = ask("/comment/list/", query, true, now);
    if (!has_list(reply, "comments")) return {reply.outcome, {}};
    PollResult result;
    std::vector<Time> times;
    read_items(json::list(reply.data, "comments"), result.page, [&](const Json& item) {
        result.page.posts.push_back(read_comment(item, settings_.own_name));
        times.push_back(result.page.posts.back().posted_at);
    });
    walk.advance(times, next_page(reply.data, page), result.page);
    if (!result.page.more && page == 1) result.page.next_in = times.empty() ? Span(6h) : rhythm(now - *std::max_element(times.begin(), times.end()));
    return result;
}

Probe TikTok::probe(Call& call) {
    auto reply = ask("/adgroup/get/", "&fields=%5B%22adgroup_id%22%5D&page_size=1&page=1", false, call.now);
    Probe probe;
    probe.type = "long-term access token";
    probe.outcome = has_list(reply, "list") ? Outcome{} : reply.outcome;
    if (!probe.outcome.ok()) return probe;
    const auto groups = json::count(json::member(reply.data, "page_info"), "total_number").value_or(0);
    probe.account = "advertiser " + settings_.advertiser + ", " + std::to_string(groups) + " ad groups";
    probe.notes.push_back("comments below videos that are no adverts: TikTok gives them by application only");
    if (settings_.own_name.empty()) probe.notes.push_back("the brand's own answers are read as anybody's: own_name is not set");
    return probe;
}

Made make(const config::Value& table, const std::vector<std::string>& common_keys, config::Problems& problems, Services services) {
    auto settings = config::read(options(), table, problems, common_keys);
    settings.private_allowed = private_allowed(table);
    check_host(table, "host", settings.host, problems);
    auto credential = sha256_hex("tiktok\n" + settings.host + '\n' + settings.token.reveal());
    return {std::make_unique<TikTok>(std::move(settings), services.http), std::move(credential)};
}

} // namespace

const Kind& tiktok_kind() {
    static const Kind kind = [] {
        Kind made;
        made.name = "tiktok";
        made.platform = "tiktok";
        made.gives = "comments below a brand's adverts; by webhook also those below its own videos, where TikTok approved the application for them";
        made.needs = "an application of TikTok API for Business with the permission Ad Comments, authorized by the advertiser: its long-term access token";
        made.terms = "TikTok Business Products (Data) terms and the API's developer guidelines (undated: read the ones in force): data of people who comment serve answering them, "
                     "and are not joined with other data to find out who somebody is. What they say themselves, such as an order number, may be recognised.";
        made.options = config::describe(options());
        made.interval = 5min;
        made.matching_most = Matching::own_data;
        made.calls_per_second = 5; // the basic level: 10 a second, 600 a minute
        made.burst = 10;
        made.make = make;
        made.app_options = tiktok::app_options();
        made.make_receiver = tiktok::make_receiver;
        made.cannot = {"Comments below videos that are no adverts, and mentions, are given by application only and are not polled.",
                       "Messages are not read; TikTok closes them to accounts in the EEA, the United Kingdom and Switzerland.",
                       "There is no search of TikTok for brands.",
                       "A deleted comment is told by webhook only: the list does not say what is gone."};
        made.setup = {"Register as a developer at https://business-api.tiktok.com and create an application; ask for the permission Ad Comments (read) and Ads Management (read, to list ad groups).",
                      "In the review say: «reads comments below our own adverts so that service can answer complaints; writes nothing».",
                      "The advertiser opens the application's authorization address and agrees; exchange the auth_code for the access token, which has no end until it is revoked.",
                      "For comments below own videos apply for the Accounts API; when it is granted, subscribe to comment events with the address https://YOUR-HOST/hooks/NAME and set open_id."};
        return made;
    }();
    return kind;
}

} // namespace larum::connectors
