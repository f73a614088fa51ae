#include "connectors/shared/call.h"
#include "connectors/shared/host.h"
#include "connectors/shared/json.h"
#include "connectors/shared/newest_first.h"
#include "connectors/shared/oauth.h"
#include "connectors/shared/sweep.h"
#include "connectors/shared/trustpilot_review.h"
#include "core/crypto.h"
#include "core/error.h"

#include <algorithm>
#include <cctype>

/// Service reviews of a company on Trustpilot: as a business user of the company (all of them), or with an
/// API key alone (what is public). Pages are numbered and newest first. Webhooks come unsigned: they only
/// ring.
namespace larum::connectors {

namespace {

using namespace std::chrono_literals;
using namespace trustpilot;

constexpr std::size_t per_page = 100;
constexpr Span again_every = 6h;

struct Settings {
    std::string business_unit;
    config::Secret api_key;
    config::Secret api_secret;
    std::string username;
    config::Secret password;
    Span history = 7 * 24h;
    Span again_for = 30 * 24h;
    std::string host = "https://api.trustpilot.com";

    bool is_private() const { return !api_secret.empty(); }
};

const config::Options<Settings>& options() {
    using config::option, config::required;
    static const config::Options<Settings> all = {
        required("business_unit", &Settings::business_unit,
                 "Id of the company's business unit (24 letters and digits)."),
        required("api_key", &Settings::api_key, "API key of the application at Trustpilot."),
        option("api_secret", &Settings::api_secret,
               "Secret of that application. With it all reviews are read, without it what is public."),
        option("username", &Settings::username,
               "E-mail of the business user that the application signs in as; goes with `password`."),
        option("password", &Settings::password, "Password of that business user."),
        option("history", &Settings::history, "How far back the first reading goes."),
        option("again_for", &Settings::again_for,
               "How old a review may be that is read again for edits and replies."),
        option("host", &Settings::host, "Where the API lives. Another host is for tests."),
    };
    return all;
}

// ---- asking ----------------------------------------------------------------------------------------------

struct Reply {
    Outcome outcome;
    json::Json body;
    int status = 0; ///< 0: the API itself was not asked, or did not answer
};

/// A business user's password where one is given, else the application speaks for itself.
OAuth::Grant grant_of(const Settings& settings) {
    OAuth::Grant grant;
    grant.platform = "trustpilot";
    grant.url = settings.host + "/v1/oauth/oauth-business-users-for-applications/accesstoken";
    grant.headers = {{"Authorization",
                      "Basic " + to_base64(settings.api_key.reveal() + ':' + settings.api_secret.reveal())}};
    grant.form = [username = settings.username, password = settings.password](const std::string&, Time) {
        using Fields = std::vector<std::pair<std::string, std::string>>;
        if (username.empty()) return Fields{{"grant_type", "client_credentials"}};
        return Fields{{"grant_type", "password"}, {"username", username}, {"password", password.reveal()}};
    };
    return grant;
}

/// Pages are numbered from 1.
int number_of(const std::string& position) {
    const bool plain = !position.empty() && position.size() <= 6 &&
                       position.find_first_not_of("0123456789") == position.npos;
    return plain ? std::max(std::stoi(position), 1) : 1;
}

/// A full page is followed by another, and so is one that says so: Trustpilot may send fewer than were asked
/// for.
bool goes_on(const json::Json& body) {
    const auto listed = json::list(body, "reviews").size();
    const auto& links = json::list(body, "links");
    const bool linked = std::any_of(links.begin(), links.end(), [](const json::Json& link) {
        return json::text(link, "rel") == "next-page";
    });
    return listed >= per_page || (listed > 0 && linked);
}

class Trustpilot final : public Connector {
public:
    Trustpilot(Settings settings, Http& http)
        : settings_(std::move(settings)), oauth_(grant_of(settings_)), http_(http) {}

    std::vector<StreamChange> streams() const override {
        return {{"reviews", false, {}, {}}, {"again", false, again_every, {}}};
    }

    PollResult poll(const Stream& stream, Call& call) override {
        if (stream.name == "reviews")
            return read_page(NewestFirst(stream.cursor, {10min, settings_.history, 50}, call.now), call);
        if (stream.name == "again")
            return read_page(Sweep(stream.cursor, {settings_.again_for, 50, settings_.history}, call.now),
                             call);
        return {{Ending::gone, "trustpilot: no stream \"" + stream.name + "\"", {}, false}, {}};
    }

    std::size_t recheck_most() const override { return 1; } ///< a review is asked for alone
    RecheckResult recheck(std::span<const Post> known, Call& call) override;
    Probe probe(Call& call) override;
    std::string account() const override { return settings_.business_unit; }

private:
    Reply ask(const std::string& path_and_query, Call& call) const;
    Reply ask_page(std::size_t size, int number, Call& call) const;
    /// Where private calls stand below.
    std::string base() const { return settings_.is_private() ? "/v1/private" : "/v1"; }

    template <class Walk> PollResult read_page(Walk walk, Call& call) const {
        const int number = number_of(walk.position());
        const auto reply = ask_page(per_page, number, call);
        PollResult result{reply.outcome, {}};
        if (!result.outcome.ok()) return result;
        walk.advance(read_reviews(reply.body, result.page),
                     goes_on(reply.body) ? std::to_string(number + 1) : std::string(), result.page);
        return result;
    }

    Settings settings_;
    OAuth oauth_;
    Http& http_;
};

Reply Trustpilot::ask(const std::string& path_and_query, Call& call) const {
    HttpRequest request;
    request.url = settings_.host + path_and_query;
    request.headers = {{"Accept", "application/json"}};
    if (settings_.is_private()) {
        if (auto opened = oauth_.open(http_, call)) return {std::move(*opened), {}, 0};
        request.headers.emplace_back("Authorization", "Bearer " + oauth_.token(call.session));
    } else {
        request.headers.emplace_back("apikey",
                                     settings_.api_key.reveal()); // in the address it would stand in logs
    }
    const auto answered = send(http_, request, "trustpilot");
    Reply reply{answered.outcome, {}, answered.answer.status};
    if (!reply.outcome.ok()) return reply;
    reply.outcome = outcome_of_status(answered.answer, "trustpilot", call.now);
    if (reply.outcome.ok()) {
        reply.body = json::parse(answered.answer.body);
        if (!reply.body.is_object())
            reply.outcome = {Ending::later, "trustpilot: the answer is not JSON", {}, false};
    } else if (reply.status == 401 && settings_.is_private() && oauth_.discard(call)) {
        reply.outcome = {Ending::again,
                         "trustpilot: the access token was refused before its time; another is fetched",
                         {},
                         false};
    }
    return reply;
}

Reply Trustpilot::ask_page(std::size_t size, int number, Call& call) const {
    auto reply = ask(base() + "/business-units/" + percent_encoded(settings_.business_unit) + "/reviews?" +
                         form_encoded({{"orderBy", "createdat.desc"},
                                       {"perPage", std::to_string(size)},
                                       {"page", std::to_string(number)}}),
                     call);
    if (reply.outcome.ending == Ending::gone) { // the one company of this source: somebody should know
        reply.outcome.ending = Ending::broken;
        reply.outcome.reason += ": is `business_unit` the company's id?";
    }
    if (reply.outcome.ok() && !reply.body.contains("reviews"))
        reply.outcome = {Ending::broken, "trustpilot: reviews were answered without \"reviews\"", {}, false};
    return reply;
}

RecheckResult Trustpilot::recheck(std::span<const Post> known, Call& call) {
    if (known.empty()) return {};
    const auto& post = known.front();
    const bool is_reply = post.kind == PostKind::comment;
    const auto reply = ask(base() + "/reviews/" + percent_encoded(is_reply ? post.parent_id : post.id), call);
    RecheckResult result{reply.outcome, {}, {}};
    const auto gone = [&] { result.deletions.push_back({post.platform, post.realm, post.id, call.now}); };
    if (result.outcome.ending == Ending::gone) {
        result.outcome = {};
        gone();
        return result;
    }
    if (!result.outcome.ok()) return result;
    try {
        const auto review = read_review(reply.body);
        if (!is_reply)
            result.posts.push_back(review);
        else if (auto now = read_company_reply(reply.body, review))
            result.posts.push_back(std::move(*now));
        else
            gone();
    } catch (const Error& error) {
        result.outcome = {Ending::broken, error.what(), {}, false};
    }
    return result;
}

Probe Trustpilot::probe(Call& call) {
    const auto reply = ask_page(1, 1, call);
    Probe probe;
    probe.outcome = reply.outcome;
    probe.type = !settings_.is_private()      ? "API key"
                 : settings_.username.empty() ? "application"
                                              : "business user";
    probe.account = "business unit " + settings_.business_unit;
    if (reply.status == 403)
        probe.missing.push_back(
            "access of this application to the business unit's reviews (a paid module at Trustpilot)");
    if (!settings_.is_private())
        probe.notes.push_back("with an API key alone only public reviews are read; give api_secret for all");
    return probe;
}

// ---- webhooks
// ------------------------------------------------------------------------------------------------

struct App {};

/// Trustpilot signs nothing, so nothing it sends is believed: the reviews are read.
class Bell final : public Receiver {
public:
    WebhookAnswer accept(const WebhookRequest& request, Time) const override {
        WebhookAnswer answer;
        if (request.method == "POST")
            answer.ring = true;
        else
            answer.status = 405;
        return answer;
    }
    std::vector<WebhookEntry> entries(const WebhookBody&) const override { return {}; } // none is ever kept
    std::size_t body_bytes_max() const override { return 64 * 1024; }
};

std::unique_ptr<Receiver> make_receiver(const config::Value& table,
                                        const std::vector<std::string>& common_keys,
                                        config::Problems& problems) {
    config::read(config::Options<App>{}, table, problems, common_keys);
    return std::make_unique<Bell>();
}

Made make(const config::Value& table, const std::vector<std::string>& common_keys, config::Problems& problems,
          Services services) {
    auto settings = config::read(options(), table, problems, common_keys);
    check_host(table, "host", settings.host, problems);
    const auto& unit = settings.business_unit;
    const bool plain = unit.size() == 24 && std::all_of(unit.begin(), unit.end(),
                                                        [](unsigned char c) { return std::isxdigit(c); });
    if (table.find("business_unit") && !plain)
        problems.add(table.find("business_unit")->at,
                     "business_unit must be its id of 24 hexadecimal digits, not a domain");
    if (settings.username.empty() != settings.password.empty())
        problems.add(table.at, "username and password go together");
    if (!settings.username.empty() && !settings.is_private())
        problems.add(table.at, "username needs api_secret beside it");
    auto credential = sha256_hex("trustpilot\n" + settings.api_key.reveal() + '\n' + settings.username +
                                 '\n' + (settings.is_private() ? "private" : "public"));
    return {std::make_unique<Trustpilot>(std::move(settings), services.http), std::move(credential)};
}

} // namespace

const Kind& trustpilot_kind() {
    static const Kind kind = [] {
        Kind made;
        made.name = "trustpilot";
        made.platform = "trustpilot";
        made.gives = "service reviews of the company on Trustpilot with stars, edits, deletions, and the "
                     "company's replies";
        made.needs = "an application at Trustpilot with API access (a paid module): its key for public "
                     "reviews, its secret for all";
        made.terms = "Trustpilot Terms of Use and Sale for Businesses (in force in 2026). larum takes no "
                     "leave from them to find out who a reviewer is: "
                     "only what people gave the brand themselves is recognised.";
        made.options = config::describe(options());
        made.interval = 2min;
        made.matching_most = Matching::own_data;
        made.calls_per_second = 2; // 833 in five minutes, 10,000 an hour
        made.burst = 20;
        made.make = make;
        made.make_receiver = make_receiver;
        made.cannot = {
            "product reviews: only reviews of the company are read",
            "webhooks that can be believed: Trustpilot signs none, so they only make larum read at once",
            "with an API key alone: reviews that are not public"};
        made.setup = {"In Trustpilot Business, under «Integrations», «Developers», «APIs», make an "
                      "application and note key and secret.",
                      "Note the business unit's id (GET /v1/business-units/find?name=YOUR-DOMAIN gives it).",
                      "For quicker reading: under «Webhooks» enter https://YOUR-HOST/hooks/APP for new, "
                      "updated and deleted service reviews."};
        return made;
    }();
    return kind;
}

} // namespace larum::connectors
