#include "connectors/shared/anchored_walk.h"
#include "connectors/shared/call.h"
#include "connectors/shared/host.h"
#include "connectors/shared/items.h"
#include "connectors/shared/newest_first.h"
#include "connectors/shared/oauth.h"
#include "connectors/shared/reddit_post.h"
#include "core/crypto.h"

#include <algorithm>
#include <cctype>

/// Reddit: posts and comments of subreddits, searches, and with an account of the brand its inbox and its own writing.
namespace larum::connectors {

namespace {

using namespace std::chrono_literals;
using json::Json;

constexpr std::size_t recheck_at_once = 100;
constexpr std::string_view new_prefix = "new:", comments_prefix = "comments:", search_prefix = "search:";

struct Settings {
    std::string client_id;
    config::Secret client_secret;
    config::Secret refresh_token;
    std::string user;
    std::string user_agent;
    std::vector<std::string> subreddits;
    std::vector<std::string> search;
    bool comments = true;
    std::string host = "https://oauth.reddit.com";
    std::string login_host = "https://www.reddit.com";
    Span history = 24h;
    int pages_max = 10;
};

const config::Options<Settings>& options() {
    using config::option, config::required;
    static const config::Options<Settings> all = {
        required("client_id", &Settings::client_id, "Id of the app at reddit.com/prefs/apps."),
        required("client_secret", &Settings::client_secret, "Secret of that app."),
        required("user_agent", &Settings::user_agent, "Who calls, as Reddit wants it: PLATFORM:APP:VERSION (by /u/NAME), such as linux:com.acme.larum:1 (by /u/acme_help)."),
        option("refresh_token", &Settings::refresh_token, "Refresh token of the brand's account (scopes identity, read, history, privatemessages): its inbox and own writing are read, too."),
        option("user", &Settings::user, "Name of the brand's account: what it writes is the brand's own."),
        option("subreddits", &Settings::subreddits, "Names of subreddits whose posts are read, without r/."),
        option("comments", &Settings::comments, "Comments in these subreddits are read, too."),
        option("search", &Settings::search, "Words or phrases to search the posts of all public subreddits for. Comments cannot be searched."),
        option("host", &Settings::host, "Where the API lives. Another host is for tests."),
        option("login_host", &Settings::login_host, "Where access tokens are had. Another host is for tests."),
        option("history", &Settings::history, "How far back the first reading goes. A list holds about a thousand items."),
        option("pages_max", &Settings::pages_max, "Pages of 100 that one walk back may read. What lies beyond is recorded as a gap."),
    };
    return all;
}

// ---- answers -----------------------------------------------------------------------------------------

double number_in(const Headers& headers, const char* name) { return std::strtod(header(headers, name).c_str(), nullptr); }

std::optional<double> used_share(const Headers& headers) {
    const auto used = number_in(headers, "X-Ratelimit-Used"), left = number_in(headers, "X-Ratelimit-Remaining");
    if (header(headers, "X-Ratelimit-Remaining").empty() || used + left <= 0) return {};
    return std::clamp(used / (used + left), 0.0, 1.0);
}

/// «private», «banned», «quarantined»: why a subreddit is not shown.
std::string reason_in(const std::string& body) {
    const auto word = json::text(json::parse(body), "reason");
    const bool plain = word.size() <= 30 && std::all_of(word.begin(), word.end(), [](unsigned char c) { return std::islower(c) || c == '_'; });
    return plain ? word : std::string();
}

Outcome outcome_of(const HttpAnswer& answer, Time now) {
    auto outcome = outcome_of_status(answer, "reddit", now);
    if (outcome.ok()) return outcome;
    if (answer.status == 429 && !retry_after(answer.headers, now)) { // seconds to go, sometimes with a fraction
        const auto wait = std::clamp(number_in(answer.headers, "X-Ratelimit-Reset"), 0.0, 3600.0);
        if (wait > 0) outcome.not_before = now + std::chrono::duration_cast<Span>(std::chrono::duration<double>(wait));
    }
    if (answer.status == 302) outcome = {Ending::gone, "reddit: status 302: there is no such subreddit", {}, false};
    const auto why = reason_in(answer.body);
    if (answer.status == 403) {
        outcome.whole_credential = false;
        outcome.reason += why.empty() ? ": a scope is missing, or the app is not approved" : ": the subreddit is " + why;
    } else if (answer.status == 404 && !why.empty()) {
        outcome.reason += ": the subreddit is " + why;
    }
    return outcome;
}

/// How a stream is asked, and whether its list can be read from a known item on.
struct Question {
    std::string target;
    bool anchored = true;
};

class Reddit final : public Connector {
public:
    Reddit(Settings settings, Http& http) : settings_(std::move(settings)), oauth_(grant_of(settings_)), http_(http) {}

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
    bool speaks_for_user() const { return !settings_.refresh_token.empty(); }

    static OAuth grant_of(const Settings& settings) {
        OAuth::Grant grant;
        grant.platform = "reddit";
        grant.url = settings.login_host + "/api/v1/access_token";
        grant.headers = {{"Authorization", "Basic " + to_base64(settings.client_id + ':' + settings.client_secret.reveal())}, {"User-Agent", settings.user_agent}};
        grant.first_refresh_token = settings.refresh_token;
        grant.form = [](const std::string& refresh_token, Time) -> std::vector<std::pair<std::string, std::string>> {
            if (refresh_token.empty()) return {{"grant_type", "client_credentials"}};
            return {{"grant_type", "refresh_token"}, {"refresh_token", refresh_token}};
        };
        return OAuth(std::move(grant));
    }

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
        answered.outcome = outcome_of(answered.answer, call.now);
        if (answered.answer.status == 401 && oauth_.discard(call)) answered.outcome = {Ending::again, "reddit: the access token had ended", {}, false};
        return answered;
    }

    /// The children of a listing; nothing when the answer is none.
    static std::optional<Json> children_of(const std::string& body) {
        const auto listing = json::parse(body);
        const auto& data = json::member(listing, "data");
        if (json::text(listing, "kind") != "Listing" || !data.contains("children") || !data["children"].is_array()) return {};
        return data;
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

PollResult Reddit::poll(const Stream& stream, Call& call) {
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
    result.page.used = used_share(answered.answer.headers);
    if (!result.outcome.ok()) return result;
    const auto data = children_of(answered.answer.body);
    if (!data) return {{Ending::later, "reddit: the answer is no listing", {}, false}, {}};
    const auto seen = read_children((*data)["children"], call.now, result.page);
    const auto after = json::text(*data, "after");
    if (question->anchored) {
        anchored.advance(seen, after, result.page);
    } else {
        std::vector<Time> times;
        for (const auto& item : seen) times.push_back(item.at);
        walk.advance(times, after, result.page);
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
    const auto data = children_of(answered.answer.body);
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

void check(const Settings& settings, const config::Value& table, config::Problems& problems) {
    const auto where = [&](const char* key) { return table.find(key) ? table.find(key)->at : table.at; };
    if (settings.subreddits.empty() && settings.search.empty() && settings.refresh_token.empty())
        problems.add(table.at, "subreddits, search or refresh_token is missing: what is to be read?");
    if (!settings.refresh_token.empty() && settings.user.empty()) problems.add(where("refresh_token"), "user is missing: whose inbox is it?");
    if (!settings.user_agent.empty() && (settings.user_agent.find(':') == std::string::npos || settings.user_agent.find("/u/") == std::string::npos))
        problems.add(where("user_agent"), "user_agent must be like linux:com.acme.larum:1 (by /u/acme_help): Reddit throttles others");
    for (const auto& name : settings.subreddits)
        if (name.empty() || !std::all_of(name.begin(), name.end(), [](unsigned char c) { return std::isalnum(c) || c == '_'; }))
            problems.add(where("subreddits"), "subreddits: a name has letters, digits and _ only, without r/");
    if (settings.pages_max < 1 || settings.pages_max > 100) problems.add(where("pages_max"), "pages_max must be 1 to 100");
    check_host(table, "host", settings.host, problems);
    check_host(table, "login_host", settings.login_host, problems);
}

Made make(const config::Value& table, const std::vector<std::string>& common_keys, config::Problems& problems, Services services) {
    auto settings = config::read(options(), table, problems, common_keys);
    check(settings, table, problems);
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
        made.options = config::describe(options());
        made.interval = 60s;
        made.matching_most = Matching::own_data;
        made.calls_per_second = 1.5; // 100 a minute for an app
        made.burst = 20;
        made.make = make;
        made.cannot = {
            "Commercial use needs a contract with Reddit, and new apps are approved by hand: larum does not work around either.",
            "Comments cannot be searched, only read in the subreddits you name.",
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
