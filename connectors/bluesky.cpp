#include "connectors/connector.h"
#include "connectors/shared/bluesky_hear.h"
#include "connectors/shared/bluesky_record.h"
#include "connectors/shared/bluesky_reply.h"
#include "connectors/shared/bluesky_server.h"
#include "connectors/shared/host.h"
#include "connectors/shared/items.h"
#include "connectors/shared/jetstream.h"
#include "connectors/shared/newest_first.h"
#include "core/crypto.h"

#include <algorithm>

/// Bluesky: what others write to the watched account, what it answers, and posts found by words. Speaks XRPC with
/// the account's own server (PDS), which passes questions about posts on to the AppView; beside the poll it can hear
/// Jetstream, which brings every post of the network.
namespace larum::connectors {

namespace {

using namespace std::chrono_literals;
using json::Json;

constexpr std::size_t recheck_at_once = 25; ///< getPosts takes no more
constexpr std::string_view search_prefix = "search:", live_name = "jetstream";

struct Settings {
    std::string service = "https://bsky.social";
    std::string identifier;
    config::Secret password;
    std::vector<std::string> search;
    std::string jetstream;
    std::string jetstream_dialect = "v1";
    Span history = 24h;
};

const config::Options<Settings>& options() {
    static const config::Options<Settings> all = {
        config::option("service", &Settings::service, "The server that the account lives on."),
        config::required("identifier", &Settings::identifier, "Handle or DID of the watched account, such as acme.example."),
        config::required("password", &Settings::password, "An app password made for larum, never the account's own."),
        config::option("search", &Settings::search, "Words or phrases to search all public posts for, beside mentions, replies and quotes."),
        config::option("jetstream", &Settings::jetstream,
                       "Address of a Jetstream server, such as wss://jetstream2.us-east.bsky.network: posts come within seconds instead of with the next "
                       "poll. It sends every post of the network, tens of kilobytes a second and more. Empty: poll only."),
        config::option("jetstream_dialect", &Settings::jetstream_dialect,
                       "What that server speaks: \"v1\" (addresses with jetstream1 and jetstream2) or \"v2\" (network.bsky.jetstream.subscribeEvents)."),
        config::option("history", &Settings::history, "How far back the first reading goes."),
    };
    return all;
}

/// How one stream is asked and where its items stand.
struct Question {
    std::string method;
    std::string query;
    std::string items;
};

class Bluesky final : public Connector {
public:
    Bluesky(Settings settings, Http& http)
        : settings_(std::move(settings)), server_(http, settings_.service, settings_.identifier, settings_.password) {
        for (const auto& words : settings_.search) searches_.push_back({std::string(search_prefix) + words, Sought(words)});
    }

    std::vector<StreamChange> streams() const override;
    PollResult poll(const Stream& stream, Call& call) override;
    std::size_t recheck_most() const override { return recheck_at_once; }
    RecheckResult recheck(std::span<const Post> known, Call& call) override;
    Probe probe(Call& call) override;
    LineResult line(const Stream& stream, Call& call) override;
    Heard refused(const Stream& stream, const HttpAnswer& answer, Time now) const override;
    Heard hear(const Stream& stream, const LineEvent& event, Time now) const override;
    std::string account() const override { return settings_.identifier; }

private:
    std::optional<Question> question_of(const std::string& stream, const std::string& did) const;
    jetstream::Dialect dialect() const { return settings_.jetstream_dialect == "v2" ? jetstream::Dialect::v2 : jetstream::Dialect::v1; }

    Settings settings_;
    bluesky::Server server_;
    std::vector<bluesky::Search> searches_;
};

std::vector<StreamChange> Bluesky::streams() const {
    std::vector<StreamChange> all = {{"notifications", false, {}, {}}, {"own", false, {}, {}}};
    for (const auto& one : searches_) all.push_back({one.stream, false, {}, {}});
    if (!settings_.jetstream.empty()) all.push_back({std::string(live_name), false, {}, {}, true});
    return all;
}

// ---- the poll ------------------------------------------------------------------------------------------

/// Adds the items to the page, oldest first, and returns when the server saw each. What an author claims may lie years
/// back (posts brought along from another network): by that, one such post would end a walk before its time.
std::vector<Time> read_views(const Json& items, const std::string& did, Page& page) {
    std::vector<Time> times;
    read_items(items, page, [&](const Json& item) {
        if (item.is_object() && item.contains("reason") && item["reason"].is_object()) return; // a repost in a feed, or a pin
        const auto& view = item.is_object() && item.contains("post") ? item["post"] : item;
        auto post = bluesky::read_view(view, did);
        times.push_back(parse_time(json::text(view, "indexedAt")).value_or(post.posted_at));
        page.posts.push_back(std::move(post));
    });
    return times;
}

std::optional<Question> Bluesky::question_of(const std::string& stream, const std::string& did) const {
    if (stream == "notifications") // whatever the account prefers: who is not followed complains too
        return Question{"app.bsky.notification.listNotifications", "limit=100&priority=false&reasons=mention&reasons=reply&reasons=quote", "notifications"};
    if (stream == "own")
        return Question{"app.bsky.feed.getAuthorFeed", "limit=100&filter=posts_with_replies&actor=" + percent_encoded(did), "feed"};
    if (stream.starts_with(search_prefix))
        return Question{"app.bsky.feed.searchPosts", "limit=100&sort=latest&q=" + percent_encoded(stream.substr(search_prefix.size())), "posts"};
    return {};
}

PollResult Bluesky::poll(const Stream& stream, Call& call) {
    if (const auto opened = server_.open_session(call)) return {*opened, {}};
    const auto did = bluesky::did_of(call.session);
    const auto question = question_of(stream.name, did);
    if (!question) return {{Ending::gone, "bluesky: no stream \"" + stream.name + "\"", {}, false}, {}};
    NewestFirst walk(stream.cursor, {10min, settings_.history, 50}, call.now);
    auto query = question->query;
    if (!walk.position().empty()) query += "&cursor=" + percent_encoded(walk.position());
    const auto reply = server_.ask(question->method, query, call);
    PollResult result{reply.outcome, {}};
    result.page.used = reply.used;
    if (!result.outcome.ok()) return result;
    if (!reply.body.contains(question->items) || !reply.body[question->items].is_array())
        return {{Ending::broken, "bluesky: " + question->method + " answered without \"" + question->items + "\"", {}, false}, {}};
    walk.advance(read_views(reply.body[question->items], did, result.page), json::text(reply.body, "cursor"), result.page);
    return result;
}

RecheckResult Bluesky::recheck(std::span<const Post> known, Call& call) {
    if (const auto opened = server_.open_session(call)) return {*opened, {}, {}};
    std::string query;
    for (const auto& post : known) query += (query.empty() ? "uris=" : "&uris=") + percent_encoded(post.id);
    const auto reply = server_.ask("app.bsky.feed.getPosts", query, call);
    RecheckResult result{reply.outcome, {}, {}};
    if (!result.outcome.ok()) return result;
    if (!reply.body.contains("posts") || !reply.body["posts"].is_array())
        return {{Ending::broken, "bluesky: app.bsky.feed.getPosts answered without \"posts\"", {}, false}, {}, {}};
    Page page;
    read_views(reply.body["posts"], bluesky::did_of(call.session), page);
    for (const auto& post : known) {
        const auto found = std::find_if(page.posts.begin(), page.posts.end(), [&](const Post& one) { return one.id == post.id; });
        if (found == page.posts.end())
            result.deletions.push_back({"bluesky", post.realm, post.id, call.now});
        else
            result.posts.push_back(*found);
    }
    return result;
}

Probe Bluesky::probe(Call& call) {
    Probe probe;
    if (const auto opened = server_.open_session(call)) {
        probe.outcome = *opened;
        return probe;
    }
    const auto reply = server_.ask("com.atproto.server.getSession", "", call);
    probe.outcome = reply.outcome;
    if (!probe.outcome.ok()) return probe;
    probe.account = json::text(reply.body, "handle");
    probe.type = "account session";
    if (json::text(reply.body, "handle") == "handle.invalid") probe.notes.push_back("the account's handle no longer leads to it: people cannot mention it by name");
    if (reply.body.contains("active") && !json::flag(reply.body, "active"))
        probe.outcome = {Ending::reauth, "bluesky: the account is not active", {}, true};
    for (const auto& one : searches_)
        if (!settings_.jetstream.empty() && !one.words.by_words()) probe.notes.push_back(one.stream + " is searched by poll only: it says more than words");
    return probe;
}

// ---- the line ------------------------------------------------------------------------------------------

Connector::LineResult Bluesky::line(const Stream& stream, Call& call) {
    if (stream.name != live_name || settings_.jetstream.empty())
        return {{Ending::gone, "bluesky: no line \"" + stream.name + "\"", {}, false}, {}, {}};
    auto place = jetstream::place_of(stream.cursor, dialect());
    place.did = bluesky::did_of(call.session);
    // Jetstream asks for no session; whose mentions are looked for is known of one.
    if (place.did.empty())
        if (const auto opened = server_.open_session(call)) return {*opened, {}, {}};
    LineResult result;
    result.line = jetstream::line_of(settings_.jetstream, place);
    result.cursor = jetstream::cursor_of(place);
    return result;
}

Heard Bluesky::refused(const Stream& stream, const HttpAnswer& answer, Time now) const {
    const auto error = bluesky::error_name(json::parse(answer.body));
    if (answer.status == 400 && error == "CursorTooOld") {
        Heard heard;
        heard.page.cursor = jetstream::cursor_of(jetstream::after_too_old(jetstream::place_of(stream.cursor, dialect())));
        return heard;
    }
    auto heard = Connector::refused(stream, answer, now);
    auto& outcome = heard.outcome;
    outcome.whole_credential = false; // Jetstream is another server and knows no credential of ours
    if (outcome.ending == Ending::reauth || outcome.ending == Ending::gone) outcome.ending = Ending::broken;
    outcome.reason = "bluesky: Jetstream: " + outcome.reason + (error.empty() ? "" : " " + error);
    if (outcome.ending == Ending::broken) outcome.reason += "; does that server speak " + settings_.jetstream_dialect + "?";
    return heard;
}

Heard Bluesky::hear(const Stream& stream, const LineEvent& event, Time) const {
    return bluesky::hear(stream.cursor, dialect(), event.data, searches_);
}

// ---- the kind ------------------------------------------------------------------------------------------

void check_jetstream(const config::Value& table, const Settings& settings, config::Problems& problems) {
    const auto at = [&](const char* key) { return table.find(key) ? table.find(key)->at : table.at; };
    if (settings.jetstream_dialect != "v1" && settings.jetstream_dialect != "v2")
        problems.add(at("jetstream_dialect"), "jetstream_dialect is \"" + settings.jetstream_dialect + "\"; expected \"v1\" or \"v2\"");
    if (settings.jetstream.empty()) return;
    const bool plain = private_allowed(table) && settings.jetstream.starts_with("ws://");
    if (!plain && !settings.jetstream.starts_with("wss://"))
        problems.add(at("jetstream"), "jetstream must begin with wss:// (ws:// only together with private_allowed = true)");
}

Made make(const config::Value& table, const std::vector<std::string>& common_keys, config::Problems& problems, Services services) {
    auto settings = config::read(options(), table, problems, common_keys);
    while (settings.service.ends_with('/')) settings.service.pop_back();
    while (settings.jetstream.ends_with('/')) settings.jetstream.pop_back();
    if (settings.identifier.starts_with('@')) settings.identifier.erase(0, 1);
    check_host(table, "service", settings.service, problems);
    check_jetstream(table, settings, problems);
    // The session belongs to account and password on this server; another password is another credential.
    auto credential = sha256_hex("bluesky\n" + settings.service + '\n' + settings.identifier + '\n' + settings.password.reveal());
    return {std::make_unique<Bluesky>(std::move(settings), services.http), std::move(credential)};
}

} // namespace

const Kind& bluesky_kind() {
    static const Kind kind = [] {
        Kind made;
        made.name = "bluesky";
        made.platform = "bluesky";
        made.gives = "Mentions, replies and quotes of the watched account, its own answers, and public posts found by words; by poll, and live from Jetstream.";
        made.needs = "An account with an app password.";
        made.terms = "The Bluesky Developer Guidelines (docs.bsky.app, read in 2026) do not forbid matching; point 3 wants services to delete what people "
                     "ask to have deleted, point 6 to protect what they hold. Posts are public by protocol; the law on personal data goes on to hold.";
        made.options = config::describe(options());
        made.interval = 30s;
        made.calls_per_second = 2; // 3,000 in five minutes for an address
        made.burst = 20;
        made.refresh_within = std::chrono::hours{24 * 7}; // point 3 names no time; without Jetstream a deletion is found no other way
        made.live = "jetstream";
        made.make = make;
        made.cannot = {
            "Search gives what Bluesky's index gives: its walk back may end before all was shown, and authors may ask not to be shown without a login.",
            "A reply that Bluesky's index sees before the post it answers (both written within a second) notifies nobody: only Jetstream brings it.",
            "Jetstream names an author by DID only; the handle and the name come with the next poll.",
            "An account that is deleted or taken down as a whole says nothing of its posts: they are found gone when they are looked at again.",
            "Direct messages need a permission of their own and are not read.",
        };
        made.setup = {
            "Sign in at bsky.app as the account that people write to.",
            "Open Settings, Privacy and security, App passwords, and add one named larum. Leave \"Allow access to your direct messages\" off.",
            "Copy the password, which is shown once, into a file or credential that only larum may read.",
        };
        return made;
    }();
    return kind;
}

} // namespace larum::connectors
