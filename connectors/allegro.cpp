#include "connectors/connector.h"
#include "connectors/shared/allegro_read.h"
#include "connectors/shared/call.h"
#include "connectors/shared/graph_message.h"
#include "connectors/shared/host.h"
#include "connectors/shared/items.h"
#include "connectors/shared/json.h"
#include "connectors/shared/oauth.h"
#include "connectors/shared/offset_walk.h"
#include "core/crypto.h"
#include "core/error.h"

#include <algorithm>

/// Allegro, the marketplace: claims and disputes about purchases with the time by which they must be decided, what is
/// said in their chats, and ratings. Reads only.
namespace larum::connectors {

namespace {

using json::Json;
using namespace std::chrono_literals;

// The two versions answer in different shapes, so each call pins its own.
constexpr const char* public_version = "application/vnd.allegro.public.v1+json";
constexpr const char* beta_version = "application/vnd.allegro.beta.v1+json";
constexpr std::string_view chat_prefix = "chat:";
constexpr int page_most = 100;
constexpr Span all_issues_every = 6h; ///< finds what was opened and closed while larum was away
constexpr Span decided_within = 24h * 30; ///< issues so young are read again, so that decisions and answers are seen
constexpr Span chat_outlives = 48h;   ///< a chat is read so long after its issue was last seen open

struct Settings {
    std::string client_id;
    config::Secret client_secret;
    config::Secret refresh_token;
    std::string user_agent;
    std::string seller;
    std::string host = "https://api.allegro.pl";
    std::string sign_in = "https://allegro.pl";
    Span history = 24h * 14;
    bool private_allowed = false;
};

const config::Options<Settings>& options() {
    static const config::Options<Settings> all = {
        config::required("client_id", &Settings::client_id, "Id of the application registered with Allegro."),
        config::required("client_secret", &Settings::client_secret, "Secret of that application."),
        config::required("refresh_token", &Settings::refresh_token,
                         "The refresh token that the device flow gave. Allegro changes it at each use; larum keeps the newest one itself."),
        config::required("user_agent", &Settings::user_agent,
                         "How larum names itself, such as \"acme-larum/1.0 (+https://acme.example/larum)\": Allegro blocks clients with a generic name."),
        config::option("seller", &Settings::seller, "The seller's number, as `larum check --online` shows it: sent as user.id when ratings are asked for."),
        config::option("host", &Settings::host, "Where the API lives; https://api.allegro.pl.allegrosandbox.pl is the sandbox."),
        config::option("sign_in", &Settings::sign_in, "Where tokens come from; https://allegro.pl.allegrosandbox.pl is the sandbox's."),
        config::option("history", &Settings::history, "How far back the first reading of ratings goes, and of closed issues where that is more than a month. Open issues are read however old they are."),
    };
    return all;
}

OAuth::Grant grant_of(const Settings& settings) {
    OAuth::Grant grant;
    grant.platform = "allegro";
    grant.url = settings.sign_in + "/auth/oauth/token";
    grant.headers = {{"Authorization", "Basic " + to_base64(settings.client_id + ':' + settings.client_secret.reveal())},
                     {"User-Agent", settings.user_agent}};
    grant.form = [](const std::string& refresh_token, Time) {
        return std::vector<std::pair<std::string, std::string>>{{"grant_type", "refresh_token"}, {"refresh_token", refresh_token}};
    };
    grant.first_refresh_token = settings.refresh_token;
    grant.private_allowed = settings.private_allowed;
    return grant;
}

/// Allegro's own word for an error, such as «AccessDenied».
std::string error_word(const std::string& body) {
    const auto parsed = json::parse(body);
    const auto& errors = json::list(parsed, "errors");
    const auto word = errors.empty() ? std::string() : json::text(errors[0], "code");
    const bool plain = word.size() <= 40 && std::all_of(word.begin(), word.end(), [](unsigned char c) { return std::isalpha(c) || c == '_'; });
    return plain ? word : std::string();
}

/// What a status means; `needs` is the scope that this call rests on.
Outcome outcome_of(const HttpAnswer& answer, const std::string& needs, bool one_object, Time now) {
    auto outcome = outcome_of_status(answer, "allegro", now);
    if (outcome.ok()) return outcome;
    if (const auto word = error_word(answer.body); !word.empty()) outcome.reason += ": " + word;
    if (answer.status == 406 || answer.status == 415) outcome.reason += ": the pinned version of the API is no longer served";
    if (answer.status == 403) { // the token lives, this permission does not: other streams go on
        outcome.reason += ": the scope " + needs + " is missing";
        outcome.whole_credential = false;
    }
    if (outcome.ending == Ending::gone && !one_object) outcome.ending = Ending::broken;
    return outcome;
}

/// How often a chat is worth a call, by the age of its last message.
std::optional<Span> rhythm(Span quiet) {
    if (quiet < 24h) return std::nullopt;
    return quiet < 24h * 7 ? Span(1h) : Span(6h);
}

class Allegro final : public Connector {
public:
    Allegro(Settings settings, Http& http) : settings_(std::move(settings)), oauth_(grant_of(settings_)), http_(http) {}

    std::vector<StreamChange> streams() const override {
        return {{"issues", false, {}, {}}, {"issues:all", false, all_issues_every, {}}, {"ratings", false, {}, {}}};
    }

    PollResult poll(const Stream& stream, Call& call) override {
        if (stream.name == "issues") return poll_issues(stream, call, true);
        if (stream.name == "issues:all") return poll_issues(stream, call, false);
        if (stream.name == "ratings") return poll_ratings(stream, call);
        if (stream.name.starts_with(chat_prefix)) return poll_chat(stream, call);
        return {{Ending::gone, "allegro: no such stream", {}, false}, {}};
    }

    std::size_t recheck_most() const override { return 1; }
    RecheckResult recheck(std::span<const Post> known, Call& call) override;
    Probe probe(Call& call) override;

private:
    struct Reply {
        Outcome outcome;
        Json body;
    };

    /// One authorized question. A token that is refused is thrown away, so that the next call fetches another.
    Reply ask(const std::string& path, const char* version, const char* scope, bool one_object, Call& call) {
        if (auto opened = oauth_.open(http_, call)) return {*opened, {}};
        HttpRequest request;
        request.url = settings_.host + path;
        request.private_allowed = settings_.private_allowed;
        request.headers = {{"Authorization", "Bearer " + oauth_.token(call.session)}, {"Accept", version}, {"User-Agent", settings_.user_agent}};
        const auto answered = send(http_, request, "allegro");
        if (!answered.outcome.ok()) return {answered.outcome, {}};
        if (answered.answer.status == 401 && oauth_.discard(call)) return {{Ending::again, "allegro: the access token had ended", {}, false}, {}};
        Reply reply{outcome_of(answered.answer, scope, one_object, call.now), json::parse(answered.answer.body)};
        if (reply.outcome.ok() && !reply.body.is_object()) reply.outcome = {Ending::later, "allegro: the answer is no JSON", {}, false};
        return reply;
    }

    /// A list that must be in the answer; its absence is a changed contract, not an empty list.
    static bool has_list(Reply& reply, const char* name) {
        if (!reply.outcome.ok()) return false;
        if (reply.body.contains(name) && reply.body[name].is_array()) return true;
        reply.outcome = {Ending::broken, std::string("allegro: the answer has no list \"") + name + '"', {}, false};
        return false;
    }

    PollResult poll_issues(const Stream& stream, Call& call, bool open);
    PollResult poll_chat(const Stream& stream, Call& call);
    PollResult poll_ratings(const Stream& stream, Call& call);

    Settings settings_;
    OAuth oauth_;
    Http& http_;
};

/// There is no filter by date, so the open ones are read whole each time, and all of them rarely, a month back.
PollResult Allegro::poll_issues(const Stream& stream, Call& call, bool open) {
    OffsetWalk walk(stream.cursor, {page_most, 50, settings_.history, 1h}, call.now);
    std::string path = "/sale/issues?limit=100&offset=" + std::to_string(walk.offset());
    if (open) path += "&status=CLAIM_SUBMITTED&status=DISPUTE_ONGOING&status=DISPUTE_UNRESOLVED";
    auto reply = ask(path, beta_version, "allegro:api:disputes", false, call);
    if (!has_list(reply, "issues")) return {reply.outcome, {}};
    PollResult result;
    const auto& issues = json::list(reply.body, "issues");
    bool older = false;
    const auto since = std::min(walk.since(), call.now - decided_within);
    read_items(issues, result.page, [&](const Json& item) {
        auto post = allegro::read_issue(item);
        if (post.posted_at < since) older = true;
        const auto chat = allegro::read_chat(item);
        if (open && chat.issue.find(':') == chat.issue.npos)
            result.page.streams.push_back({std::string(chat_prefix) + chat.issue + ':' + chat.buyer, false,
                                           rhythm(call.now - chat.last.value_or(call.now)), call.now + chat_outlives});
        if (open || post.posted_at >= since) result.page.posts.push_back(std::move(post));
    });
    walk.advance(issues.size(), !open && older, result.page);
    return result;
}

PollResult Allegro::poll_chat(const Stream& stream, Call& call) {
    const auto rest = stream.name.substr(chat_prefix.size());
    const auto colon = rest.find(':');
    const auto buyer = colon == rest.npos ? std::string() : rest.substr(colon + 1);
    // The first reading takes the chat whole: an old issue may be what the newest message is about.
    OffsetWalk walk(stream.cursor, {page_most, 20, 24h * 365, 1h}, call.now);
    auto reply = ask("/sale/issues/" + percent_encoded(rest.substr(0, colon)) + "/chat?limit=100&offset=" + std::to_string(walk.offset()),
                     beta_version, "allegro:api:disputes", true, call);
    if (!has_list(reply, "chat")) return {reply.outcome, {}};
    PollResult result;
    const auto& entries = json::list(reply.body, "chat");
    Time last{};
    read_items(entries, result.page, [&](const Json& item) {
        auto contact = allegro::read_entry(item, buyer);
        if (!contact) return;
        last = std::max(last, contact->at);
        if (contact->at >= walk.since()) result.page.contacts.push_back(std::move(*contact));
    });
    auto& contacts = result.page.contacts;
    std::stable_sort(contacts.begin(), contacts.end(), [](const Contact& a, const Contact& b) { return a.at < b.at; });
    graph::mark_answers(contacts);
    walk.advance(entries.size(), false, result.page);
    if (!result.page.more && last != Time{}) result.page.next_in = rhythm(call.now - last);
    return result;
}

PollResult Allegro::poll_ratings(const Stream& stream, Call& call) {
    OffsetWalk walk(stream.cursor, {page_most, 50, settings_.history, 1h}, call.now);
    std::string path = "/sale/user-ratings?limit=100&offset=" + std::to_string(walk.offset()) +
                       "&lastChangedAt.gte=" + percent_encoded(format_time(std::chrono::floor<std::chrono::seconds>(walk.since())));
    if (!settings_.seller.empty()) path += "&user.id=" + percent_encoded(settings_.seller);
    auto reply = ask(path, public_version, "allegro:api:ratings", false, call);
    if (!has_list(reply, "ratings")) return {reply.outcome, {}};
    PollResult result;
    const auto& ratings = json::list(reply.body, "ratings");
    read_items(ratings, result.page, [&](const Json& item) {
        for (auto& post : allegro::read_rating(item, settings_.seller)) result.page.posts.push_back(std::move(post));
    });
    walk.advance(ratings.size(), false, result.page);
    return result;
}

/// «rating:ID», «rating:ID:answer» or «issue:ID»: the object is asked for, and what of it is no longer there is deleted.
RecheckResult Allegro::recheck(std::span<const Post> known, Call& call) {
    if (known.empty()) return {};
    const auto& post = known.front();
    const bool issue = post.id.starts_with("issue:");
    const auto id = post.id.substr(post.id.find(':') + 1);
    const auto path = (issue ? "/sale/issues/" : "/sale/user-ratings/") + percent_encoded(id.substr(0, id.find(':')));
    const auto reply = ask(path, issue ? beta_version : public_version, issue ? "allegro:api:disputes" : "allegro:api:ratings", true, call);
    RecheckResult result{reply.outcome, {}, {}};
    if (reply.outcome.ending == Ending::gone) result.outcome = {};
    if (!result.outcome.ok()) return result;
    try {
        if (reply.outcome.ok())
            for (auto& one : issue ? std::vector<Post>{allegro::read_issue(reply.body)} : allegro::read_rating(reply.body, settings_.seller))
                if (one.id == post.id) result.posts.push_back(std::move(one));
    } catch (const Error& error) {
        return {{Ending::broken, error.what(), {}, false}, {}, {}};
    }
    if (result.posts.empty()) result.deletions.push_back({"allegro", post.realm, post.id, call.now});
    return result;
}

Probe Allegro::probe(Call& call) {
    const auto reply = ask("/me", public_version, "allegro:api:profile:read", false, call);
    Probe probe;
    probe.outcome = reply.outcome;
    if (!reply.outcome.ok()) return probe;
    probe.account = json::text(reply.body, "login") + " (seller " + json::text(reply.body, "id") + ')';
    probe.type = "user token by refresh";
    const auto scopes = OAuth::remembered(call.session, "scope");
    for (const char* scope : {"allegro:api:disputes", "allegro:api:ratings"}) {
        if (scopes.empty()) break; // the token endpoint did not say
        (scopes.find(scope) != scopes.npos ? probe.granted : probe.missing).push_back(scope);
    }
    if (!settings_.seller.empty() && settings_.seller != json::text(reply.body, "id"))
        probe.outcome = {Ending::reauth, "allegro: the token speaks for another seller than `seller` names", {}, true};
    probe.notes.push_back("the refresh token ends three months after its last use: a larum that rested longer must be connected again");
    return probe;
}

Made make(const config::Value& table, const std::vector<std::string>& common_keys, config::Problems& problems, Services services) {
    auto settings = config::read(options(), table, problems, common_keys);
    settings.private_allowed = private_allowed(table);
    check_host(table, "host", settings.host, problems);
    check_host(table, "sign_in", settings.sign_in, problems);
    auto credential = sha256_hex("allegro\n" + settings.host + '\n' + settings.client_id + '\n' + settings.refresh_token.reveal());
    return {std::make_unique<Allegro>(std::move(settings), services.http), std::move(credential)};
}

} // namespace

const Kind& allegro_kind() {
    static const Kind kind = [] {
        Kind made;
        made.name = "allegro";
        made.platform = "allegro";
        made.gives = "claims and disputes of buyers with the time by which a decision or an answer is wanted and the purchase they are about, their chats as contacts, ratings and the brand's answers to them";
        made.needs = "an application at apps.developer.allegro.pl and the seller's consent by the device flow, with the scopes allegro:api:disputes, allegro:api:ratings and allegro:api:profile:read";
        made.terms = "Allegro's Terms and Conditions and those of its REST API (undated: read the ones in force): buyers' data serve the handling of their purchases. "
                     "A buyer gave the brand order, number and words, so matching uses the brand's own records of them and nothing beyond.";
        made.options = config::describe(options());
        made.interval = 5min;
        made.matching_most = Matching::own_data;
        made.calls_per_second = 5; // 9,000 a minute for the application; its other users need theirs
        made.burst = 10;
        made.make = make;
        made.gives_contacts = true;
        made.cannot = {"Issues are matters between buyer and seller, not public: their opening becomes a post so that the deadline can be raised, their chat contacts.",
                       "There is no webhook and no filter of issues by date: open issues are read whole every five minutes, all of them every six hours.",
                       "Threads of the message centre are not read, also where Allegro opens a problem with a purchase as such a thread.",
                       "Opinions about products are not read: only ratings of the seller."};
        made.setup = {"Register an application of the kind for devices without a browser at https://apps.developer.allegro.pl (sandbox: https://apps.developer.allegro.pl.allegrosandbox.pl).",
                      "Tick the scopes allegro:api:disputes, allegro:api:ratings and allegro:api:profile:read; nothing that writes is needed.",
                      "POST https://allegro.pl/auth/oauth/device with client_id, id and secret as basic authorization: it answers a user_code, a verification_uri_complete and a device_code.",
                      "The seller opens verification_uri_complete, signs in and agrees.",
                      "POST https://allegro.pl/auth/oauth/token with grant_type=urn:ietf:params:oauth:grant-type:device_code and device_code until it answers a refresh_token; keep that one as refresh_token.",
                      "From then on larum renews it by itself. Use it nowhere else: each use ends the one before."};
        return made;
    }();
    return kind;
}

} // namespace larum::connectors
