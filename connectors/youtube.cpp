#include "connectors/shared/google.h"
#include "connectors/shared/items.h"
#include "connectors/shared/newest_first.h"
#include "connectors/shared/sweep.h"
#include "connectors/shared/youtube_budget.h"
#include "connectors/shared/youtube_post.h"
#include "connectors/shared/youtube_settings.h"
#include "connectors/shared/youtube_threads.h"
#include "core/crypto.h"
#include "core/error.h"

#include <algorithm>

/// YouTube (Data API v3): comments below the brand's own videos with their replies, and videos of others that
/// speak of the brand. Lists stand newest first and know no `since`; an edited comment keeps its place.
namespace larum::connectors {

namespace {

using namespace std::chrono_literals;
using namespace youtube;

constexpr std::size_t recheck_at_once = 50;
constexpr std::string_view search_prefix = "search:";
constexpr Span young_every = 1h;
constexpr Span search_overlap = 24h; ///< a search finds a video hours after it was published
constexpr int search_pages = 5;      ///< each is one of the day's few searches
const std::string comments_scope = "https://www.googleapis.com/auth/youtube.force-ssl";

google::Api api_of(const Settings& settings, Http& http) {
    if (!settings.api_key.empty()) return {http, "youtube", settings.host, settings.api_key};
    return {http, "youtube", settings.host,
            google::refresh_grant("youtube", settings.token_host + "/token", settings.client_id,
                                  settings.client_secret, settings.refresh_token)};
}

class YouTube final : public Connector {
public:
    YouTube(Settings settings, Http& http) : settings_(std::move(settings)), api_(api_of(settings_, http)) {}

    std::vector<StreamChange> streams() const override;
    PollResult poll(const Stream& stream, Call& call) override;
    std::size_t recheck_most() const override { return recheck_at_once; }
    RecheckResult recheck(std::span<const Post> known, Call& call) override;
    Probe probe(Call& call) override;
    std::string account() const override { return settings_.channel; }

private:
    google::Reply ask(const std::string& method,
                      const std::vector<std::pair<std::string, std::string>>& query, Call& call,
                      PollResult* result) const;
    google::Reply ask_threads(std::vector<std::pair<std::string, std::string>> query,
                              const std::string& position, Call& call, PollResult& result) const;
    PollResult poll_comments(const Stream& stream, Call& call) const;
    PollResult poll_young(const Stream& stream, Call& call) const;
    PollResult poll_video(const Stream& stream, const std::string& video, Call& call) const;
    PollResult poll_replies(const Stream& stream, const std::string& video, const std::string& thread,
                            Call& call) const;
    PollResult poll_search(const Stream& stream, const std::string& words, Call& call) const;
    void add_refreshed(const Post& known, const json::Json& item, RecheckResult& result) const;

    Settings settings_;
    google::Api api_;
};

std::vector<StreamChange> YouTube::streams() const {
    std::vector<StreamChange> all;
    if (!settings_.channel.empty()) all = {{"comments", false, {}, {}}, {"young", false, young_every, {}}};
    for (const auto& words : settings_.search)
        all.push_back({std::string(search_prefix) + words, false, settings_.limits().search_every, {}});
    return all;
}

PollResult YouTube::poll(const Stream& stream, Call& call) {
    const auto& name = stream.name;
    if (name == "comments") return poll_comments(stream, call);
    if (name == "young") return poll_young(stream, call);
    if (name.starts_with(search_prefix)) return poll_search(stream, name.substr(search_prefix.size()), call);
    if (name.starts_with(video_prefix)) return poll_video(stream, name.substr(video_prefix.size()), call);
    const auto colon = name.find(':', replies_prefix.size());
    if (name.starts_with(replies_prefix) && colon != name.npos)
        return poll_replies(stream, name.substr(replies_prefix.size(), colon - replies_prefix.size()),
                            name.substr(colon + 1), call);
    return {{Ending::gone, "youtube: no stream \"" + name + "\"", {}, false}, {}};
}

/// One call, counted. With a `result`, its outcome and budget are filled in.
google::Reply YouTube::ask(const std::string& method,
                           const std::vector<std::pair<std::string, std::string>>& query, Call& call,
                           PollResult* result) const {
    auto reply = api_.get("/youtube/v3/" + method + '?' + form_encoded(query), call);
    Budget budget(call.session, settings_.limits(), call.now);
    if (reply.status != 0 && method != "search") budget.count_call(call.session);
    // A channel that is not there and a search that found nothing come without `items`; nothing else is known to.
    const bool may_lack = (method == "channels" || method == "search") && reply.body.contains("pageInfo");
    if (reply.outcome.ok() && !reply.body.contains("items") && !may_lack)
        reply.outcome = {Ending::broken, "youtube: " + method + " answered without \"items\"", {}, false};
    if (result) {
        result->outcome = reply.outcome;
        result->page.used = std::min(budget.used(), 1.0);
    }
    return reply;
}

google::Reply YouTube::ask_threads(std::vector<std::pair<std::string, std::string>> query,
                                   const std::string& position, Call& call, PollResult& result) const {
    query.insert(
        query.begin(),
        {{"part", "snippet,replies"}, {"order", "time"}, {"maxResults", "100"}, {"textFormat", "plainText"}});
    if (!position.empty()) query.emplace_back("pageToken", position);
    return ask("commentThreads", query, call, &result);
}

/// Streams that were configured do not end when their object is missing: somebody should look at the config.
void keep_alive(PollResult& result) {
    if (result.outcome.ending != Ending::gone) return;
    result.outcome.ending = Ending::broken;
    result.outcome.reason += ": is `channel` the id of a channel with comments?";
}

/// A video that became private, with everything below it, is as good as gone: «forbidden», said of these comments. The
/// same word said of nothing in particular is about the credential.
void let_private_go(const google::Reply& reply, PollResult& result) {
    const auto& errors = json::list(json::member(reply.body, "error"), "errors");
    if (reply.reason == "forbidden" && !errors.empty() && json::text(errors[0], "domain").starts_with("youtube.comment"))
        result.outcome.ending = Ending::gone;
}

PollResult YouTube::poll_comments(const Stream& stream, Call& call) const {
    NewestFirst walk(stream.cursor, {10min, settings_.history, 50}, call.now);
    PollResult result;
    const auto reply =
        ask_threads({{"allThreadsRelatedToChannelId", settings_.channel}}, walk.position(), call, result);
    keep_alive(result);
    if (google::begins_again(walk, reply, result) || !result.outcome.ok()) return result;
    walk.advance(read_threads(reply.body, settings_, call.now, result.page),
                 json::text(reply.body, "nextPageToken"), result.page);
    return result;
}

/// All young threads again, for edits and for replies: neither moves a thread to the top.
PollResult YouTube::poll_young(const Stream& stream, Call& call) const {
    Sweep walk(stream.cursor, {settings_.replies_for, 50, settings_.history}, call.now);
    PollResult result;
    const auto reply =
        ask_threads({{"allThreadsRelatedToChannelId", settings_.channel}}, walk.position(), call, result);
    keep_alive(result);
    if (google::begins_again(walk, reply, result) || !result.outcome.ok()) return result;
    walk.advance(read_threads(reply.body, settings_, call.now, result.page),
                 json::text(reply.body, "nextPageToken"), result.page);
    return result;
}

PollResult YouTube::poll_video(const Stream& stream, const std::string& video, Call& call) const {
    NewestFirst walk(stream.cursor, {10min, settings_.replies_for, 50}, call.now);
    PollResult result;
    const auto reply = ask_threads({{"videoId", video}}, walk.position(), call, result);
    let_private_go(reply, result);
    if (google::begins_again(walk, reply, result) || !result.outcome.ok()) return result;
    const auto times = read_threads(reply.body, settings_, call.now, result.page);
    walk.advance(times, json::text(reply.body, "nextPageToken"), result.page);
    const auto newest = std::max_element(times.begin(), times.end());
    if (!result.page.more)
        result.page.next_in = rhythm(newest == times.end() ? Span(48h) : call.now - *newest);
    return result;
}

PollResult YouTube::poll_replies(const Stream& stream, const std::string& video, const std::string& thread,
                                 Call& call) const {
    Sweep walk(stream.cursor, {{}, 20}, call.now); // the order of replies is not promised
    std::vector<std::pair<std::string, std::string>> query = {
        {"part", "snippet"}, {"parentId", thread}, {"maxResults", "100"}, {"textFormat", "plainText"}};
    if (!walk.position().empty()) query.emplace_back("pageToken", walk.position());
    PollResult result;
    const auto reply = ask("comments", query, call, &result);
    let_private_go(reply, result);
    if (google::begins_again(walk, reply, result) || !result.outcome.ok()) return result;
    std::vector<Time> times;
    read_items(json::list(reply.body, "items"), result.page, [&](const json::Json& item) {
        result.page.posts.push_back(read_comment(item, video, settings_.channel));
        times.push_back(result.page.posts.back().posted_at);
    });
    walk.advance(times, json::text(reply.body, "nextPageToken"), result.page);
    if (!result.page.more)
        result.page.next_in = rhythm(
            call.now - (times.empty() ? call.now - 48h : *std::max_element(times.begin(), times.end())));
    return result;
}

PollResult YouTube::poll_search(const Stream& stream, const std::string& words, Call& call) const {
    const auto limits = settings_.limits();
    Budget budget(call.session, limits, call.now);
    if (!budget.searches_left())
        return {{Ending::later,
                 "youtube: the day's " + std::to_string(limits.searches) + " searches are used up",
                 google::next_day(call.now), false, true},
                {}};
    PollResult result;
    if (budget.next_search() > call.now) { // another search of this credential had its turn
        result.page.next_in = budget.next_search() - call.now;
        return result;
    }
    NewestFirst walk(stream.cursor, {search_overlap, settings_.history, search_pages}, call.now);
    std::vector<std::pair<std::string, std::string>> query = {
        {"part", "snippet"},
        {"type", "video"},
        {"order", "date"},
        {"maxResults", "50"},
        {"q", words},
        {"publishedAfter", format_time(std::chrono::floor<std::chrono::seconds>(walk.floor()))}};
    if (!walk.position().empty()) query.emplace_back("pageToken", walk.position());
    const auto reply = ask("search", query, call, &result);
    if (reply.status != 0) Budget(call.session, limits, call.now).count_search(call.session);
    if (reply.outcome.tell) result.outcome.whole_credential = false; // searches have a day's bucket of their own
    if (google::begins_again(walk, reply, result) || !result.outcome.ok()) return result;
    std::vector<Time> times;
    read_items(json::list(reply.body, "items"), result.page, [&](const json::Json& item) {
        // Channels and lists are found although only videos are asked for.
        if (const auto& id = json::member(item, "id"); !id.contains("videoId") && id.contains("kind")) return;
        result.page.posts.push_back(read_found_video(item, settings_.channel));
        times.push_back(result.page.posts.back().posted_at);
    });
    result.page.streams = video_streams(result.page.posts, settings_, call.now);
    walk.advance(times, json::text(reply.body, "nextPageToken"), result.page);
    if (result.page.more) result.page.next_in = limits.search_every;
    result.page.more = false; // the next page is a search too, and waits for its turn
    return result;
}

// ---- what is kept, and whose it is ---------------------------------------------------------------------

/// Comments and videos are asked for by different methods: those that are of one kind with the first are
/// answered.
RecheckResult YouTube::recheck(std::span<const Post> known, Call& call) {
    if (known.empty()) return {};
    const auto is_comment = [](const Post& post) { return post.kind == PostKind::comment; };
    const bool comments = is_comment(known.front());
    std::string ids;
    for (const auto& post : known)
        if (is_comment(post) == comments) ids += (ids.empty() ? "" : ",") + post.id;
    std::vector<std::pair<std::string, std::string>> query = {
        {"part", comments ? "snippet" : "snippet,statistics"}, {"id", ids}};
    if (comments) query.emplace_back("textFormat", "plainText");
    const auto reply = ask(comments ? "comments" : "videos", query, call, nullptr);
    RecheckResult result{reply.outcome, {}, {}};
    if (!result.outcome.ok()) return result;
    const auto& items = json::list(reply.body, "items");
    for (const auto& post : known) {
        if (is_comment(post) != comments) continue;
        const auto found = std::find_if(items.begin(), items.end(), [&](const json::Json& item) {
            return json::text(item, "id") == post.id;
        });
        if (found == items.end())
            result.deletions.push_back({"youtube", post.realm, post.id, call.now});
        else
            add_refreshed(post, *found, result);
    }
    return result;
}

/// An item that makes no sense says nothing of its post; the next look asks again.
void YouTube::add_refreshed(const Post& known, const json::Json& item, RecheckResult& result) const {
    try {
        if (known.kind != PostKind::comment)
            return result.posts.push_back(read_video(item, settings_.channel));
        auto comment = read_comment(item, "", settings_.channel);
        comment.parent_id = known.parent_id; // a comment that is asked for by its id does not tell its video
        comment.url = known.url;
        result.posts.push_back(std::move(comment));
    } catch (const Error&) {
    }
}

Probe YouTube::probe(Call& call) {
    const bool key = !settings_.api_key.empty();
    std::vector<std::pair<std::string, std::string>> query = {{"part", "snippet"}};
    if (!key)
        query.emplace_back("mine", "true");
    else if (!settings_.channel.empty())
        query.emplace_back("id", settings_.channel);
    else
        query.emplace_back("forHandle", "youtube"); // any channel shows whether the key is good
    const auto reply = ask("channels", query, call, nullptr);
    Probe probe;
    probe.outcome = reply.outcome;
    probe.type = key ? "API key" : "OAuth refresh token";
    if (!probe.outcome.ok()) return probe;
    probe.granted = google::Api::scopes(call.session);
    const bool told = !key && !probe.granted.empty();
    if (told && std::find(probe.granted.begin(), probe.granted.end(), comments_scope) == probe.granted.end())
        probe.missing.push_back(comments_scope);
    const auto& items = json::list(reply.body, "items");
    const auto id = items.empty() ? std::string() : json::text(items[0], "id");
    if (!settings_.channel.empty() || !key)
        probe.account =
            items.empty() ? "" : json::text(json::member(items[0], "snippet"), "title") + " (" + id + ")";
    if (key && !settings_.channel.empty() && id != settings_.channel)
        probe.outcome = {Ending::broken,
                         "youtube: there is no channel " + settings_.channel + ": is `channel` its id (UC…)?",
                         {},
                         false};
    if (!key && !settings_.channel.empty() && id != settings_.channel)
        probe.notes.push_back("the token speaks for another channel than " + settings_.channel +
                              ": it sees what is public there");
    probe.notes.push_back("comments held for review are not read: they are not public");
    return probe;
}

Made make(const config::Value& table, const std::vector<std::string>& common_keys, config::Problems& problems,
          Services services) {
    auto settings = read_settings(table, common_keys, problems);
    auto credential = sha256_hex("youtube\n" + settings.client_id + '\n' + settings.api_key.reveal() +
                                 settings.refresh_token.reveal());
    return {std::make_unique<YouTube>(std::move(settings), services.http), std::move(credential)};
}

} // namespace

const Kind& youtube_kind() {
    static const Kind kind = [] {
        Kind made;
        made.name = "youtube";
        made.platform = "youtube";
        made.gives = "comments and replies below the brand's own videos, videos of others found by words, "
                     "and the comments below those";
        made.needs = "a Google project with the YouTube Data API v3 switched on, and an API key or a refresh "
                     "token of the channel's owner";
        made.terms = "YouTube API Services Developer Policies (revised 23 January 2025), section III.E: what "
                     "is stored is kept for a limited time, refreshed, and follows "
                     "deletions. larum takes no leave from them to find out who a commenter is: only what "
                     "people gave the brand themselves is recognised.";
        made.options = config::describe(options());
        made.interval = 2min;
        made.matching_most = Matching::own_data;
        made.calls_per_second = 2;
        made.burst = 10;
        made.make = make;
        made.cannot = {"comments held for review or taken for spam: they are not public",
                       "live chat, and the channel's private messages: YouTube has no such interface",
                       "more than 100 searches a day: a video of somebody else may be found hours later",
                       "replies to threads older than replies_for", "webhooks of comments: YouTube has none"};
        made.setup = {
            "In Google Cloud's console make a project and switch on «YouTube Data API v3».",
            "For public data: make an API key, restricted to that API. For the owner's own token: configure "
            "the consent screen, publish it "
            "(«In production»: tokens of an app in testing die after 7 days), and make an OAuth client.",
            "With OAuth, let the channel's owner consent to the scope youtube.force-ssl and keep the refresh "
            "token.",
            "Note the channel's id (UC…), not its handle."};
        made.refresh_within = 30 * 24h;
        return made;
    }();
    return kind;
}

} // namespace larum::connectors
