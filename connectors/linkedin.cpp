#include "connectors/connector.h"
#include "connectors/shared/call.h"
#include "connectors/shared/host.h"
#include "connectors/shared/items.h"
#include "connectors/shared/json.h"
#include "connectors/shared/linkedin_read.h"
#include "connectors/shared/linkedin_webhook.h"
#include "connectors/shared/newest_first.h"
#include "connectors/shared/oauth.h"
#include "connectors/shared/offset_walk.h"
#include "core/crypto.h"
#include "core/error.h"

#include <algorithm>

/// LinkedIn: comments below an organization's posts and posts that name it. Notifications and webhooks say where to
/// look; comments and posts are read where they stand, and young posts are swept for what was not notified.
namespace larum::connectors {

namespace {

using json::Json;
using namespace std::chrono_literals;
using namespace linkedin;

constexpr int page_most = 100;
constexpr Span posts_every = 6h;
constexpr Span subscription_every = 24h;
constexpr Span untold_replies_every = 24h; ///< calls are counted by the day: without a number, answers are looked for rarely
constexpr int version_note_months = 10; ///< a version lives about twelve

struct Settings {
    std::string organization;
    config::Secret token;
    config::Secret refresh_token;
    std::string client_id;
    config::Secret client_secret;
    std::string version = "202607";
    std::string host = "https://api.linkedin.com";
    std::string sign_in = "https://www.linkedin.com";
    Span history = 24h;
    Span comments_for = 24h * 30;
    bool webhooks = false;
    bool private_allowed = false;
};

const config::Options<Settings>& options() {
    static const config::Options<Settings> all = {
        config::required("organization", &Settings::organization, "Number of the organization, as it stands in the address of its admin page."),
        config::option("token", &Settings::token, "An access token of an administrator. It ends after 60 days; better give `refresh_token`."),
        config::option("refresh_token", &Settings::refresh_token, "Refresh token of an application that was granted them: larum fetches access tokens itself, for a year."),
        config::option("client_id", &Settings::client_id, "Id of the application; needed with `refresh_token`."),
        config::option("client_secret", &Settings::client_secret, "Secret of the application; needed with `refresh_token`."),
        config::option("version", &Settings::version, "Version of the API as YYYYMM. One lives about twelve months; larum says so when it grows old."),
        config::option("host", &Settings::host, "Where the API lives. Another host is for tests."),
        config::option("sign_in", &Settings::sign_in, "Where tokens come from. Another host is for tests."),
        config::option("history", &Settings::history, "How far back the first reading goes. Notifications are kept for 60 days by LinkedIn."),
        config::option("comments_for", &Settings::comments_for, "How long after it was written the comments of a post are swept. Later ones still come by notification."),
        config::option("webhooks", &Settings::webhooks, "LinkedIn sends webhooks to an [app.NAME] of larum: look once a day whether the subscription still stands."),
    };
    return all;
}

OAuth::Grant grant_of(const Settings& settings) {
    OAuth::Grant grant;
    grant.platform = "linkedin";
    grant.url = settings.sign_in + "/oauth/v2/accessToken";
    grant.form = [id = settings.client_id, secret = settings.client_secret](const std::string& refresh_token, Time) {
        return std::vector<std::pair<std::string, std::string>>{
            {"grant_type", "refresh_token"}, {"refresh_token", refresh_token}, {"client_id", id}, {"client_secret", secret.reveal()}};
    };
    grant.first_refresh_token = settings.refresh_token;
    grant.private_allowed = settings.private_allowed;
    return grant;
}

Time next_midnight(Time now) { return std::chrono::floor<std::chrono::days>(now) + std::chrono::days{1}; }

/// No header tells a quota: the words of a 429 say whether it is the day's.
Outcome outcome_of(const HttpAnswer& answer, Time now) {
    auto outcome = outcome_of_status(answer, "linkedin", now);
    if (answer.status == 429 && answer.body.find("DAY") != std::string::npos && header(answer.headers, "Retry-After").empty()) {
        outcome.reason = "linkedin: status 429: the day's calls are used up";
        outcome.not_before = next_midnight(now);
        outcome.tell = true;
    }
    if (answer.status == 426) outcome.reason += ": this version of the API has ended; set a newer `version`";
    if (answer.status == 403) outcome.reason += ": the administrator's role or a scope (r_organization_social, rw_organization_admin) is missing";
    return outcome;
}

/// How old a version is, in months; nothing when it is none.
std::optional<int> months_old(const std::string& version, Time now) {
    if (version.size() != 6 || !std::all_of(version.begin(), version.end(), [](unsigned char c) { return std::isdigit(c); })) return std::nullopt;
    const std::chrono::year_month_day today{std::chrono::floor<std::chrono::days>(now)};
    const int number = std::stoi(version);
    return (static_cast<int>(today.year()) - number / 100) * 12 + static_cast<int>(static_cast<unsigned>(today.month())) - number % 100;
}

std::optional<Span> rhythm(Span age) {
    if (age < 24h) return Span(1h);
    return age < 24h * 7 ? Span(6h) : Span(24h);
}

class LinkedIn final : public Connector {
public:
    LinkedIn(Settings settings, Http& http) : settings_(std::move(settings)), oauth_(grant_of(settings_)), http_(http) {}

    std::vector<StreamChange> streams() const override {
        std::vector<StreamChange> all = {{"notifications", false, {}, {}}, {"posts", false, posts_every, {}}};
        if (settings_.webhooks) all.push_back({"subscription", false, subscription_every, {}});
        return all;
    }

    PollResult poll(const Stream& stream, Call& call) override {
        const auto& name = stream.name;
        if (name == "notifications") return poll_notifications(stream, call);
        if (name == "posts") return poll_posts(stream, call);
        if (name == "subscription") return poll_subscription(call);
        if (name.starts_with(comments_prefix) || name.starts_with(replies_prefix)) return poll_comments(stream, call);
        if (name.starts_with(comment_prefix) || name.starts_with(post_prefix)) return poll_one(stream, call);
        return {{Ending::gone, "linkedin: no such stream", {}, false}, {}};
    }

    std::size_t recheck_most() const override { return 1; }
    RecheckResult recheck(std::span<const Post> known, Call& call) override;
    Probe probe(Call& call) override;
    std::string account() const override { return "urn:li:organization:" + settings_.organization; }

private:
    struct Reply {
        Outcome outcome;
        Json body;
    };

    Reply ask(const std::string& path, bool one_object, Call& call) {
        const bool renews = !settings_.refresh_token.empty();
        if (renews)
            if (auto opened = oauth_.open(http_, call)) return {*opened, {}};
        HttpRequest request;
        request.url = settings_.host + "/rest" + path;
        request.private_allowed = settings_.private_allowed;
        request.headers = {{"Authorization", "Bearer " + (renews ? oauth_.token(call.session) : settings_.token.reveal())},
                           {"Linkedin-Version", settings_.version},
                           {"X-Restli-Protocol-Version", "2.0.0"},
                           {"Accept", "application/json"}};
        const auto answered = send(http_, request, "linkedin");
        if (!answered.outcome.ok()) return {answered.outcome, {}};
        if (answered.answer.status == 401 && renews && oauth_.discard(call)) return {{Ending::again, "linkedin: the access token had ended", {}, false}, {}};
        Reply reply{outcome_of(answered.answer, call.now), json::parse(answered.answer.body)};
        if (reply.outcome.ending == Ending::gone && !one_object) reply.outcome.ending = Ending::broken;
        if (reply.outcome.ok() && !reply.body.is_object()) reply.outcome = {Ending::later, "linkedin: the answer is no JSON", {}, false};
        return reply;
    }

    Reply ask_list(const std::string& path, bool one_object, Call& call) {
        auto reply = ask(path, one_object, call);
        if (reply.outcome.ok() && !(reply.body.contains("elements") && reply.body["elements"].is_array()))
            reply.outcome = {Ending::broken, "linkedin: the answer has no list \"elements\"", {}, false};
        return reply;
    }

    /// Pages may be short although more follow, where members are filtered out: the total decides where it is told.
    static bool is_last(const Json& body, int offset) {
        const auto total = json::count(json::member(body, "paging"), "total");
        return total ? offset + page_most >= *total : json::list(body, "elements").size() < std::size_t{page_most};
    }

    PollResult poll_notifications(const Stream& stream, Call& call);
    PollResult poll_posts(const Stream& stream, Call& call);
    PollResult poll_comments(const Stream& stream, Call& call);
    PollResult poll_one(const Stream& stream, Call& call);
    PollResult poll_subscription(Call& call);

    Settings settings_;
    OAuth oauth_;
    Http& http_;
};

std::string milliseconds(Time at) { return std::to_string(std::chrono::floor<std::chrono::milliseconds>(at.time_since_epoch()).count()); }

PollResult LinkedIn::poll_notifications(const Stream& stream, Call& call) {
    OffsetWalk walk(stream.cursor, {page_most, 20, settings_.history, 5min}, call.now);
    // Rest.li wants its own brackets and colons unescaped and those inside of values escaped.
    const auto reply = ask_list("/organizationalEntityNotifications?q=criteria&actions=List(COMMENT,COMMENT_EDIT,COMMENT_DELETE,ADMIN_COMMENT,SHARE,SHARE_MENTION)"
                                "&organizationalEntity=" + percent_encoded(account()) + "&timeRange=(start:" + milliseconds(walk.since()) + ",end:" +
                                milliseconds(call.now) + ")&start=" + std::to_string(walk.offset()) + "&count=100",
                                false, call);
    if (!reply.outcome.ok()) return {reply.outcome, {}};
    PollResult result;
    read_items(json::list(reply.body, "elements"), result.page, [&](const Json& item) {
        auto said = read_notification(item);
        for (auto& one : said.streams) result.page.streams.push_back(std::move(one));
        for (auto& one : said.deletions) result.page.deletions.push_back(std::move(one));
        for (auto& one : said.unknown) result.page.unknown.push_back(std::move(one));
    });
    walk.advance(page_most, is_last(reply.body, walk.offset()), result.page);
    return result;
}

PollResult LinkedIn::poll_posts(const Stream& stream, Call& call) {
    // A post as old as `comments_for` is still swept, so the list is read back as far.
    NewestFirst walk(stream.cursor, {settings_.comments_for, settings_.comments_for, 20}, call.now);
    const int offset = std::clamp(std::atoi(walk.position().c_str()), 0, page_most * 100);
    const auto reply = ask_list("/posts?q=author&author=" + percent_encoded(account()) + "&sortBy=CREATED&start=" + std::to_string(offset) + "&count=100", false, call);
    if (!reply.outcome.ok()) return {reply.outcome, {}};
    PollResult result;
    std::vector<Time> times;
    read_items(json::list(reply.body, "elements"), result.page, [&](const Json& item) {
        auto post = read_post(item, account());
        times.push_back(post.posted_at);
        const auto until = post.posted_at + settings_.comments_for;
        if (until <= call.now) return;
        result.page.streams.push_back({std::string(comments_prefix) + post.id, false, rhythm(call.now - post.posted_at), until});
        result.page.posts.push_back(std::move(post));
    });
    walk.advance(times, is_last(reply.body, offset) ? "" : std::to_string(offset + page_most), result.page);
    return result;
}

/// Comments below a post, or the answers to one of them: LinkedIn lists those below the comment alone.
PollResult LinkedIn::poll_comments(const Stream& stream, Call& call) {
    const bool replies = stream.name.starts_with(replies_prefix);
    const auto rest = stream.name.substr(replies ? replies_prefix.size() : comments_prefix.size());
    const auto post = rest.substr(0, rest.find('|')), below = rest.substr(replies ? post.size() + 1 : 0);
    OffsetWalk walk(stream.cursor, {page_most, 20, settings_.comments_for + 24h * 365, 1h}, call.now);
    const auto reply = ask_list("/socialActions/" + percent_encoded(below) + "/comments?start=" + std::to_string(walk.offset()) + "&count=100", true, call);
    if (!reply.outcome.ok()) return {reply.outcome, {}};
    PollResult result;
    std::optional<Time> youngest;
    read_items(json::list(reply.body, "elements"), result.page, [&](const Json& item) {
        auto comment = read_comment(item, post, account());
        if (replies && comment.parent_id == post) comment.parent_id = "comment:" + comment_id(below);
        if (const auto more = replies ? std::nullopt : replies_of(item, post); more && comment.posted_at + settings_.comments_for > call.now)
            result.page.streams.push_back({more->stream, false, more->replies ? rhythm(call.now - comment.posted_at) : untold_replies_every,
                                           comment.posted_at + settings_.comments_for});
        youngest = std::max(youngest.value_or(comment.posted_at), comment.posted_at);
        if (comment.edited_at.value_or(comment.posted_at) >= walk.since()) result.page.posts.push_back(std::move(comment));
    });
    walk.advance(page_most, is_last(reply.body, walk.offset()), result.page);
    if (youngest && !result.page.more) result.page.next_in = rhythm(call.now - *youngest); // a hot thread oftener than a cold one
    return result;
}

/// One comment or post that a notification named; then its stream has done its work.
PollResult LinkedIn::poll_one(const Stream& stream, Call& call) {
    const bool comment = stream.name.starts_with(comment_prefix);
    const auto rest = stream.name.substr(comment ? comment_prefix.size() : post_prefix.size());
    const auto post = comment ? rest.substr(0, rest.rfind(':')) : rest;
    const auto path = comment ? "/socialActions/" + percent_encoded(post) + "/comments/" + percent_encoded(rest.substr(rest.rfind(':') + 1)) : "/posts/" + percent_encoded(post);
    const auto reply = ask(path, true, call);
    PollResult result{reply.outcome, {}};
    if (!comment && reply.outcome.reason.starts_with("linkedin: status 403")) {
        result.outcome = {}; // others' posts are not all ours to read; that it was there is set aside
        result.page.rejected.push_back("linkedin: a post that names the organization may not be read\t" + post);
    }
    if (!result.outcome.ok()) return result;
    if (reply.outcome.ok()) {
        auto items = Json::array();
        items.push_back(reply.body);
        read_items(items, result.page, [&](const Json& item) {
            result.page.posts.push_back(comment ? read_comment(item, post, account()) : read_post(item, account()));
        });
    }
    result.page.streams.push_back({stream.name, true, {}, {}});
    return result;
}

/// A subscription goes silently with the administrator's role or grant.
PollResult LinkedIn::poll_subscription(Call& call) {
    const auto reply = ask_list("/eventSubscriptions?q=subscriberAndEventType&eventType=ORGANIZATION_SOCIAL_ACTION_NOTIFICATIONS", false, call);
    if (!reply.outcome.ok()) return {reply.outcome, {}};
    for (const auto& one : json::list(reply.body, "elements")) {
        const auto ends = time_of(one, "expiresAt");
        if (json::raw(one).find('"' + account() + '"') != std::string::npos && (!ends || *ends > call.now)) return {};
    }
    return {{Ending::reauth, "linkedin: the webhook subscription of the organization is gone; subscribe it again (PUT /rest/eventSubscriptions)", {}, false}, {}};
}

RecheckResult LinkedIn::recheck(std::span<const Post> known, Call& call) {
    if (known.empty()) return {};
    const auto& post = known.front();
    const bool comment = post.id.starts_with("comment:");
    const auto urn = comment ? post_urn_of(post) : post.id;
    if (urn.empty()) return {};
    const auto reply = ask(comment ? "/socialActions/" + percent_encoded(urn) + "/comments/" + percent_encoded(post.id.substr(8)) : "/posts/" + percent_encoded(urn), true, call);
    RecheckResult result{reply.outcome, {}, {}};
    if (reply.outcome.ending == Ending::gone) {
        result.outcome = {};
        // Whether an answer to a comment can be asked for below the post is not documented: that it is not there says nothing.
        if (comment && post.parent_id.starts_with("comment:")) return result;
        result.deletions.push_back({"linkedin", post.realm, post.id, call.now});
    }
    if (!reply.outcome.ok()) return result;
    try {
        result.posts.push_back(comment ? read_comment(reply.body, urn, account()) : read_post(reply.body, account()));
    } catch (const Error& error) {
        result.outcome = {Ending::broken, error.what(), {}, false};
    }
    return result;
}

Probe LinkedIn::probe(Call& call) {
    const auto reply = ask("/organizations/" + percent_encoded(settings_.organization), false, call);
    Probe probe;
    probe.outcome = reply.outcome;
    probe.type = settings_.refresh_token.empty() ? "member token" : "member token by refresh";
    if (!reply.outcome.ok()) return probe;
    const auto name = json::text(reply.body, "localizedName");
    probe.account = name.empty() ? account() : name + " (" + account() + ')';
    const auto scopes = OAuth::remembered(call.session, "scope");
    for (const char* scope : {"r_organization_social", "rw_organization_admin"}) {
        if (scopes.empty()) break; // only the token endpoint tells them
        (scopes.find(scope) != scopes.npos ? probe.granted : probe.missing).push_back(scope);
    }
    if (const auto age = months_old(settings_.version, call.now); age && *age >= version_note_months)
        probe.notes.push_back("version " + settings_.version + " of the API is " + std::to_string(*age) + " months old and ends at about twelve: set a newer `version`");
    if (settings_.refresh_token.empty()) probe.notes.push_back("an access token without refresh_token ends 60 days after it was made, and LinkedIn does not say when that was");
    if (!settings_.webhooks) probe.notes.push_back("webhooks are off: comments are heard at the source's interval only");
    return probe;
}

Made make(const config::Value& table, const std::vector<std::string>& common_keys, config::Problems& problems, Services services) {
    auto settings = config::read(options(), table, problems, common_keys);
    settings.private_allowed = private_allowed(table);
    check_host(table, "host", settings.host, problems);
    check_host(table, "sign_in", settings.sign_in, problems);
    const auto& id = settings.organization;
    if (!id.empty() && !std::all_of(id.begin(), id.end(), [](unsigned char c) { return std::isdigit(c); }))
        problems.add(table.at, "organization must be digits, like 2414183");
    if (!months_old(settings.version, Time{})) problems.add(table.at, "version must be YYYYMM, like 202607");
    if (settings.token.empty() == settings.refresh_token.empty()) problems.add(table.at, "either token or refresh_token must be given");
    if (!settings.refresh_token.empty() && (settings.client_id.empty() || settings.client_secret.empty()))
        problems.add(table.at, "refresh_token needs client_id and client_secret");
    auto credential = sha256_hex("linkedin\n" + settings.host + '\n' + settings.token.reveal() + '\n' + settings.refresh_token.reveal());
    return {std::make_unique<LinkedIn>(std::move(settings), services.http), std::move(credential)};
}

} // namespace

const Kind& linkedin_kind() {
    static const Kind kind = [] {
        Kind made;
        made.name = "linkedin";
        made.platform = "linkedin";
        made.gives = "comments below an organization's posts, posts that mention or share it, the organization's own posts and answers";
        made.needs = "an application with the Community Management API, and a token of an administrator with r_organization_social and rw_organization_admin";
        made.terms = "LinkedIn API Terms of Use and the Marketing API Program's data storage requirements (undated: read the ones in force) limit how long members' social activity is kept "
                     "and bar building profiles of members from it. Names are withheld, so matching rests on what the comment itself says.";
        made.options = config::describe(options());
        made.interval = 10min; // calls are counted by the day
        made.matching_most = Matching::own_data;
        made.calls_per_second = 0.5;
        made.burst = 5;
        made.make = make;
        made.app_options = linkedin::app_options();
        made.make_receiver = linkedin::make_receiver;
        made.cannot = {"Organization pages only: members' own profiles and posts that do not name the organization are closed.",
                       "Names of members are withheld: authors are URNs without name.",
                       "Webhooks tell of comments and shares below public posts only.",
                       "Messages to the organization are not given to applications.",
                       "A post of somebody else that names the organization is set aside with its URN when LinkedIn does not let it be read."};
        made.setup = {"Create an application at https://www.linkedin.com/developers/apps, tied to the organization's page and verified by it.",
                      "Request the Community Management API: a form, then a review with a video of what the application does. Say: «reads comments below our own posts so that service can answer complaints».",
                      "An administrator of the page signs in through OAuth with r_organization_social and rw_organization_admin; keep the refresh token, or the access token where the application has no refresh tokens.",
                      "For webhooks: in the application's Webhooks tab enter https://YOUR-HOST/hooks/NAME; it is challenged at once and every two hours, so larum must run.",
                      "Then subscribe: PUT /rest/eventSubscriptions/(developerApplication:…,user:…,entity:urn:li:organization:NUMBER,eventType:ORGANIZATION_SOCIAL_ACTION_NOTIFICATIONS) with {\"webhook\": the address}, and set webhooks = true.",
                      "Keep that administrator: with the role or the grant the subscription goes, silently."};
        return made;
    }();
    return kind;
}

} // namespace larum::connectors
