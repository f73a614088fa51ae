#include "connectors/shared/call.h"
#include "connectors/shared/items.h"
#include "connectors/shared/x_read.h"
#include "connectors/shared/x_receiver.h"
#include "connectors/shared/x_rules.h"
#include "connectors/shared/x_settings.h"
#include "connectors/shared/x_walk.h"
#include "core/crypto.h"

#include <algorithm>

/// X: mentions of the watched account, its own posts, searches, and searches heard at once by the filtered stream.
/// X takes money for each post it gives, so every call is made against a budget of the day.
namespace larum::connectors {

namespace {

using namespace std::chrono_literals;
using namespace x;
using json::Json;

constexpr std::size_t recheck_at_once = 100;
constexpr std::string_view search_prefix = "search:";
// The ids of authors come with the post; their names are users, which cost more than the post itself.
constexpr const char* post_fields = "tweet.fields=attachments,author_id,created_at,edit_history_tweet_ids,entities,lang,note_tweet,public_metrics,referenced_tweets";
constexpr const char* author_fields = "&expansions=author_id&user.fields=name,public_metrics,username";

/// How one stream is asked.
struct Question {
    std::string target;
    std::string page_token;  ///< name of the parameter that turns pages
    std::int64_t fewest = 5; ///< X refuses to give less a page
    Micros price = 0;        ///< of one post
    bool as_user = false;
    int items = 0;           ///< X keeps no more of the list
};

class X final : public Connector {
public:
    X(Settings settings, Http& http) : settings_(std::move(settings)), oauth_(oauth_of(settings_)), rules_(rules_for(settings_.search, settings_.user_id)), http_(http) {}

    std::vector<StreamChange> streams() const override {
        std::vector<StreamChange> all = {{"mentions", false, {}, {}}, {"own", false, {}, {}}};
        // Beside the live stream a search only heals.
        const auto rhythm = settings_.live ? std::optional<Span>(15min) : std::nullopt;
        for (const auto& query : settings_.search) all.push_back({std::string(search_prefix) + query, false, rhythm, {}});
        if (!settings_.live) return all;
        all.push_back({"rules", false, 1h, {}});
        all.push_back({"live", false, {}, {}, true});
        return all;
    }

    PollResult poll(const Stream& stream, Call& call) override;
    std::size_t recheck_most() const override { return recheck_at_once; }
    RecheckResult recheck(std::span<const Post> known, Call& call) override;
    Probe probe(Call& call) override;
    LineResult line(const Stream& stream, Call& call) override;
    Heard hear(const Stream& stream, const LineEvent& event, Time now) const override;
    double cost_of(const Billed& billed) const override;
    Outcome afford(double today, Time now) const override;
    std::string account() const override { return settings_.user_id; }

private:
    std::optional<Question> question_of(const std::string& stream) const;
    Answered ask(HttpRequest request, bool as_user, Call& call) const;
    Answered get(const std::string& target, bool as_user, Call& call) const;
    void read_page(const Json& body, Time now, Page& page) const;
    std::string fields() const { return std::string(post_fields) + (settings_.authors ? author_fields : ""); }

    /// The most that one post costs with all that is asked beside it.
    Micros with_author(Micros price) const { return price + (settings_.authors ? micros(settings_.price_user) : 0); }
    Micros cost_of_answer(const Json& body, Micros price) const {
        const auto users = static_cast<Micros>(json::list(json::member(body, "includes"), "users").size());
        return static_cast<Micros>(json::list(body, "data").size()) * price + users * micros(settings_.price_user);
    }
    bool as_user(bool wanted) const { return settings_.speaks_for_user() && (wanted || settings_.token.empty()); }

    Settings settings_;
    OAuth oauth_;
    RulesWanted rules_;
    Http& http_;
};

std::optional<Question> X::question_of(const std::string& stream) const {
    const bool owned = as_user(true);
    const auto own_price = micros(owned ? settings_.price_owned : settings_.price_post);
    if (stream == "mentions") return Question{"/2/users/" + settings_.user_id + "/mentions?", "pagination_token", 5, own_price, owned, 800};
    if (stream == "own") return Question{"/2/users/" + settings_.user_id + "/tweets?exclude=retweets&", "pagination_token", 5, own_price, owned, 3200};
    if (stream.starts_with(search_prefix))
        return Question{"/2/tweets/search/recent?query=" + percent_encoded(stream.substr(search_prefix.size())) + "&", "next_token", 10,
                        micros(settings_.price_post), as_user(false)};
    return {};
}

/// One authorized call. A user's dead access token is thrown away, so that the next call fetches another.
Answered X::ask(HttpRequest request, bool user, Call& call) const {
    request.url = settings_.host + request.url;
    request.headers.emplace_back("Authorization", "Bearer " + (user ? oauth_.token(call.session) : settings_.token.reveal()));
    auto answered = send(http_, request, "x");
    if (!answered.outcome.ok()) return answered;
    answered.outcome = x::outcome_of(answered.answer, call.now);
    if (user && answered.answer.status == 401 && oauth_.discard(call)) answered.outcome = {Ending::again, "x: the access token had ended", {}, false};
    return answered;
}

Answered X::get(const std::string& target, bool user, Call& call) const {
    HttpRequest request;
    request.url = target;
    return ask(std::move(request), user, call);
}

void X::read_page(const Json& body, Time now, Page& page) const {
    page.deletions = deletions_of(body, now);
    read_items(json::list(body, "data"), page, [&](const Json& item) {
        if (!is_repost(item)) page.posts.push_back(read_post(item, json::member(body, "includes"), settings_.user_id));
    });
}

PollResult X::poll(const Stream& stream, Call& call) {
    if (stream.name == "rules") return poll_rules(stream, rules_, [&](HttpRequest request) { return ask(std::move(request), false, call); });
    const auto question = question_of(stream.name);
    if (!question) return {{Ending::gone, "x: no stream \"" + stream.name + "\"", {}, false}, {}};
    Budget budget(call, micros(settings_.daily_budget));
    PollResult result;
    result.page.spending = budget.spending();
    const auto most = std::min<std::int64_t>(100, budget.affordable(with_author(question->price)));
    if (most < question->fewest) return {budget.refusal(), result.page};
    if (question->as_user)
        if (const auto opened = oauth_.open(http_, call)) return {*opened, {}};
    SinceWalk walk(stream.cursor, {settings_.history, question->items ? Span(24h * 3650) : Span(24h * 7), question->items, settings_.pages_max}, call.now);
    const auto answered = get(question->target + "max_results=" + std::to_string(most) + walk.query(question->page_token) + '&' + fields(), question->as_user, call);
    result.outcome = answered.outcome;
    result.page.used = used_share(answered.answer.headers);
    if (answered.answer.status == 400 && walk.fall_back(result.page)) return result.outcome = {}, result;
    if (!result.outcome.ok()) return result;
    const auto body = json::parse(answered.answer.body);
    if (!body.is_object() || (!body.contains("meta") && !body.contains("data"))) return {{Ending::later, "x: the answer is no list", {}, false}, {}};
    budget.charge(cost_of_answer(body, question->price));
    result.page.spending = budget.spending();
    read_page(body, call.now, result.page);
    const auto& posts = result.page.posts;
    const auto& meta = json::member(body, "meta");
    walk.advance(json::list(body, "data").size(), json::text(meta, "newest_id"), posts.empty() ? std::nullopt : std::optional(posts.back().posted_at),
                 posts.empty() ? std::nullopt : std::optional(posts.front().posted_at), json::text(meta, "next_token"), result.page);
    return result;
}

RecheckResult X::recheck(std::span<const Post> known, Call& call) {
    known = known.first(std::min(known.size(), recheck_at_once));
    Budget budget(call, micros(settings_.daily_budget));
    const auto price = micros(settings_.price_post);
    const auto affordable = budget.affordable(price, Budget::Till::rechecking);
    if (affordable <= 0) {
        auto refusal = budget.refusal();
        refusal.whole_credential = refusal.tell = budget.affordable(price) <= 0; // reading may go on
        return {refusal, {}, {}};
    }
    known = known.first(std::min(known.size(), static_cast<std::size_t>(affordable)));
    const bool user = as_user(false);
    if (user)
        if (const auto opened = oauth_.open(http_, call)) return {*opened, {}, {}};
    std::string ids;
    for (const auto& post : known) ids += (ids.empty() ? "" : ",") + percent_encoded(post.id);
    const auto answered = get("/2/tweets?ids=" + ids + '&' + post_fields, user, call);
    RecheckResult result{answered.outcome, {}, {}};
    if (!result.outcome.ok()) return result;
    const auto body = json::parse(answered.answer.body);
    if (!body.is_object() || (!body.contains("data") && !body.contains("errors"))) return {{Ending::later, "x: the answer is no list", {}, false}, {}, {}};
    budget.charge(cost_of_answer(body, price), Budget::Till::rechecking);
    result.spending = budget.spending();
    Page page;
    read_items(json::list(body, "data"), page, [&](const Json& item) {
        auto post = read_post(item, {}, settings_.user_id);
        // The first version of an edited post keeps its old text; the edit came under its own id.
        if (newest_version(item) != json::text(item, "id")) return;
        for (const auto& one : known) // names were perhaps paid for once; they are not asked again
            if (one.id == post.id && one.author.id == post.author.id) post.author = one.author;
        page.posts.push_back(std::move(post));
    });
    result.posts = std::move(page.posts);
    result.deletions = deletions_of(body, call.now);
    return result;
}

Probe X::probe(Call& call) {
    Probe probe;
    const bool user = settings_.speaks_for_user();
    if (user)
        if (const auto opened = oauth_.open(http_, call)) return probe.outcome = *opened, probe;
    const auto answered = get(user ? "/2/users/me" : "/2/usage/tweets", user, call);
    probe.outcome = answered.outcome;
    if (!probe.outcome.ok()) return probe;
    const auto data = json::member(json::parse(answered.answer.body), "data");
    probe.type = user ? "user token" : "app token";
    probe.account = settings_.user_id;
    probe.notes.push_back("posts that come by webhook are billed when X sends them: larum counts them and cannot refuse them; set a spending limit in X's console, too");
    if (!user) {
        if (const auto usage = json::text(data, "project_usage"); !usage.empty()) probe.notes.push_back("X counts " + usage + " of " + json::text(data, "project_cap") + " posts this month");
        probe.notes.push_back("without refresh_token mentions and own posts cost as much as any post");
        return probe;
    }
    Budget(call, micros(settings_.daily_budget)).charge(micros(settings_.price_user));
    if (json::text(data, "id").empty()) return probe.outcome = {Ending::later, "x: the account came without an id", {}, false}, probe;
    probe.account = json::text(data, "username") + " (" + json::text(data, "id") + ")";
    if (json::text(data, "id") != settings_.user_id) probe.outcome = {Ending::reauth, "x: the token speaks for another account than user_id", {}, true};
    const auto scopes = ' ' + OAuth::remembered(call.session, "scope") + ' ';
    for (const char* scope : {"tweet.read", "users.read", "offline.access"})
        (scopes.find(' ' + std::string(scope) + ' ') == scopes.npos ? probe.missing : probe.granted).emplace_back(scope);
    if (scopes == "  ") probe.missing.clear(); // X did not say
    if (settings_.token.empty()) probe.notes.push_back("without token the live stream cannot be heard");
    return probe;
}

double X::cost_of(const Billed& billed) const {
    return static_cast<double>(billed.posts) * settings_.price_post + static_cast<double>(billed.users) * settings_.price_user;
}

Outcome X::afford(double today, Time now) const {
    const auto spent = micros(today), budget = micros(settings_.daily_budget);
    return spent + with_author(micros(settings_.price_post)) <= budget ? Outcome{} : budget_refusal(budget, spent, now);
}

Connector::LineResult X::line(const Stream& stream, Call& call) {
    if (stream.name != "live") return {{Ending::gone, "x: no line \"" + stream.name + "\"", {}, false}, {}};
    const Budget budget(call, micros(settings_.daily_budget));
    if (budget.affordable(with_author(micros(settings_.price_post))) < 1) return {budget.refusal(), {}};
    LineResult result;
    result.line.form = Line::Form::lines;
    result.line.url = settings_.host + "/2/tweets/search/stream?" + fields();
    result.line.headers = {{"Authorization", "Bearer " + settings_.token.reveal()}};
    result.line.silence = 25s; // an empty line comes every 20 s
    result.line.first_rest = 5s;
    result.line.longest_rest = 320s;
    return result;
}

Heard X::hear(const Stream&, const LineEvent& event, Time now) const {
    Heard heard;
    const auto body = json::parse(event.data);
    if (!body.is_object()) {
        heard.page.rejected.push_back("x: an event that is no JSON\t");
        return heard;
    }
    if (const auto& errors = json::list(body, "errors"); !errors.empty() && !body.contains("data")) {
        heard.hang_up = true;
        for (const auto& query : settings_.search) heard.poll.push_back(std::string(search_prefix) + query); // what the line misses now
        HttpAnswer as_answer{500, {}, json::raw(errors.front())};
        heard.outcome = x::outcome_of(as_answer, now);
        if (heard.outcome.ending == Ending::later && !heard.outcome.not_before) heard.outcome.not_before = now + 1min;
        return heard;
    }
    // X takes its money whosever rule it was.
    heard.page.billed = {1, static_cast<std::int64_t>(json::list(json::member(body, "includes"), "users").size())};
    const auto& rules = json::list(body, "matching_rules");
    const bool ours = std::any_of(rules.begin(), rules.end(), [&](const Json& rule) { return json::text(rule, "tag") == rules_.tag; });
    if (!ours) return heard; // a rule of somebody else on the same app
    const Json items = Json::array({json::member(body, "data")});
    read_page({{"data", items}, {"includes", json::member(body, "includes")}}, now, heard.page);
    return heard;
}

Made make(const config::Value& table, const std::vector<std::string>& common_keys, config::Problems& problems, Services services) {
    auto settings = read_settings(table, common_keys, problems);
    auto credential = sha256_hex("x\n" + settings.token.reveal() + '\n' + settings.client_id + '\n' + (settings.speaks_for_user() ? settings.user_id : ""));
    return {std::make_unique<X>(std::move(settings), services.http), std::move(credential)};
}

} // namespace

const Kind& x_kind() {
    static const Kind kind = [] {
        Kind made;
        made.name = "x";
        made.platform = "x";
        made.gives = "Mentions of an account, its own posts and replies, and public posts found by queries, by poll, live and by webhook, within a budget of money.";
        made.needs = "A developer app at X with prepaid credits: its bearer token, and for cheaper reading of mentions a refresh token of the account.";
        made.terms = "X Developer Policy, section \"Off-X matching\" (as published in August 2026): somebody on X may be linked to a record off X with their "
                     "express consent, else only by what they gave you directly or made public, in no way that would surprise them; never infer "
                     "health, finances, politics or religion.";
        made.options = config::describe(options());
        made.interval = 60s;
        made.matching_most = Matching::own_data;
        made.calls_per_second = 0.3; // 300 mentions in 15 minutes for a user
        made.burst = 10;
        made.make = make;
        made.app_options = x::app_options();
        made.make_receiver = x::make_receiver;
        made.cannot = {
            "Every post that X gives costs money; larum stops at daily_budget and says so. Posts sent by webhook are counted to it, and cannot be refused when it is used up.",
            "Search reaches back seven days, mentions 800 posts: a longer absence is a gap.",
            "Webhooks for searches (filtered stream webhooks) are sold to Enterprise customers only.",
            "Looking at each kept post every day is X's rule and costs a post read each; it may take half of daily_budget, and is late when that is not enough.",
            "Direct messages are not read: new encrypted chats are closed to apps.",
            "At most 500 posts of X for a person and day may be exported.",
        };
        made.setup = {
            "Open console.x.com, make a project and an app, and buy credits; set a spending limit there, too.",
            "Under Keys and tokens copy the bearer token (search, live) and the consumer secret (webhooks).",
            "Under User authentication settings choose OAuth 2.0, type confidential client, and note client id and secret.",
            "Sign in as the watched account with the scopes tweet.read, users.read, offline.access, and keep the refresh token.",
            "Find the account's number (GET /2/users/me, field id) and enter it as user_id.",
            "Webhooks: POST /2/webhooks with https://YOUR-HOST/hooks/APP (no port), then POST /2/activity/subscriptions for post.mention.create, post.reply.create, post.quote.create and post.delete with that webhook's id.",
        };
        made.refresh_within = 24h;
        made.live = "live";
        return made;
    }();
    return kind;
}

} // namespace larum::connectors
