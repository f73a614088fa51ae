#include "connectors/shared/google.h"
#include "connectors/shared/host.h"
#include "connectors/shared/items.h"
#include "connectors/shared/newest_first.h"
#include "connectors/shared/sweep.h"
#include "core/crypto.h"
#include "core/error.h"
#include "core/jwt.h"
#include "core/text.h"

#include <nlohmann/json.hpp>

#include <algorithm>

/// Reviews of an Android app. Google Play lists what was written or changed within the last seven days and
/// nothing else: whoever reads less often loses reviews for good.
namespace larum::connectors {

namespace {

using namespace std::chrono_literals;

constexpr Span kept_by_google = 7 * 24h;
constexpr Span sweep_every = 6h;
constexpr std::string_view scope = "https://www.googleapis.com/auth/androidpublisher";

struct Settings {
    std::string package;
    config::Secret service_account;
    Span history = kept_by_google;
    std::string host = "https://androidpublisher.googleapis.com";
    std::string token_host = "https://oauth2.googleapis.com";
};

const config::Options<Settings>& options() {
    using config::option, config::required;
    static const config::Options<Settings> all = {
        required("package", &Settings::package, "Package name of the app, such as com.acme.app."),
        required("service_account", &Settings::service_account,
                 "Key file (JSON) of a service account that may read the app's reviews in the Play Console."),
        option("history", &Settings::history,
               "How far back the first reading goes; Google Play keeps seven days."),
        option("host", &Settings::host, "Where the API lives. Another host is for tests."),
        option("token_host", &Settings::token_host,
               "Where access tokens are fetched. Another host is for tests."),
    };
    return all;
}

// ---- reading reviews -----------------------------------------------------------------------------------

std::optional<Time> time_of(const json::Json& comment) {
    const auto& at = json::member(comment, "lastModified");
    const auto text = json::text(at, "seconds");
    if (text.empty() || text.size() > 11 || text.find_first_not_of("0123456789") != text.npos) return {};
    const auto nanos = std::clamp<std::int64_t>(json::count(at, "nanos").value_or(0), 0, 999'999'999);
    return Time{std::chrono::seconds{std::stoll(text)} + std::chrono::microseconds{nanos / 1000}};
}

/// Older reviews have a title, which a tab parts from the rest.
std::string words_of(const json::Json& comment) {
    auto text = json::text(comment, "originalText"); // filled only where `text` is a translation
    if (text.empty()) text = json::text(comment, "text");
    text = text::trim(text);
    if (const auto tab = text.find('\t'); tab != text.npos) text.replace(tab, 1, "\n\n");
    return text;
}

const json::Json& entry(const json::Json& review, const char* whose) {
    for (const auto& one : json::list(review, "comments"))
        if (const auto& found = json::member(one, whose); !found.empty()) return found;
    return json::member(review, whose); // an empty object
}

/// Throws Error::Kind::input. Google tells when a review was last changed, never when it was first written.
Post read_review(const json::Json& review, const std::string& package) {
    const auto& comment = entry(review, "userComment");
    const auto at = time_of(comment);
    Post post;
    post.platform = "google_play";
    post.realm = package;
    post.kind = PostKind::review;
    post.id = json::text(review, "reviewId");
    if (post.id.empty() || !at) throw Error(Error::Kind::input, "google_play: a review without id or time");
    post.posted_at = *at;
    post.edited_at = at; // of what is known already, this is the time of its change
    post.author.name = json::text(review, "authorName");
    post.text = words_of(comment);
    post.lang = json::text(comment, "reviewerLanguage").substr(0, 2);
    if (const auto stars = json::count(comment, "starRating"); stars && *stars >= 1 && *stars <= 5)
        post.rating = static_cast<int>(*stars);
    post.metrics.likes = json::count(comment, "thumbsUpCount");
    post.url =
        "https://play.google.com/store/apps/details?id=" + package + "&reviewId=" + percent_encoded(post.id);
    return post;
}

std::optional<Post> read_reply(const json::Json& review, const Post& parent) {
    const auto& comment = entry(review, "developerComment");
    const auto at = time_of(comment);
    if (!at) return {};
    Post post;
    post.platform = parent.platform;
    post.realm = parent.realm;
    post.kind = PostKind::comment;
    post.id = parent.id + "/reply";
    post.parent_id = parent.id;
    post.posted_at = *at;
    post.edited_at = at;
    post.text = json::text(comment, "text");
    post.url = parent.url;
    post.own = true;
    return post;
}

std::vector<Time> read_reviews(const json::Json& body, const std::string& package, Page& page) {
    std::vector<Time> times;
    read_items(json::list(body, "reviews"), page, [&](const json::Json& item) {
        const auto review = read_review(item, package);
        times.push_back(review.posted_at);
        if (auto reply = read_reply(item, review)) page.posts.push_back(std::move(*reply));
        page.posts.push_back(review);
    });
    return times;
}

// ---- asking ----------------------------------------------------------------------------------------------

class GooglePlay final : public Connector {
public:
    GooglePlay(Settings settings, const google::ServiceAccount& account, Http& http)
        : settings_(std::move(settings)), email_(account.email),
          api_(http, "google_play", settings_.host,
               google::service_account_grant("google_play", settings_.token_host + "/token", account,
                                             std::string(scope))) {}

    std::vector<StreamChange> streams() const override {
        return {{"reviews", false, {}, {}}, {"week", false, sweep_every, {}}};
    }

    PollResult poll(const Stream& stream, Call& call) override {
        if (stream.name == "reviews") return poll_newest(stream, call);
        if (stream.name == "week") return poll_week(stream, call);
        return {{Ending::gone, "google_play: no stream \"" + stream.name + "\"", {}, false}, {}};
    }

    Probe probe(Call& call) override;
    std::string account() const override { return settings_.package; }

private:
    google::Reply ask(int size, const std::string& position, Call& call) const;
    PollResult poll_newest(const Stream& stream, Call& call) const;
    PollResult poll_week(const Stream& stream, Call& call) const;

    Settings settings_;
    std::string email_;
    google::Api api_;
};

google::Reply GooglePlay::ask(int size, const std::string& position, Call& call) const {
    std::vector<std::pair<std::string, std::string>> query = {{"maxResults", std::to_string(size)}};
    if (!position.empty()) query.emplace_back("token", position);
    auto reply = api_.get("/androidpublisher/v3/applications/" + percent_encoded(settings_.package) +
                              "/reviews?" + form_encoded(query),
                          call);
    if (reply.outcome.ending == Ending::gone) { // the one app of this source: somebody should know
        reply.outcome.ending = Ending::broken;
        reply.outcome.reason += ": is `package` an app of this developer?";
    }
    return reply;
}

std::string next_of(const json::Json& body) {
    return json::text(json::member(body, "tokenPagination"), "nextPageToken");
}

PollResult GooglePlay::poll_newest(const Stream& stream, Call& call) const {
    NewestFirst walk(stream.cursor, {10min, std::min(settings_.history, kept_by_google), 50}, call.now);
    const auto reply = ask(100, walk.position(), call);
    PollResult result{reply.outcome, {}};
    if (google::begins_again(walk, reply, result) || !result.outcome.ok()) return result;
    walk.advance(read_reviews(reply.body, settings_.package, result.page), next_of(reply.body), result.page);
    return result;
}

/// Everything that Google still has: the order of its list is not promised, and a reply moves nothing.
PollResult GooglePlay::poll_week(const Stream& stream, Call& call) const {
    Sweep walk(stream.cursor, {{}, 500, settings_.history}, call.now);
    const auto reply = ask(100, walk.position(), call);
    PollResult result{reply.outcome, {}};
    if (google::begins_again(walk, reply, result) || !result.outcome.ok()) return result;
    const auto last = walk.last();
    const bool first_page = walk.position().empty();
    walk.advance(read_reviews(reply.body, settings_.package, result.page), next_of(reply.body), result.page);
    walk.drop_unwanted(result.page);
    if (first_page && last && call.now - *last > kept_by_google)
        result.page.gaps.push_back(
            {*last, call.now - kept_by_google, "Google Play lists the last seven days only"});
    return result;
}

Probe GooglePlay::probe(Call& call) {
    const auto reply = ask(1, "", call);
    Probe probe;
    probe.outcome = reply.outcome;
    probe.type = "service account";
    probe.account = settings_.package + " as " + email_;
    if (reply.status == 401 || reply.status == 403)
        probe.missing.push_back(
            "Play Console: «View app information» and «Reply to reviews» for this service account");
    probe.notes.push_back("stars without words are not read: Google Play's interface leaves them out");
    return probe;
}

/// What cannot sign is told when the config is read, not at night.
void check_key(const google::ServiceAccount& account, const config::Position& at,
               config::Problems& problems) {
    try {
        jwt::sign(jwt::Algorithm::rs256, nlohmann::json::object(), nlohmann::json::object(),
                  account.private_key.reveal());
    } catch (const Error& error) {
        problems.add(at, "service_account: " + std::string(error.what()));
    }
}

Made make(const config::Value& table, const std::vector<std::string>& common_keys, config::Problems& problems,
          Services services) {
    auto settings = config::read(options(), table, problems, common_keys);
    check_host(table, "host", settings.host, problems);
    check_host(table, "token_host", settings.token_host, problems);
    const auto account =
        google::read_service_account(settings.service_account).value_or(google::ServiceAccount{});
    if (!settings.service_account.empty()) {
        const auto& at = table.find("service_account")->at;
        if (account.email.empty())
            problems.add(at, "service_account is no key file of a service account (JSON with client_email "
                             "and private_key)");
        else
            check_key(account, at, problems);
    }
    auto credential = sha256_hex("google_play\n" + account.email + '\n' + account.key_id);
    return {std::make_unique<GooglePlay>(std::move(settings), account, services.http), std::move(credential)};
}

} // namespace

const Kind& google_play_kind() {
    static const Kind kind = [] {
        Kind made;
        made.name = "google_play";
        made.platform = "google_play";
        made.gives = "reviews of an Android app with stars and words, and the developer's replies";
        made.needs = "a Google service account that was invited into the Play Console, and the Google Play "
                     "Android Developer API switched on";
        made.terms = "Google Play Developer Distribution Agreement (in force in 2026). larum takes no leave "
                     "from it to find out who a reviewer is: "
                     "only what people gave the brand themselves is recognised.";
        made.options = config::describe(options());
        made.interval = 5min;
        made.matching_most = Matching::own_data;
        made.calls_per_second = 1;
        made.burst = 10;
        made.make = make;
        made.cannot = {
            "anything older than seven days: an outage longer than that loses reviews, and is a recorded gap",
            "when a review was first written: Google tells the last change only", "stars without words",
            "an id of the reviewer: Google gives a name alone", "deletions: Google does not tell them"};
        made.setup = {"In Google Cloud's console switch on «Google Play Android Developer API» and make a "
                      "service account with a JSON key.",
                      "In the Play Console, under «Users and permissions», invite the service account's "
                      "address for this app: «View app information» and «Reply to reviews».",
                      "Wait: a new invitation may take a day until Google takes it."};
        return made;
    }();
    return kind;
}

} // namespace larum::connectors
