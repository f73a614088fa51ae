#include "connectors/shared/app_store_review.h"
#include "connectors/shared/call.h"
#include "connectors/shared/host.h"
#include "connectors/shared/json.h"
#include "connectors/shared/newest_first.h"
#include "connectors/shared/oauth.h"
#include "connectors/shared/sweep.h"
#include "core/crypto.h"
#include "core/error.h"
#include "core/jwt.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cctype>
#include <cstdlib>

/// Customer reviews of apps (App Store Connect API). Newest first, without a feed of changes: the newest
/// pages are read again for what was edited or answered.
namespace larum::connectors {

namespace {

using namespace std::chrono_literals;
using namespace app_store;

constexpr std::string_view reviews_prefix = "reviews:", again_prefix = "again:";
constexpr Span again_every = 6h;
constexpr Span token_life = 15min; ///< Apple takes none that lives for more than 20
constexpr Span throttled_rest = 5min;
constexpr Span refused_for = 10min; ///< Apple refuses good tokens at times, for a moment
constexpr Span refused_rest = 1min;

struct Settings {
    std::vector<std::string> apps;
    std::vector<std::string> territories;
    std::string issuer;
    std::string key_id;
    config::Secret key;
    Span history = 7 * 24h;
    Span again_for = 30 * 24h;
    std::string host = "https://api.appstoreconnect.apple.com";
};

const config::Options<Settings>& options() {
    using config::option, config::required;
    static const config::Options<Settings> all = {
        required("apps", &Settings::apps, "Apple ids of the apps, digits only, such as [\"1234567890\"]."),
        option("territories", &Settings::territories,
               "Only reviews from these storefronts, such as [\"POL\", \"DEU\"]; all when empty."),
        required("issuer", &Settings::issuer,
                 "Issuer id of the API keys (App Store Connect, Users and Access, Integrations)."),
        required("key_id", &Settings::key_id, "Id of the API key."),
        required("key", &Settings::key,
                 "The API key itself: the .p8 file. Its role must be able to see reviews (Customer Support "
                 "is enough)."),
        option("history", &Settings::history, "How far back the first reading goes."),
        option("again_for", &Settings::again_for,
               "How old a review may be that is read again for edits and answers."),
        option("host", &Settings::host, "Where the API lives. Another host is for tests."),
    };
    return all;
}

// ---- answers -------------------------------------------------------------------------------------------

struct Reply {
    Outcome outcome;
    json::Json body;
    int status = 0;
    std::optional<double> used;
};

/// «user-hour-lim:3500;user-hour-rem:500;»
std::optional<double> used_share(const std::string& header_value) {
    const auto number = [&](std::string_view name) -> std::optional<double> {
        const auto at = header_value.find(name);
        return at == header_value.npos
                   ? std::nullopt
                   : std::optional(std::strtod(header_value.c_str() + at + name.size(), nullptr));
    };
    const auto limit = number("user-hour-lim:"), left = number("user-hour-rem:");
    if (!limit || !left || *limit <= 0) return {};
    return std::clamp(1 - *left / *limit, 0.0, 1.0);
}

/// Apple's own name of the error, such as NOT_AUTHORIZED or FORBIDDEN.REQUIRED_AGREEMENTS_MISSING_OR_EXPIRED.
std::string code_of(const json::Json& body) {
    const auto& errors = json::list(body, "errors");
    const auto code = errors.empty() ? std::string() : json::text(errors[0], "code");
    const bool plain = code.size() <= 80 && std::all_of(code.begin(), code.end(), [](unsigned char c) {
                           return std::isupper(c) || std::isdigit(c) || c == '_' || c == '.';
                       });
    return plain ? code : std::string();
}

Reply read_reply(const Answered& answered, Time now) {
    Reply reply{answered.outcome, {}, answered.answer.status, {}};
    if (!reply.outcome.ok()) return reply;
    reply.outcome = outcome_of_status(answered.answer, "app_store", now);
    reply.used = used_share(header(answered.answer.headers, "X-Rate-Limit"));
    reply.body = json::parse(answered.answer.body);
    if (reply.outcome.ok() && !reply.body.is_object())
        reply.outcome = {Ending::later, "app_store: the answer is not JSON", {}, false};
    if (reply.outcome.ok()) return reply;
    if (const auto code = code_of(reply.body); !code.empty()) reply.outcome.reason += ": " + code;
    if (reply.status == 429)
        reply.outcome.not_before = retry_after(answered.answer.headers, now).value_or(now + throttled_rest);
    if (reply.status == 401)
        reply.outcome.reason += "; was the key revoked, or is this machine's clock wrong?";
    return reply;
}

class AppStore final : public Connector {
public:
    AppStore(Settings settings, Http& http) : settings_(std::move(settings)), http_(http) {}

    std::vector<StreamChange> streams() const override {
        std::vector<StreamChange> all;
        for (const auto& app : settings_.apps)
            all.push_back({std::string(reviews_prefix) + app, false, {}, {}});
        for (const auto& app : settings_.apps)
            all.push_back({std::string(again_prefix) + app, false, again_every, {}});
        return all;
    }

    PollResult poll(const Stream& stream, Call& call) override {
        const auto colon = stream.name.find(':');
        const auto app = stream.name.substr(std::min(stream.name.size(), colon + 1));
        if (stream.name.starts_with(reviews_prefix))
            return read_page(NewestFirst(stream.cursor, {10min, settings_.history, 50}, call.now), app, call);
        if (stream.name.starts_with(again_prefix)) return read_again(stream, app, call);
        return {{Ending::gone, "app_store: no stream \"" + stream.name + "\"", {}, false}, {}};
    }

    std::size_t recheck_most() const override { return 1; } ///< a review is asked for alone
    RecheckResult recheck(std::span<const Post> known, Call& call) override;
    Probe probe(Call& call) override;

private:
    std::string token(Time now) const;
    Reply ask_once(const std::string& path_and_query, Time now) const;
    Reply ask(const std::string& path_and_query, Call& call) const;
    std::string page_of(const std::string& app, int limit, const std::string& position) const;
    Reply ask_page(const std::string& app, const std::string& position, Call& call) const;

    /// Apple does not tell when a review was edited. What stood in the list at the sweep before is known: if
    /// it is other now, it was edited by now.
    PollResult read_again(const Stream& stream, const std::string& app, Call& call) const {
        const Sweep walk(stream.cursor, {settings_.again_for, 50, settings_.history}, call.now);
        auto result = read_page(walk, app, call);
        for (auto& post : result.page.posts)
            if (walk.last() && post.kind == PostKind::review && post.posted_at < *walk.last())
                post.edited_at = call.now;
        return result;
    }

    template <class Walk> PollResult read_page(Walk walk, const std::string& app, Call& call) const {
        const auto reply = ask_page(app, walk.position(), call);
        PollResult result{reply.outcome, {}};
        result.page.used = reply.used;
        if (reply.status == 400 && !walk.position().empty()) { // the cursor is too old: nothing is lost
            result.outcome = {};
            walk.restart(result.page);
        } else if (result.outcome.ok()) {
            advance(walk, reply.body, app, result);
        }
        return result;
    }

    template <class Walk>
    static void advance(Walk& walk, const json::Json& body, const std::string& app, PollResult& result) {
        try {
            const auto next = next_of(body);
            walk.advance(read_reviews(body, app, result.page), next, result.page);
        } catch (const Error& error) {
            result.outcome = {Ending::broken, error.what(), {}, false};
        }
    }

    Settings settings_;
    Http& http_;
};

std::string AppStore::token(Time now) const {
    const auto seconds = std::chrono::floor<std::chrono::seconds>(now).time_since_epoch();
    const auto ends = seconds + std::chrono::duration_cast<std::chrono::seconds>(token_life);
    return jwt::sign(jwt::Algorithm::es256, {{"kid", settings_.key_id}},
                     {{"iss", settings_.issuer},
                      {"iat", seconds.count()},
                      {"exp", ends.count()},
                      {"aud", "appstoreconnect-v1"}},
                     settings_.key.reveal());
}

Reply AppStore::ask_once(const std::string& path_and_query, Time now) const {
    HttpRequest request;
    request.url = settings_.host + path_and_query;
    request.headers = {{"Authorization", "Bearer " + token(now)}, {"Accept", "application/json"}};
    return read_reply(send(http_, request, "app_store"), now);
}

/// A refused token is made anew and tried again, at once and then for some minutes, before a person is woken: Apple
/// refuses good ones now and then. Since when it does stands in the session.
Reply AppStore::ask(const std::string& path_and_query, Call& call) const {
    auto reply = ask_once(path_and_query, call.now);
    const auto since = parse_time(json::text(json::parse(call.session.state), "refused"));
    if (reply.status == 401 && !since) {
        call.session = {json::raw({{"refused", format_time(call.now)}}), true};
        reply.outcome = {Ending::again, reply.outcome.reason, {}, false};
    } else if (reply.status == 401 && call.now - *since < refused_for) {
        reply.outcome = {Ending::later, reply.outcome.reason, call.now + refused_rest, true};
    } else if (reply.outcome.ok() && since) {
        call.session = {"", true};
    }
    return reply;
}

std::string AppStore::page_of(const std::string& app, int limit, const std::string& position) const {
    std::vector<std::pair<std::string, std::string>> query = {
        {"sort", "-createdDate"}, {"limit", std::to_string(limit)}, {"include", "response"}};
    std::string territories;
    for (const auto& one : settings_.territories) territories += (territories.empty() ? "" : ",") + one;
    if (!territories.empty()) query.emplace_back("filter[territory]", territories);
    if (!position.empty()) query.emplace_back("cursor", position);
    return "/v1/apps/" + app + "/customerReviews?" + form_encoded(query);
}

void check_page(const std::string& app, Reply& reply) {
    if (reply.outcome.ending == Ending::gone) { // an app that was configured: somebody should know
        reply.outcome.ending = Ending::broken;
        reply.outcome.reason += ": is " + app + " an app of this team?";
    }
    if (reply.outcome.ok() && !reply.body.contains("data"))
        reply.outcome = {Ending::broken, "app_store: reviews were answered without \"data\"", {}, false};
}

Reply AppStore::ask_page(const std::string& app, const std::string& position, Call& call) const {
    auto reply = ask(page_of(app, 200, position), call);
    check_page(app, reply);
    return reply;
}

/// Answers of the brand are read with their review: they are asked for by its id.
RecheckResult AppStore::recheck(std::span<const Post> known, Call& call) {
    if (known.empty()) return {};
    const auto& post = known.front();
    const bool is_response = post.kind == PostKind::comment;
    const auto reply = ask("/v1/customerReviews/" + percent_encoded(is_response ? post.parent_id : post.id) +
                               "?include=response",
                           call);
    RecheckResult result{reply.outcome, {}, {}};
    const auto gone = [&] { result.deletions.push_back({post.platform, post.realm, post.id, call.now}); };
    if (result.outcome.ending == Ending::gone) {
        result.outcome = {};
        gone();
        return result;
    }
    if (!result.outcome.ok()) return result;
    try {
        const auto& item = json::member(reply.body, "data");
        auto review = read_review(item, "");
        review.url = post.url;
        if (!is_response)
            result.posts.push_back(review);
        else if (auto response = read_response(reply.body, item, review))
            result.posts.push_back(std::move(*response));
        else
            gone();
    } catch (const Error& error) {
        result.outcome = {Ending::broken, error.what(), {}, false};
    }
    return result;
}

Probe AppStore::probe(Call& call) {
    const auto app = settings_.apps.empty() ? std::string() : settings_.apps.front();
    auto reply = ask_once(page_of(app, 1, ""), call.now);
    check_page(app, reply);
    Probe probe;
    probe.outcome = reply.outcome;
    probe.type = "App Store Connect API key";
    probe.account = "key " + settings_.key_id + " of issuer " + settings_.issuer;
    if (reply.status == 403)
        probe.missing.push_back(
            "a role that sees reviews: Customer Support, Marketing, App Manager or Admin");
    probe.notes.push_back("stars without words are not read: Apple's interface leaves them out");
    return probe;
}

bool is_number(const std::string& text) {
    return !text.empty() && text.find_first_not_of("0123456789") == text.npos;
}

void check(const Settings& settings, const config::Value& table, config::Problems& problems) {
    check_host(table, "host", settings.host, problems);
    if (table.find("apps") && settings.apps.empty())
        problems.add(table.find("apps")->at, "apps must name at least one");
    for (const auto& app : settings.apps)
        if (!is_number(app))
            problems.add(table.find("apps")->at, "apps must be Apple ids of digits only, not bundle ids");
    for (const auto& one : settings.territories)
        if (one.size() != 3 ||
            !std::all_of(one.begin(), one.end(), [](unsigned char c) { return std::isupper(c); }))
            problems.add(table.find("territories")->at, "territories must be three letters such as POL");
    if (settings.key.empty()) return;
    try { // what cannot sign is told when the config is read, not at night
        jwt::sign(jwt::Algorithm::es256, nlohmann::json::object(), nlohmann::json::object(),
                  settings.key.reveal());
    } catch (const Error& error) {
        problems.add(table.find("key")->at, "key: " + std::string(error.what()));
    }
}

Made make(const config::Value& table, const std::vector<std::string>& common_keys, config::Problems& problems,
          Services services) {
    auto settings = config::read(options(), table, problems, common_keys);
    check(settings, table, problems);
    auto credential = sha256_hex("app_store\n" + settings.issuer + '\n' + settings.key_id);
    return {std::make_unique<AppStore>(std::move(settings), services.http), std::move(credential)};
}

} // namespace

const Kind& app_store_kind() {
    static const Kind kind = [] {
        Kind made;
        made.name = "app_store";
        made.platform = "app_store";
        made.gives = "reviews of the brand's apps in Apple's App Store with stars and words, and the brand's "
                     "published answers";
        made.needs = "an API key of App Store Connect whose role sees reviews";
        made.terms = "Apple Developer Program License Agreement (in force in 2026). larum takes no leave "
                     "from it to find out who a reviewer is: "
                     "only what people gave the brand themselves is recognised.";
        made.options = config::describe(options());
        made.interval = 5min;
        made.matching_most = Matching::own_data;
        made.calls_per_second = 0.9; // 3,500 an hour
        made.burst = 10;
        made.make = make;
        made.cannot = {
            "an id of the reviewer: Apple gives a nickname that anybody may take, and the storefront",
            "the address of a single review", "when a review was edited: edits are found by reading again",
            "stars without words", "webhooks of reviews"};
        made.setup = {"In App Store Connect, under «Users and Access», «Integrations», make a team key with "
                      "the role Customer Support.",
                      "Keep the .p8 file (it can be loaded once), the key's id and the issuer id.",
                      "Note the apps' Apple ids (App Information)."};
        return made;
    }();
    return kind;
}

} // namespace larum::connectors
