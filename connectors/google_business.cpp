#include "connectors/shared/business_push.h"
#include "connectors/shared/business_review.h"
#include "connectors/shared/google.h"
#include "connectors/shared/host.h"
#include "connectors/shared/newest_first.h"
#include "connectors/shared/sweep.h"
#include "core/crypto.h"
#include "core/error.h"

#include <algorithm>

/// Reviews of Google Business Profile locations (v4, the only interface for reviews). The first page, newest
/// change first, is read often. Later pages are known to miss reviews, so once a day the whole list is read
/// and counted against the total that Google states: what is missing is a recorded gap.
namespace larum::connectors {

namespace {

using namespace std::chrono_literals;

constexpr std::string_view reviews_prefix = "reviews:", sweep_prefix = "sweep:";
constexpr int per_page = 50;
constexpr int sweep_pages = 2000; ///< 100,000 reviews
const std::string scope = "https://www.googleapis.com/auth/business.manage";
constexpr std::string_view not_approved =
    "google_business: the project's quota is 0: Google has not approved it for the Business Profile APIs yet";

struct Settings {
    std::string account;
    std::vector<std::string> locations;
    std::string client_id;
    config::Secret client_secret;
    config::Secret refresh_token;
    Span history = 30 * 24h;
    Span sweep = 24h;
    std::string host = "https://mybusiness.googleapis.com";
    std::string token_host = "https://oauth2.googleapis.com";
};

const config::Options<Settings>& options() {
    using config::option, config::required;
    static const config::Options<Settings> all = {
        required("account", &Settings::account, "Id of the Business Profile account, digits only."),
        required("locations", &Settings::locations,
                 "Ids of the locations to read, digits only, such as [\"9876543210\"]."),
        required("client_id", &Settings::client_id, "OAuth client of the approved Google project."),
        required("client_secret", &Settings::client_secret, "Secret of that client."),
        required("refresh_token", &Settings::refresh_token,
                 "Refresh token with the scope business.manage, given by a manager of the locations."),
        option("history", &Settings::history, "How far back the first reading goes."),
        option("sweep", &Settings::sweep,
               "How often all reviews of a location are read and counted; each page of 50 is a call."),
        option("host", &Settings::host, "Where the API lives. Another host is for tests."),
        option("token_host", &Settings::token_host,
               "Where access tokens are fetched. Another host is for tests."),
    };
    return all;
}

// ---- asking ----------------------------------------------------------------------------------------------

/// A project that waits for approval has a quota of nothing, which looks like throttling for ever.
bool quota_is_nothing(const json::Json& body) {
    for (const auto& detail : json::list(json::member(body, "error"), "details"))
        if (json::text(json::member(detail, "metadata"), "quota_limit_value") == "0") return true;
    return false;
}

class GoogleBusiness final : public Connector {
public:
    GoogleBusiness(Settings settings, Http& http)
        : settings_(std::move(settings)),
          api_(http, "google_business", settings_.host,
               google::refresh_grant("google_business", settings_.token_host + "/token", settings_.client_id,
                                     settings_.client_secret, settings_.refresh_token)) {}

    std::vector<StreamChange> streams() const override {
        std::vector<StreamChange> all;
        for (const auto& location : settings_.locations)
            all.push_back({std::string(reviews_prefix) + location, false, {}, {}});
        for (const auto& location : settings_.locations)
            all.push_back({std::string(sweep_prefix) + location, false, settings_.sweep, {}});
        return all;
    }

    PollResult poll(const Stream& stream, Call& call) override {
        if (stream.name.starts_with(reviews_prefix))
            return poll_newest(stream, stream.name.substr(reviews_prefix.size()), call);
        if (stream.name.starts_with(sweep_prefix))
            return poll_all(stream, stream.name.substr(sweep_prefix.size()), call);
        return {{Ending::gone, "google_business: no stream \"" + stream.name + "\"", {}, false}, {}};
    }

    std::size_t recheck_most() const override { return 1; } ///< a review is asked for alone
    RecheckResult recheck(std::span<const Post> known, Call& call) override;
    Probe probe(Call& call) override;
    std::string account() const override { return settings_.account; }

private:
    std::string path(const std::string& location) const {
        return "/v4/accounts/" + settings_.account + "/locations/" + location + "/reviews";
    }
    google::Reply ask(const std::string& path_and_query, Call& call) const;
    google::Reply ask_page(const std::string& location, int size, const std::string& position,
                           Call& call) const;
    PollResult poll_newest(const Stream& stream, const std::string& location, Call& call) const;
    PollResult poll_all(const Stream& stream, const std::string& location, Call& call) const;

    Settings settings_;
    google::Api api_;
};

google::Reply GoogleBusiness::ask(const std::string& path_and_query, Call& call) const {
    auto reply = api_.get(path_and_query, call);
    if (!reply.outcome.ok() && quota_is_nothing(reply.body))
        reply.outcome = {Ending::reauth, std::string(not_approved), {}, true};
    return reply;
}

google::Reply GoogleBusiness::ask_page(const std::string& location, int size, const std::string& position,
                                       Call& call) const {
    std::vector<std::pair<std::string, std::string>> query = {{"pageSize", std::to_string(size)},
                                                              {"orderBy", "updateTime desc"}};
    if (!position.empty()) query.emplace_back("pageToken", position);
    auto reply = ask(path(location) + '?' + form_encoded(query), call);
    // A location without reviews answers an empty object, so nothing can be missed there. A location that is
    // not there is a mistake in the config, or it was closed: somebody should know.
    if (reply.outcome.ending == Ending::gone) {
        reply.outcome.ending = Ending::broken;
        reply.outcome.reason += ": is location " + location + " of this account?";
    }
    return reply;
}

PollResult GoogleBusiness::poll_newest(const Stream& stream, const std::string& location, Call& call) const {
    NewestFirst walk(stream.cursor, {10min, settings_.history, 50}, call.now);
    const auto reply = ask_page(location, per_page, walk.position(), call);
    PollResult result{reply.outcome, {}};
    if (google::begins_again(walk, reply, result) || !result.outcome.ok()) return result;
    walk.advance(business::read_reviews(reply.body, location, call.now, result.page),
                 json::text(reply.body, "nextPageToken"), result.page);
    return result;
}

/// The sweep's own number is how many reviews were missing at the last one: a gap is told once, not every
/// day.
PollResult GoogleBusiness::poll_all(const Stream& stream, const std::string& location, Call& call) const {
    Sweep walk(stream.cursor, {{}, sweep_pages, settings_.history}, call.now);
    const auto reply = ask_page(location, per_page, walk.position(), call);
    PollResult result{reply.outcome, {}};
    if (google::begins_again(walk, reply, result) || !result.outcome.ok()) return result;
    const auto times = business::read_reviews(reply.body, location, call.now, result.page);
    const auto next = json::text(reply.body, "nextPageToken");
    const auto listed = walk.seen() + static_cast<std::int64_t>(times.size());
    const auto stated = json::count(reply.body, "totalReviewCount").value_or(listed);
    const auto before = walk.note;
    const auto since = walk.last();
    if (next.empty()) walk.note = std::max<std::int64_t>(stated - listed, 0);
    const bool complete = walk.advance(times, next, result.page);
    walk.drop_unwanted(result.page);
    if (complete && walk.note > before)
        result.page.gaps.push_back(
            {since.value_or(call.now - settings_.history), call.now,
             "Google states " + std::to_string(stated) + " reviews and listed " + std::to_string(listed)});
    return result;
}

RecheckResult GoogleBusiness::recheck(std::span<const Post> known, Call& call) {
    if (known.empty()) return {};
    const auto& post = known.front();
    const bool is_reply = post.kind == PostKind::comment;
    const auto reply =
        ask(path(post.realm) + '/' + percent_encoded(is_reply ? post.parent_id : post.id), call);
    RecheckResult result{reply.outcome, {}, {}};
    if (result.outcome.ending == Ending::gone) {
        result.outcome = {};
        result.deletions.push_back({post.platform, post.realm, post.id, call.now});
    }
    if (!result.outcome.ok() || !result.deletions.empty()) return result;
    try {
        const auto review = business::read_review(reply.body, post.realm);
        if (!is_reply)
            result.posts.push_back(review);
        else if (auto now = business::read_reply(reply.body, review))
            result.posts.push_back(std::move(*now));
        else
            result.deletions.push_back({post.platform, post.realm, post.id, call.now});
    } catch (const Error& error) {
        result.outcome = {Ending::broken, error.what(), {}, false};
    }
    return result;
}

Probe GoogleBusiness::probe(Call& call) {
    const auto reply = ask_page(settings_.locations.empty() ? "" : settings_.locations.front(), 1, "", call);
    Probe probe;
    probe.outcome = reply.outcome;
    probe.type = "OAuth refresh token";
    probe.account = "accounts/" + settings_.account;
    probe.granted = google::Api::scopes(call.session);
    if (!probe.granted.empty() &&
        std::find(probe.granted.begin(), probe.granted.end(), scope) == probe.granted.end())
        probe.missing.push_back(scope);
    if (reply.status == 429 && probe.outcome.ending == Ending::later)
        probe.notes.push_back("throttled at the first call: a project that Google has not approved yet has a "
                              "quota of 0, which looks the same");
    return probe;
}

bool is_number(const std::string& text) {
    return !text.empty() && text.find_first_not_of("0123456789") == text.npos;
}

Made make(const config::Value& table, const std::vector<std::string>& common_keys, config::Problems& problems,
          Services services) {
    auto settings = config::read(options(), table, problems, common_keys);
    check_host(table, "host", settings.host, problems);
    check_host(table, "token_host", settings.token_host, problems);
    if (table.find("account") && !is_number(settings.account))
        problems.add(table.find("account")->at, "account must be digits");
    for (const auto& location : settings.locations)
        if (!is_number(location))
            problems.add(table.find("locations")->at, "locations must be ids of digits only");
    if (table.find("locations") && settings.locations.empty())
        problems.add(table.find("locations")->at, "locations must name at least one");
    if (settings.sweep < 1h)
        problems.add(table.at, "sweep must be at least 1h: a whole reading costs a call for each 50 reviews");
    auto credential =
        sha256_hex("google_business\n" + settings.client_id + '\n' + settings.refresh_token.reveal());
    return {std::make_unique<GoogleBusiness>(std::move(settings), services.http), std::move(credential)};
}

} // namespace

const Kind& google_business_kind() {
    static const Kind kind = [] {
        Kind made;
        made.name = "google_business";
        made.platform = "google_business";
        made.gives = "reviews of the brand's places on Google with their stars, edits, deletions, and the "
                     "brand's replies";
        made.needs = "a Google project that was approved for the Business Profile APIs, and a manager's "
                     "refresh token with business.manage";
        made.terms = "Google Business Profile APIs policies (2025-08-28): the interfaces serve to manage and "
                     "report on the own listings, and nothing else. larum "
                     "takes no leave from them to find out who a reviewer is: only what people gave the "
                     "brand themselves is recognised.";
        made.options = config::describe(options());
        made.interval = 5min;
        made.matching_most = Matching::own_data;
        made.calls_per_second = 2; // 300 a minute for an approved project
        made.burst = 10;
        made.make = make;
        made.app_options = config::describe(business::app_options());
        made.make_receiver = business::make_receiver;
        made.cannot = {"an id of the reviewer: Google gives a display name alone, or none",
                       "a public address of one review: the link leads to where the brand answers it",
                       "questions and answers: Google ended that interface",
                       "reviews that Google does not list: pages after the first may miss some; what the "
                       "stated total shows to be missing is a recorded gap"};
        made.setup = {
            "Make a Google project and ask Google for access to the Business Profile APIs; a person there "
            "approves it. Until then the quota is 0.",
            "Switch on «Google My Business API», configure the consent screen, make an OAuth client.",
            "Let a manager of the locations consent to business.manage and keep the refresh token.",
            "Note the account's and the locations' ids.",
            "For pushes: make a Pub/Sub topic, let mybusiness-api-pubsub@system.gserviceaccount.com publish "
            "to it, name it with "
            "accounts.updateNotificationSetting for NEW_REVIEW and UPDATED_REVIEW, and make a push "
            "subscription with authentication."};
        return made;
    }();
    return kind;
}

} // namespace larum::connectors
