#include "connectors/connector.h"
#include "connectors/shared/call.h"
#include "connectors/shared/host.h"
#include "connectors/shared/id_walk.h"
#include "connectors/shared/items.h"
#include "connectors/shared/link.h"
#include "connectors/shared/mastodon_hear.h"
#include "connectors/shared/mastodon_settings.h"
#include "core/crypto.h"

#include <algorithm>
#include <cctype>

/// Mastodon, any instance: what mentions the watched account, its own posts, tags and found words. Pages are asked for
/// right after the last known id, so nothing lies between; beside the poll the instance's stream is heard.
namespace larum::connectors {

namespace {

using namespace std::chrono_literals;
using json::Json;
using mastodon::Settings;

constexpr std::size_t recheck_at_once = 20;
constexpr std::string_view tag_prefix = "tag:", search_prefix = "search:", thread_prefix = "thread:", live_prefix = "live:";

// ---- answers -----------------------------------------------------------------------------------------

std::optional<double> used_share(const Headers& headers) {
    const auto limit = std::strtod(header(headers, "X-RateLimit-Limit").c_str(), nullptr);
    const auto left = header(headers, "X-RateLimit-Remaining");
    if (limit <= 0 || left.empty()) return {};
    return std::clamp(1 - std::strtod(left.c_str(), nullptr) / limit, 0.0, 1.0);
}

Outcome outcome_of(const HttpAnswer& answer, const std::string& scope, Time now) {
    auto outcome = outcome_of_status(answer, "mastodon", now);
    if (answer.status == 403) { // the token is taken, but not for this
        outcome.whole_credential = false;
        outcome.reason += ": the token lacks " + scope + ", or the account was disabled";
    }
    if (answer.status == 429 && !retry_after(answer.headers, now)) // the reset is written as a time, not as seconds
        if (const auto reset = parse_time(header(answer.headers, "X-RateLimit-Reset")); reset && *reset > now)
            outcome.not_before = std::min<Time>(*reset, now + 1h);
    if (answer.status == 422) outcome.reason += ": the token belongs to no account, or the question was not understood";
    return outcome;
}

/// How often the answers to something this old are worth one of the few calls that an instance allows.
Span rhythm(Span age) { return age < 1h ? Span(5min) : age < 6h ? Span(15min) : Span(1h); }

/// How one stream is asked.
struct Question {
    std::string path;
    std::string query;
    std::string scope; ///< that the token needs for it
    bool forward = true; ///< min_id gives the page right after an id; else only the newest of what is higher
};

bool is_plain(std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](unsigned char c) { return std::isdigit(c); });
}

class Mastodon final : public Connector {
public:
    Mastodon(Settings settings, Http& http) : settings_(std::move(settings)), ground_{host_name(settings_.host), settings_.account}, http_(http) {}

    std::vector<StreamChange> streams() const override {
        std::vector<StreamChange> all = {{"notifications", false, {}, {}}, {"own", false, {}, {}}};
        for (const auto& tag : settings_.tags) all.push_back({std::string(tag_prefix) + tag, false, {}, {}});
        for (const auto& words : settings_.search) all.push_back({std::string(search_prefix) + words, false, {}, {}});
        if (!settings_.live) return all;
        all.push_back({"live:notifications", false, {}, {}, true});
        for (const auto& tag : settings_.tags) all.push_back({"live:tag:" + tag, false, {}, {}, true});
        return all;
    }

    PollResult poll(const Stream& stream, Call& call) override {
        if (stream.name.starts_with(thread_prefix)) return poll_thread(stream, call.now);
        if (stream.name == "own" && remembered(call.session, "id").empty()) return {learn_account(call), {}};
        const auto question = question_of(stream.name, call.session);
        if (!question) return {{Ending::gone, "mastodon: no stream \"" + stream.name + "\"", {}, false}, {}};
        IdWalk walk(stream.cursor, {30min, settings_.history, settings_.pages_max}, call.now);
        PollResult result;
        const auto answered = ask(question->path + question->query + place_of(walk), question->scope, call.now);
        result.outcome = answered.outcome;
        result.page.used = used_share(answered.answer.headers);
        if (!result.outcome.ok()) return result;
        const auto body = json::parse(answered.answer.body);
        const auto& items = body.is_object() ? json::list(body, "statuses") : body;
        if (!items.is_array() || (body.is_object() && !body.contains("statuses")))
            return {{Ending::later, "mastodon: the answer is no list", {}, false}, {}};
        const auto seen = read_page(items, call.now, result.page);
        if (question->forward && !walk.walking_back())
            walk.forward(seen, link_parameter(answered.answer.headers, "prev", "min_id"), result.page);
        else
            walk.back(seen, link_parameter(answered.answer.headers, "next", "max_id"), result.page);
        open_threads(stream.name == "notifications", call.now, result.page);
        return result;
    }

    std::size_t recheck_most() const override { return recheck_at_once; }
    RecheckResult recheck(std::span<const Post> known, Call& call) override;
    Probe probe(Call& call) override;
    LineResult line(const Stream& stream, Call& call) override;
    Heard hear(const Stream& stream, const LineEvent& event, Time now) const override;

    std::string account() const override { return settings_.account; }

private:
    PollResult poll_thread(const Stream& stream, Time now) const;
    void open_threads(bool mentions, Time now, Page& page) const;

    static std::string remembered(const Session& session, const char* name) { return json::text(json::parse(session.state), name); }

    static void remember(Session& session, const char* name, const std::string& value) {
        auto kept = json::parse(session.state);
        if (!kept.is_object()) kept = Json::object();
        kept[name] = value;
        session.state = json::raw(kept);
        session.changed = true;
    }

    static std::string place_of(const IdWalk& walk) {
        std::string place;
        if (!walk.after().empty()) place += "&min_id=" + percent_encoded(walk.after());
        if (!walk.below().empty()) place += "&max_id=" + percent_encoded(walk.below());
        return place;
    }

    std::optional<Question> question_of(const std::string& stream, const Session& session) const {
        if (stream == "notifications") // also what the account's filters hide from its own eyes: new accounts, limited ones, strangers
            return Question{"/api/v1/notifications", "?limit=40&include_filtered=true&types[]=mention&types[]=quote", "read:notifications"};
        if (stream == "own") return Question{"/api/v1/accounts/" + remembered(session, "id") + "/statuses", "?limit=40&exclude_reblogs=true", "read:statuses"};
        if (stream.starts_with(tag_prefix))
            return Question{"/api/v1/timelines/tag/" + percent_encoded(stream.substr(tag_prefix.size())), "?limit=40", "read:statuses"};
        if (stream.starts_with(search_prefix))
            return Question{"/api/v2/search", "?limit=40&type=statuses&q=" + percent_encoded(stream.substr(search_prefix.size())), "read:search", false};
        return {};
    }

    Answered ask(const std::string& target, const std::string& scope, Time now) const {
        HttpRequest request;
        request.url = settings_.host + target;
        request.headers = {{"Authorization", "Bearer " + settings_.token.reveal()}, {"Accept", "application/json"}};
        auto answered = send(http_, request, "mastodon");
        if (answered.outcome.ok()) answered.outcome = outcome_of(answered.answer, scope, now);
        return answered;
    }

    /// The account's id on the instance: a call of its own, kept for all streams.
    Outcome learn_account(Call& call) const {
        const auto answered = ask("/api/v1/accounts/verify_credentials", "read:accounts", call.now);
        if (!answered.outcome.ok()) return answered.outcome;
        const auto id = json::text(json::parse(answered.answer.body), "id");
        if (id.empty() || !is_plain(id)) return {Ending::later, "mastodon: the account came without an id", {}, false};
        remember(call.session, "id", id);
        return {Ending::again, "mastodon: the account's id was asked for", {}, false};
    }

    /// Notifications and statuses alike; ids and times are those that the list is sorted by.
    std::vector<IdWalk::Item> read_page(const Json& items, Time now, Page& page) const {
        std::vector<IdWalk::Item> seen;
        read_items(items, page, [&](const Json& item) {
            if (const auto id = json::text(item, "id"); !id.empty())
                seen.push_back({id, parse_time(json::text(item, "created_at")).value_or(now)});
            const bool notification = item.is_object() && item.contains("type") && !item.contains("content");
            mastodon::add_status(notification ? json::member(item, "status") : item, ground_, page);
        });
        return seen;
    }

    Settings settings_;
    mastodon::Ground ground_;
    Http& http_;
};

/// Who answers a complaint may leave the account's name out. Posts found otherwise are followed once somebody answered.
void Mastodon::open_threads(bool mentions, Time now, Page& page) const {
    for (const auto& post : page.posts)
        if (!post.own && (mentions || post.metrics.comments.value_or(0) > 0) && post.posted_at + settings_.threads_for > now)
            page.streams.push_back({std::string(thread_prefix) + post.id, false, rhythm(now - post.posted_at), post.posted_at + settings_.threads_for});
}

PollResult Mastodon::poll_thread(const Stream& stream, Time now) const {
    const auto answered = ask("/api/v1/statuses/" + percent_encoded(stream.name.substr(thread_prefix.size())) + "/context", "read:statuses", now);
    PollResult result{answered.outcome, {}};
    result.page.used = used_share(answered.answer.headers);
    if (!result.outcome.ok()) return result;
    const auto body = json::parse(answered.answer.body);
    if (!body.is_object() || !body.contains("descendants") || !body["descendants"].is_array())
        return {{Ending::later, "mastodon: the answer is no thread", {}, false}, {}};
    const auto seen = read_page(body["descendants"], now, result.page);
    std::optional<Time> alive;
    for (const auto& item : seen) alive = std::max(alive.value_or(item.at), item.at);
    result.page.next_in = rhythm(now - alive.value_or(now - 1h)); // a thread that lives is read more often than a quiet one
    return result;
}

RecheckResult Mastodon::recheck(std::span<const Post> known, Call& call) {
    known = known.first(std::min(known.size(), recheck_at_once));
    std::string query;
    for (const auto& post : known) query += (query.empty() ? "?id[]=" : "&id[]=") + percent_encoded(post.id);
    const auto answered = ask("/api/v1/statuses" + query, "read:statuses", call.now);
    RecheckResult result{answered.outcome, {}, {}};
    if (answered.answer.status == 404 || answered.answer.status == 410)
        result.outcome = {Ending::broken, "mastodon: this instance is older than 4.3: known posts cannot be looked at again", {}, false};
    if (!result.outcome.ok()) return result;
    const auto items = json::parse(answered.answer.body);
    if (!items.is_array()) return {{Ending::later, "mastodon: the answer is no list", {}, false}, {}, {}};
    Page page;
    read_items(items, page, [&](const Json& item) { page.posts.push_back(mastodon::read_status(item, ground_)); });
    result.posts = std::move(page.posts);
    for (const auto& post : known) { // what is there but makes no sense is not gone
        const bool there = std::any_of(items.begin(), items.end(), [&](const Json& item) { return json::text(item, "id") == post.id; });
        if (!there) result.deletions.push_back({"mastodon", ground_.realm, post.id, call.now});
    }
    return result;
}

Probe Mastodon::probe(Call& call) {
    const auto answered = ask("/api/v1/accounts/verify_credentials", "read:accounts", call.now);
    Probe probe{answered.outcome, {}, {}, {}};
    if (answered.answer.status == 403) probe.missing = {"read:accounts"};
    if (!probe.outcome.ok()) return probe;
    const auto body = json::parse(answered.answer.body);
    probe.account = json::text(body, "acct");
    probe.type = "user token";
    probe.granted = {"read:accounts"};
    if (probe.account.empty()) probe.outcome = {Ending::later, "mastodon: the account came without a name", {}, false};
    std::string name = probe.account;
    std::transform(name.begin(), name.end(), name.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    if (probe.outcome.ok() && name != ground_.account)
        probe.outcome = {Ending::reauth, "mastodon: the token speaks for another account than the one that is watched", {}, true};
    probe.notes = {"Mastodon does not tell a token's other scopes: a stream that lacks one says so when it is read"};
    if (!settings_.search.empty()) probe.notes.push_back("search finds only authors who allow it, and nothing where the instance has no search");
    return probe;
}

Connector::LineResult Mastodon::line(const Stream& stream, Call& call) {
    const auto base = remembered(call.session, "streaming");
    if (base.empty()) {
        const auto answered = ask("/api/v2/instance", "nothing", call.now);
        if (!answered.outcome.ok()) return {answered.outcome, {}};
        const auto url = mastodon::streaming_of(json::parse(answered.answer.body), settings_.host.starts_with("http://"));
        if (url.empty()) return {{Ending::broken, "mastodon: the instance names no safe streaming server", {}, false}, {}};
        remember(call.session, "streaming", url);
        return {{Ending::again, "mastodon: the streaming server was asked for", {}, false}, {}};
    }
    LineResult result;
    result.line.form = Line::Form::event_stream;
    result.line.headers = {{"Authorization", "Bearer " + settings_.token.reveal()}, {"Accept", "text/event-stream"}};
    if (stream.name == "live:notifications")
        result.line.url = base + "/api/v1/streaming/user/notification";
    else if (stream.name.starts_with("live:tag:"))
        result.line.url = base + "/api/v1/streaming/hashtag?tag=" + percent_encoded(stream.name.substr(9));
    else
        result.outcome = {Ending::gone, "mastodon: no line \"" + stream.name + "\"", {}, false};
    return result;
}

Heard Mastodon::hear(const Stream& stream, const LineEvent& event, Time now) const {
    auto heard = mastodon::hear(event, ground_, now);
    if (!heard.page.rejected.empty()) heard.poll = {stream.name.substr(std::min(stream.name.size(), live_prefix.size()))};
    return heard;
}

Made make(const config::Value& table, const std::vector<std::string>& common_keys, config::Problems& problems, Services services) {
    auto settings = mastodon::read_settings(table, common_keys, problems);
    auto credential = sha256_hex("mastodon\n" + settings.host + '\n' + settings.token.reveal());
    return {std::make_unique<Mastodon>(std::move(settings), services.http), std::move(credential)};
}

} // namespace

const Kind& mastodon_kind() {
    static const Kind kind = [] {
        Kind made;
        made.name = "mastodon";
        made.platform = "mastodon";
        made.gives = "Mentions, replies and quotes of the watched account, its own posts and replies, public posts with a tag or found by words, live and by poll.";
        made.needs = "An account on an instance, and an access token of it with read:accounts, read:notifications, read:statuses (and read:search).";
        made.terms = "Mastodon is software without terms of its own; each instance has its own rules and privacy policy (https://INSTANCE/about, "
                     "https://INSTANCE/privacy-policy, with their dates there). Read those of yours before you set matching = \"full\".";
        made.options = config::describe(mastodon::options());
        made.interval = 60s;
        made.matching_most = Matching::full;
        made.calls_per_second = 0.8; // 300 in five minutes for an account and an address
        made.burst = 20;
        made.live = "live";
        made.make = make;
        made.cannot = {
            "An instance knows only posts of people it follows, is mentioned by or was sent: a tag or a search never covers the whole network.",
            "Search finds only authors who allow it, and nothing where the instance runs no search server.",
            "Mentions that the account's notification settings drop instead of filtering: the instance keeps none of them.",
            "That a mention was edited or deleted the instance tells nobody: larum sees it in the first half hour, and while an escalation is open.",
            "Direct messages and posts for followers only are not public: they are counted, not kept.",
            "A post cannot be hidden by the one it is about; it can be reported to the instance.",
        };
        made.setup = {
            "Sign in on your instance as the account that people write to.",
            "Open Preferences, Development, New application. Name it larum and take these scopes only: read:accounts, read:notifications, read:statuses, read:search.",
            "Save, open the application again, and copy \"Your access token\" into a file or credential that only larum may read.",
        };
        return made;
    }();
    return kind;
}

} // namespace larum::connectors
