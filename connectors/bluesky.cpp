#include "config/secret.h"
#include "connectors/connector.h"
#include "connectors/shared/call.h"
#include "connectors/shared/newest_first.h"
#include "core/crypto.h"
#include "core/text.h"

#include <nlohmann/json.hpp>

#include <algorithm>

/// Bluesky: what others write to the watched account, what it answers, and posts found by words. Speaks XRPC with
/// the account's own server (PDS), which passes questions about posts on to the AppView.
namespace larum::connectors {

namespace {

using nlohmann::json;
using namespace std::chrono_literals;

constexpr std::size_t recheck_at_once = 25; ///< getPosts takes no more
constexpr std::string_view search_prefix = "search:";

struct Settings {
    std::string service = "https://bsky.social";
    std::string identifier;
    config::Secret password;
    std::vector<std::string> search;
    Span history = 24h;
};

const config::Options<Settings>& options() {
    static const config::Options<Settings> all = {
        config::option("service", &Settings::service, "The server that the account lives on."),
        config::required("identifier", &Settings::identifier, "Handle or DID of the watched account, such as acme.example."),
        config::required("password", &Settings::password, "An app password made for larum, never the account's own."),
        config::option("search", &Settings::search, "Words or phrases to search all public posts for, beside mentions, replies and quotes."),
        config::option("history", &Settings::history, "How far back the first reading goes."),
    };
    return all;
}

// ---- reading records ---------------------------------------------------------------------------------

std::string text_in(const json& object, const char* name) {
    const auto found = object.find(name);
    return found != object.end() && found->is_string() ? text::valid_utf8(found->get_ref<const std::string&>()) : std::string();
}

const json& member(const json& object, const char* name) {
    static const json nothing = json::object();
    const auto found = object.find(name);
    return found != object.end() && found->is_object() ? *found : nothing;
}

const json& list(const json& object, const char* name) {
    static const json nothing = json::array();
    const auto found = object.find(name);
    return found != object.end() && found->is_array() ? *found : nothing;
}

std::optional<std::int64_t> count_in(const json& object, const char* name) {
    const auto found = object.find(name);
    return found != object.end() && found->is_number_integer() ? std::optional<std::int64_t>(found->get<std::int64_t>()) : std::nullopt;
}

/// Links stand in facets, since the text shows them shortened; pictures and cards in the embed.
std::vector<Attachment> attachments_of(const json& record) {
    std::vector<Attachment> all;
    for (const auto& facet : list(record, "facets"))
        for (const auto& feature : list(facet, "features"))
            if (auto uri = text_in(feature, "uri"); !uri.empty()) all.push_back({"link", std::move(uri)});
    const auto& embed = member(record, "embed");
    const auto& media = embed.contains("media") ? member(embed, "media") : embed;
    for (std::size_t i = 0; i < list(media, "images").size(); ++i) all.push_back({"photo", ""});
    if (media.contains("video")) all.push_back({"video", ""});
    if (auto uri = text_in(member(media, "external"), "uri"); !uri.empty()) all.push_back({"link", std::move(uri)});
    return all;
}

std::string page_of(const std::string& handle_or_did, const std::string& uri) {
    return "https://bsky.app/profile/" + handle_or_did + "/post/" + uri.substr(uri.rfind('/') + 1);
}

/// The moment by which the AppView sorts: what the author claims, but not later than it was seen there.
Time sorted_at(Time created, Time indexed) { return std::min(created, indexed); }

/// `view` is a post view or a notification: both have uri, author, record and indexedAt. Throws Error::Kind::input.
Post read_post(const json& view, const std::string& own_did) {
    const auto& record = member(view, "record");
    const auto& author = member(view, "author");
    Post post;
    post.platform = "bluesky";
    post.id = text_in(view, "uri");
    post.author.id = text_in(author, "did");
    const auto indexed = parse_time(text_in(view, "indexedAt"));
    const auto created = parse_time(text_in(record, "createdAt"));
    if (post.id.rfind("at://", 0) != 0 || post.author.id.empty()) throw Error(Error::Kind::input, "bluesky: a post without uri or author");
    if (!indexed && !created) throw Error(Error::Kind::input, "bluesky: a post without a time");
    post.posted_at = sorted_at(created.value_or(*indexed), indexed.value_or(*created));
    post.author.handle = text_in(author, "handle");
    post.author.name = text_in(author, "displayName");
    post.author.followers = count_in(author, "followersCount");
    post.author.url = "https://bsky.app/profile/" + post.author.id;
    post.text = text_in(record, "text");
    if (const auto& langs = list(record, "langs"); !langs.empty() && langs[0].is_string()) post.lang = langs[0].get<std::string>();
    post.parent_id = text_in(member(member(record, "reply"), "parent"), "uri");
    post.kind = post.parent_id.empty() ? PostKind::mention : PostKind::comment;
    post.attachments = attachments_of(record);
    post.url = page_of(post.author.handle.empty() || post.author.handle == "handle.invalid" ? post.author.id : post.author.handle, post.id);
    post.own = !own_did.empty() && post.author.id == own_did;
    if (post.own && post.parent_id.empty()) post.kind = PostKind::post;
    const auto reposts = count_in(view, "repostCount"), quotes = count_in(view, "quoteCount");
    post.metrics.likes = count_in(view, "likeCount");
    if (reposts || quotes) post.metrics.shares = reposts.value_or(0) + quotes.value_or(0);
    post.metrics.comments = count_in(view, "replyCount");
    return post;
}

// ---- answers -----------------------------------------------------------------------------------------

struct Reply {
    Outcome outcome;
    json body;
    std::string error; ///< the XRPC error's name
    std::optional<double> used;
};

std::optional<double> used_share(const Headers& headers) {
    const auto limit = std::strtod(header(headers, "RateLimit-Limit").c_str(), nullptr);
    const auto left = header(headers, "RateLimit-Remaining");
    if (limit <= 0 || left.empty()) return {};
    return std::clamp(1 - std::strtod(left.c_str(), nullptr) / limit, 0.0, 1.0);
}

Reply read_reply(const Answered& answered, Time now) {
    Reply reply;
    reply.outcome = answered.outcome;
    if (!reply.outcome.ok()) return reply;
    reply.outcome = outcome_of_status(answered.answer, "bluesky", now);
    reply.used = used_share(answered.answer.headers);
    reply.body = json::parse(answered.answer.body, nullptr, false);
    if (reply.body.is_object()) reply.error = text_in(reply.body, "error").substr(0, 64);
    // Names are ours to show; the message beside them may quote what was sent.
    const bool a_word = std::all_of(reply.error.begin(), reply.error.end(), [](unsigned char c) { return std::isalnum(c); });
    if (!reply.outcome.ok() && !reply.error.empty() && a_word) reply.outcome.reason += " " + reply.error;
    if (reply.outcome.ok() && !reply.body.is_object())
        reply.outcome = {Ending::later, "bluesky: the answer is not JSON", {}, false};
    return reply;
}

/// How one stream is asked and where its items stand.
struct Question {
    std::string method;
    std::string query;
    std::string items;
};

class Bluesky final : public Connector {
public:
    Bluesky(Settings settings, Http& http) : settings_(std::move(settings)), http_(http) {
        while (!settings_.service.empty() && settings_.service.back() == '/') settings_.service.pop_back();
    }

    std::vector<StreamChange> streams() const override {
        std::vector<StreamChange> all = {{"notifications", false, {}, {}}, {"own", false, {}, {}}};
        for (const auto& words : settings_.search) all.push_back({std::string(search_prefix) + words, false, {}, {}});
        return all;
    }

    PollResult poll(const Stream& stream, Call& call) override {
        auto tokens = read_session(call.session);
        if (const auto opened = open_session(tokens, call)) return {*opened, {}};
        const auto question = question_of(stream.name, text_in(tokens, "did"));
        if (!question) return {{Ending::gone, "bluesky: no stream \"" + stream.name + "\"", {}, false}, {}};
        NewestFirst walk(stream.cursor, {10min, settings_.history, 50}, call.now);
        auto query = question->query;
        if (!walk.position().empty()) query += "&cursor=" + percent_encoded(walk.position());
        const auto reply = ask(question->method, query, tokens, call);
        PollResult result{reply.outcome, {}};
        result.page.used = reply.used;
        if (!result.outcome.ok()) return result;
        if (!reply.body.contains(question->items) || !reply.body[question->items].is_array())
            return {{Ending::broken, "bluesky: " + question->method + " answered without \"" + question->items + "\"", {}, false}, {}};
        walk.advance(read_items(reply.body[question->items], text_in(tokens, "did"), result.page), text_in(reply.body, "cursor"), result.page);
        return result;
    }

    std::size_t recheck_most() const override { return recheck_at_once; }

    RecheckResult recheck(std::span<const Post> known, Call& call) override {
        auto tokens = read_session(call.session);
        if (const auto opened = open_session(tokens, call)) return {*opened, {}, {}};
        std::string query;
        for (const auto& post : known) query += (query.empty() ? "uris=" : "&uris=") + percent_encoded(post.id);
        const auto reply = ask("app.bsky.feed.getPosts", query, tokens, call);
        RecheckResult result{reply.outcome, {}, {}};
        if (!result.outcome.ok()) return result;
        if (!reply.body.contains("posts") || !reply.body["posts"].is_array())
            return {{Ending::broken, "bluesky: app.bsky.feed.getPosts answered without \"posts\"", {}, false}, {}, {}};
        Page page;
        read_items(reply.body["posts"], text_in(tokens, "did"), page);
        for (const auto& post : known) {
            const auto found = std::find_if(page.posts.begin(), page.posts.end(), [&](const Post& one) { return one.id == post.id; });
            if (found == page.posts.end())
                result.deletions.push_back({"bluesky", post.realm, post.id, call.now});
            else
                result.posts.push_back(*found);
        }
        return result;
    }

    Probe probe(Call& call) override {
        auto tokens = read_session(call.session);
        if (const auto opened = open_session(tokens, call)) return {*opened, {}, {}, {}};
        const auto reply = ask("com.atproto.server.getSession", "", tokens, call);
        return {reply.outcome, text_in(reply.body.is_object() ? reply.body : json::object(), "handle"), {}, {}};
    }

    std::string account() const override { return settings_.identifier; }

private:
    static json read_session(const Session& session) {
        auto tokens = json::parse(session.state, nullptr, false);
        return tokens.is_object() ? tokens : json::object();
    }

    static void keep_session(const json& tokens, Session& session) {
        session.state = tokens.empty() ? std::string() : tokens.dump();
        session.changed = true;
    }

    /// Opens a session, or refreshes the one there is, when there is no access token: that was this call's request.
    /// Logging in is allowed 30 times in five minutes and 300 times a day, so a session is kept as long as it lives.
    std::optional<Outcome> open_session(const json& tokens, Call& call) {
        if (!text_in(tokens, "access").empty()) return {};
        const auto refresh_token = text_in(tokens, "refresh");
        HttpRequest request;
        request.method = "POST";
        request.url = settings_.service + "/xrpc/com.atproto.server." + (refresh_token.empty() ? "createSession" : "refreshSession");
        if (refresh_token.empty()) {
            request.headers = {{"Content-Type", "application/json"}};
            request.body = json{{"identifier", settings_.identifier}, {"password", settings_.password.reveal()}}.dump();
        } else {
            request.headers = {{"Authorization", "Bearer " + refresh_token}};
        }
        const auto reply = read_reply(send(http_, request, "bluesky"), call.now);
        if (reply.outcome.ok()) {
            const auto access = text_in(reply.body, "accessJwt"), refresh = text_in(reply.body, "refreshJwt");
            if (access.empty() || refresh.empty()) return Outcome{Ending::broken, "bluesky: a session came without tokens", {}, false};
            keep_session({{"access", access}, {"refresh", refresh}, {"did", text_in(reply.body, "did")}}, call.session);
            return Outcome{Ending::again, "bluesky: a session was opened", {}, false};
        }
        const bool refused = reply.outcome.ending == Ending::reauth || reply.outcome.ending == Ending::broken;
        if (!refresh_token.empty() && refused) { // spent or revoked: log in
            keep_session(json::object(), call.session);
            return Outcome{Ending::again, "bluesky: the session had ended", {}, false};
        }
        return reply.outcome;
    }

    /// One authorized question. A dead access token is thrown away, so that the next call refreshes.
    Reply ask(const std::string& method, const std::string& query, json tokens, Call& call) {
        HttpRequest request;
        request.url = settings_.service + "/xrpc/" + method + (query.empty() ? "" : "?" + query);
        request.headers = {{"Authorization", "Bearer " + text_in(tokens, "access")}, {"Accept", "application/json"}};
        auto reply = read_reply(send(http_, request, "bluesky"), call.now);
        // The contract's trap: an expired token answers 400, not 401.
        if (reply.error == "ExpiredToken" || reply.error == "InvalidToken" ||
            (reply.outcome.ending == Ending::reauth && reply.error == "AuthMissing")) {
            tokens.erase("access");
            keep_session(tokens, call.session);
            reply.outcome = {Ending::again, "bluesky: the access token had expired", {}, false};
        }
        return reply;
    }

    std::optional<Question> question_of(const std::string& stream, const std::string& did) const {
        if (stream == "notifications")
            return Question{"app.bsky.notification.listNotifications", "limit=100&reasons=mention&reasons=reply&reasons=quote", "notifications"};
        if (stream == "own")
            return Question{"app.bsky.feed.getAuthorFeed", "limit=100&filter=posts_with_replies&actor=" + percent_encoded(did), "feed"};
        if (stream.rfind(search_prefix, 0) == 0)
            return Question{"app.bsky.feed.searchPosts", "limit=100&sort=latest&q=" + percent_encoded(stream.substr(search_prefix.size())), "posts"};
        return {};
    }

    /// Adds the items to the page, oldest first, and returns when each was written.
    static std::vector<Time> read_items(const json& items, const std::string& did, Page& page) {
        std::vector<Time> times;
        for (const auto& item : items) {
            try {
                if (item.contains("reason") && item["reason"].is_object()) continue; // a repost in a feed, or a pin
                page.posts.push_back(read_post(item.contains("post") ? item["post"] : item, did));
                times.push_back(page.posts.back().posted_at);
            } catch (const Error& error) {
                page.rejected.push_back(std::string(error.what()) + '\t' + item.dump(-1, ' ', false, json::error_handler_t::replace));
            }
        }
        std::stable_sort(page.posts.begin(), page.posts.end(), [](const Post& a, const Post& b) { return a.posted_at < b.posted_at; });
        return times;
    }

    Settings settings_;
    Http& http_;
};

Made make(const config::Value& table, const std::vector<std::string>& common_keys, config::Problems& problems, Services services) {
    auto settings = config::read(options(), table, problems, common_keys);
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
        made.gives = "mentions, replies and quotes of the watched account, its own answers, and public posts found by words";
        made.needs = "an account with an app password";
        made.terms = "Bluesky publishes posts openly and its terms do not forbid matching; the law on personal data goes on to hold.";
        made.options = config::describe(options());
        made.interval = 30s;
        made.calls_per_second = 2; // 3,000 in five minutes for an address
        made.burst = 20;
        made.make = make;
        return made;
    }();
    return kind;
}

} // namespace larum::connectors
