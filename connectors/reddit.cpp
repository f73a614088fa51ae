#include "connectors/shared/anchored_walk.h"
#include "connectors/shared/call.h"
#include "connectors/shared/items.h"
#include "connectors/shared/newest_first.h"
#include "connectors/shared/reddit_answer.h"
#include "connectors/shared/reddit_post.h"
#include "connectors/shared/reddit_settings.h"
#include "connectors/shared/reddit_thread.h"
#include "core/crypto.h"

#include <algorithm>
#include <cctype>

/// Reddit: posts and comments of subreddits, searches, and with an account of the brand its inbox and its own writing.
namespace larum::connectors {

namespace {

using namespace std::chrono_literals;
using json::Json;
using reddit::Settings;
using reddit::ThreadWalk;

constexpr std::size_t recheck_at_once = 100;
constexpr std::string_view new_prefix = "new:", comments_prefix = "comments:", search_prefix = "search:", thread_prefix = "thread:";

/// How often the comments below something this old are worth a call.
Span rhythm(Span age) { return age < 2h ? Span(3min) : age < 24h ? Span(10min) : Span(1h); }

/// How a stream is asked, and whether its list can be read from a known item on.
struct Question {
    std::string target;
    bool anchored = true;
};

class Reddit final : public Connector {
public:
    Reddit(Settings settings, Http& http) : settings_(std::move(settings)), oauth_(reddit::oauth_of(settings_)), http_(http) {}

    std::vector<StreamChange> streams() const override {
        std::vector<StreamChange> all;
        if (speaks_for_user()) all = {{"inbox", false, {}, {}}, {"own", false, {}, {}}};
        for (const auto& name : settings_.subreddits) {
            all.push_back({std::string(new_prefix) + name, false, {}, {}});
            if (settings_.comments) all.push_back({std::string(comments_prefix) + name, false, {}, {}});
        }
        for (const auto& words : settings_.search) all.push_back({std::string(search_prefix) + words, false, {}, {}});
        return all;
    }

    PollResult poll(const Stream& stream, Call& call) override;
    std::size_t recheck_most() const override { return recheck_at_once; }
    RecheckResult recheck(std::span<const Post> known, Call& call) override;
    Probe probe(Call& call) override;
    std::string account() const override { return settings_.user; }

private:
    bool speaks_for_user() const { return settings_.speaks_for_user(); }
    PollResult poll_thread(const Stream& stream, Call& call) const;
    void open_threads(Page& page, Time now) const;
    bool comments_are_read(const Post& post) const;

    std::optional<Question> question_of(const std::string& stream) const {
        const auto rest = [&](std::string_view prefix) { return percent_encoded(stream.substr(prefix.size())); };
        if (stream == "inbox") return Question{"/message/inbox?mark=false"};
        if (stream == "own") return Question{"/user/" + percent_encoded(settings_.user) + "/overview?sort=new"};
        if (stream.starts_with(new_prefix)) return Question{"/r/" + rest(new_prefix) + "/new?"};
        if (stream.starts_with(comments_prefix)) return Question{"/r/" + rest(comments_prefix) + "/comments?"};
        if (stream.starts_with(search_prefix)) return Question{"/search?q=" + rest(search_prefix) + "&sort=new&type=link&t=week", false};
        return {};
    }

    /// Without raw_json texts come with `&lt;` for `<`.
    Answered ask(std::string target, Call& call) const {
        target += target.ends_with('?') ? "raw_json=1" : "&raw_json=1";
        HttpRequest request;
        request.url = settings_.host + target;
        request.headers = {{"Authorization", "Bearer " + oauth_.token(call.session)}, {"User-Agent", settings_.user_agent}, {"Accept", "application/json"}};
        auto answered = send(http_, request, "reddit");
        if (!answered.outcome.ok()) return answered;
        answered.outcome = reddit::outcome_of(answered.answer, call.now);
        if (answered.answer.status == 401 && oauth_.discard(call)) answered.outcome = {Ending::again, "reddit: the access token had ended", {}, false};
        return answered;
    }

    void read_child(const Json& child, const std::string& name, Time now, Page& page) const {
        if (!reddit::is_gone(child))
            page.posts.push_back(reddit::read_thing(child, settings_.user));
        else if (!name.empty())
            page.deletions.push_back({"reddit", "", name, now});
    }

    std::vector<AnchoredWalk::Item> read_children(const Json& children, Time now, Page& page) const {
        std::vector<AnchoredWalk::Item> seen;
        read_items(children, page, [&](const Json& child) {
            const auto& thing = json::member(child, "data");
            const auto name = json::text(thing, "name"), kind = json::text(child, "kind");
            const auto created = json::number(thing, "created_utc");
            const bool sensible = created && *created > 0 && *created < 1e11;
            if (!name.empty()) seen.push_back({name, sensible ? Time{std::chrono::duration_cast<Span>(std::chrono::duration<double>(*created))} : now});
            if (kind.empty()) throw Error(Error::Kind::input, "reddit: a thing without a kind");
            if (kind == "t1" || kind == "t3")
                read_child(child, name, now, page);
            else
                page.unknown.push_back(kind == "t4" ? "a private message" : "a thing of kind " + kind.substr(0, 10));
        });
        return seen;
    }

    Settings settings_;
    OAuth oauth_;
    Http& http_;
};

/// Whether the post stands in a subreddit whose comments are read anyway.
bool Reddit::comments_are_read(const Post& post) const {
    const auto same = [](unsigned char a, unsigned char b) { return std::tolower(a) == std::tolower(b); };
    return settings_.comments && std::any_of(settings_.subreddits.begin(), settings_.subreddits.end(), [&](const std::string& name) {
        const auto path = "/r/" + name + '/';
        return std::search(post.url.begin(), post.url.end(), path.begin(), path.end(), same) != post.url.end();
    });
}

/// Comments cannot be searched, so those below a found post are read while it is young.
void Reddit::open_threads(Page& page, Time now) const {
    for (const auto& post : page.posts)
        if (post.id.starts_with("t3_") && post.posted_at + settings_.threads_for > now && !comments_are_read(post))
            page.streams.push_back({std::string(thread_prefix) + post.id.substr(3), false, rhythm(now - post.posted_at), post.posted_at + settings_.threads_for});
}

/// The children of a thread's answer: its comments, or what was folded away. `post` gets the post.
std::optional<Json> children_in(const Json& body, bool unfolding, Json& post) {
    if (unfolding) return reddit::things_of(body);
    if (!body.is_array() || body.size() != 2 || !reddit::listing_of(body[0]) || !reddit::listing_of(body[1])) return {};
    post = json::list(json::member(body[0], "data"), "children");
    return json::list(json::member(body[1], "data"), "children");
}

/// One request of a walk over a thread. What is read twice is kept once.
PollResult Reddit::poll_thread(const Stream& stream, Call& call) const {
    ThreadWalk walk(percent_encoded(stream.name.substr(thread_prefix.size())), stream.cursor, {settings_.pages_max, 1h}, call.now);
    const auto answered = ask(walk.target(), call);
    PollResult result{answered.outcome, {}};
    result.page.used = reddit::used_share(answered.answer.headers);
    const bool refused = answered.answer.status == 400 || answered.answer.status == 403 || answered.answer.status == 404;
    if (refused && walk.leave_out(result.page)) return result.outcome = {}, result;
    if (!result.outcome.ok()) return result;
    const auto body = json::parse(answered.answer.body);
    auto post = Json::array();
    const auto children = children_in(body, walk.unfolding(), post);
    if (!children) return {{Ending::later, reddit::problem_in(body).value_or("reddit: the answer is no thread"), {}, false}, {}};
    const auto shown = reddit::shown_in(*children);
    auto things = shown.comments;
    if (walk.first()) things.insert(things.end(), post.begin(), post.end());
    std::vector<Time> times;
    for (const auto& item : read_children(things, call.now, result.page)) times.push_back(item.at);
    walk.advance(shown, times, result.page);
    // A thread that lives is read more often than one that is quiet.
    if (!result.page.more) result.page.next_in = rhythm(call.now - walk.newest().value_or(call.now));
    return result;
}

PollResult Reddit::poll(const Stream& stream, Call& call) {
    if (stream.name.starts_with(thread_prefix)) {
        if (const auto opened = oauth_.open(http_, call)) return {*opened, {}};
        return poll_thread(stream, call);
    }
    const auto question = question_of(stream.name);
    if (!question) return {{Ending::gone, "reddit: no stream \"" + stream.name + "\"", {}, false}, {}};
    if (const auto opened = oauth_.open(http_, call)) return {*opened, {}};
    AnchoredWalk::Bounds bounds;
    bounds.history = settings_.history;
    bounds.pages = settings_.pages_max;
    AnchoredWalk anchored(question->anchored ? stream.cursor : std::string(), bounds, call.now);
    NewestFirst walk(stream.cursor, {1h, settings_.history, settings_.pages_max}, call.now);
    const auto place = question->anchored ? anchored.query() : walk.position().empty() ? std::string() : "&after=" + percent_encoded(walk.position());
    const auto answered = ask(question->target + (question->target.ends_with('?') ? "limit=100" : "&limit=100") + place, call);
    PollResult result{answered.outcome, {}};
    result.page.used = reddit::used_share(answered.answer.headers);
    if (!result.outcome.ok()) return result;
    const auto data = reddit::listing_of(json::parse(answered.answer.body));
    if (!data) return {{Ending::later, "reddit: the answer is no listing", {}, false}, {}};
    const auto seen = read_children((*data)["children"], call.now, result.page);
    const auto after = json::text(*data, "after");
    if (question->anchored) {
        anchored.advance(seen, after, result.page);
    } else {
        std::vector<Time> times;
        for (const auto& item : seen) times.push_back(item.at);
        walk.advance(times, after, result.page);
        open_threads(result.page, call.now);
    }
    return result;
}

RecheckResult Reddit::recheck(std::span<const Post> known, Call& call) {
    known = known.first(std::min(known.size(), recheck_at_once));
    if (const auto opened = oauth_.open(http_, call)) return {*opened, {}, {}};
    std::string names;
    for (const auto& post : known) names += (names.empty() ? "" : ",") + percent_encoded(post.id);
    const auto answered = ask("/api/info?id=" + names, call);
    RecheckResult result{answered.outcome, {}, {}};
    if (!result.outcome.ok()) return result;
    const auto data = reddit::listing_of(json::parse(answered.answer.body));
    if (!data) return {{Ending::later, "reddit: the answer is no listing", {}, false}, {}, {}};
    Page page;
    const auto seen = read_children((*data)["children"], call.now, page);
    result.posts = std::move(page.posts);
    result.deletions = std::move(page.deletions);
    for (const auto& post : known) {
        const bool there = std::any_of(seen.begin(), seen.end(), [&](const auto& item) { return item.name == post.id; });
        if (!there) result.deletions.push_back({"reddit", "", post.id, call.now});
    }
    return result;
}

Probe Reddit::probe(Call& call) {
    Probe probe;
    if (const auto opened = oauth_.open(http_, call)) return probe.outcome = *opened, probe;
    const bool user = speaks_for_user();
    const auto answered = ask(user ? "/api/v1/me?" : question_of(streams().front().name)->target + "&limit=1", call);
    probe.outcome = answered.outcome;
    if (!probe.outcome.ok()) return probe;
    probe.type = user ? "user token" : "app token";
    const auto scopes = ' ' + OAuth::remembered(call.session, "scope") + ' ';
    const std::vector<std::string> needed = user ? std::vector<std::string>{"identity", "read", "history", "privatemessages"} : std::vector<std::string>{"read"};
    if (scopes.find_first_not_of(' ') != scopes.npos)
        for (const auto& scope : needed)
            (scopes.find(' ' + scope + ' ') != scopes.npos || scopes == " * " ? probe.granted : probe.missing).push_back(scope);
    if (!user) {
        probe.account = "app " + settings_.client_id;
        probe.notes = {"without refresh_token the inbox (mentions, replies) is not read"};
        return probe;
    }
    probe.account = json::text(json::parse(answered.answer.body), "name");
    const auto same = std::equal(probe.account.begin(), probe.account.end(), settings_.user.begin(), settings_.user.end(),
                                 [](unsigned char a, unsigned char b) { return std::tolower(a) == std::tolower(b); });
    if (probe.account.empty()) probe.outcome = {Ending::later, "reddit: the account came without a name", {}, false};
    else if (!same) probe.outcome = {Ending::reauth, "reddit: the token speaks for another account than user", {}, true};
    return probe;
}

Made make(const config::Value& table, const std::vector<std::string>& common_keys, config::Problems& problems, Services services) {
    auto settings = reddit::read_settings(table, common_keys, problems);
    // Calls are counted for the app, whoever's token it is; the session belongs to the account.
    auto credential = sha256_hex("reddit\n" + settings.client_id + '\n' + (settings.refresh_token.empty() ? "" : settings.user));
    return {std::make_unique<Reddit>(std::move(settings), services.http), std::move(credential)};
}

} // namespace

const Kind& reddit_kind() {
    static const Kind kind = [] {
        Kind made;
        made.name = "reddit";
        made.platform = "reddit";
        made.gives = "Posts and comments of subreddits, posts found by words, and with an account of the brand its mentions, replies and own writing.";
        made.needs = "An app approved by Reddit with its id and secret, for commercial use a contract with Reddit; for the inbox a refresh token of the account.";
        made.terms = "Reddit Data API Terms and Developer Terms (announced 18 April 2023): content is licensed for showing it, what its author deleted is to be "
                     "deleted here too, and commercial use needs an agreement of its own. Recognise people by what they gave the brand, unless "
                     "your agreement says more.";
        made.options = config::describe(reddit::options());
        made.interval = 60s;
        made.matching_most = Matching::own_data;
        made.calls_per_second = 1.5; // 100 a minute for an app
        made.burst = 20;
        made.make = make;
        made.cannot = {
            "Commercial use needs a contract with Reddit, and new apps are approved by hand: larum does not work around either.",
            "Comments cannot be searched: they are read in the subreddits you name, and for a while below posts that a search found.",
            "Of a long thread the newest 500 comments come at once, what is folded away in up to pages_max further calls; beyond that is a gap.",
            "A list holds about a thousand items: a longer absence in a busy subreddit is a gap.",
            "Private and quarantined subreddits are read only where the account is let in.",
            "There are no webhooks.",
        };
        made.setup = {
            "Ask Reddit for API access and, for commercial use, for an agreement (reddit.com, Developer Support); wait for approval.",
            "Open reddit.com/prefs/apps as the brand's account, create an app (script or web app), note its id and secret.",
            "For the inbox: sign in once with the scopes identity, read, history, privatemessages and duration=permanent, and keep the refresh token.",
            "Choose a user agent of your own, PLATFORM:APP:VERSION (by /u/NAME): Reddit throttles callers that do not say who they are.",
        };
        made.refresh_within = 48h;
        return made;
    }();
    return kind;
}

} // namespace larum::connectors
