#include "connectors/shared/google.h"

#include "core/error.h"
#include "core/jwt.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <cctype>
#include <sstream>

namespace larum::connectors::google {

namespace {

using namespace std::chrono_literals;

const std::string zone = "America/Los_Angeles";
constexpr Span throttled_rest = 5min;
constexpr Span assertion_life = 1h; ///< the longest that Google takes

enum class Rest { none, short_, next_day };

struct Meaning {
    std::string_view word;
    Ending ending;
    Rest rest = Rest::none;
    bool whole_credential = false;
};

// Before the status: Google answers 400, 403 and 429 for very different things.
constexpr std::array meanings = {
    Meaning{"quotaExceeded", Ending::later, Rest::next_day, true},
    Meaning{"dailyLimitExceeded", Ending::later, Rest::next_day, true},
    Meaning{"rateLimitExceeded", Ending::later, Rest::short_, true},
    Meaning{"userRateLimitExceeded", Ending::later, Rest::short_, true},
    Meaning{"RATE_LIMIT_EXCEEDED", Ending::later, Rest::short_, true},
    Meaning{"RESOURCE_EXHAUSTED", Ending::later, Rest::short_, true},
    Meaning{"processingFailure", Ending::later},
    Meaning{"backendError", Ending::later},
    Meaning{"internalError", Ending::later},
    Meaning{"API_KEY_INVALID", Ending::reauth, Rest::none, true},
    Meaning{"API_KEY_SERVICE_BLOCKED", Ending::reauth, Rest::none, true},
    Meaning{"API_KEY_IP_ADDRESS_BLOCKED", Ending::reauth, Rest::none, true},
    Meaning{"API_KEY_HTTP_REFERRER_BLOCKED", Ending::reauth, Rest::none, true},
    Meaning{"CONSUMER_SUSPENDED", Ending::reauth, Rest::none, true},
    Meaning{"keyInvalid", Ending::reauth, Rest::none, true},
    Meaning{"keyExpired", Ending::reauth, Rest::none, true},
    Meaning{"accessNotConfigured", Ending::reauth, Rest::none, true},
    Meaning{"SERVICE_DISABLED", Ending::reauth, Rest::none, true},
    Meaning{"ACCESS_TOKEN_SCOPE_INSUFFICIENT", Ending::reauth, Rest::none, true},
    Meaning{"insufficientPermissions", Ending::reauth, Rest::none, true},
    Meaning{"commentsDisabled", Ending::gone},
    Meaning{"forbidden", Ending::reauth},
    Meaning{"PERMISSION_DENIED", Ending::reauth},
};

bool plain_word(const std::string& word) {
    return !word.empty() && word.size() <= 48 &&
           std::all_of(word.begin(), word.end(), [](unsigned char c) { return std::isalnum(c) || c == '_'; });
}

/// All words that name the error, the most telling first. What is not a plain word is not ours to show.
std::vector<std::string> words_of(const json::Json& body) {
    const auto& error = json::member(body, "error");
    std::vector<std::string> words;
    for (const auto& detail : json::list(error, "details")) words.push_back(json::text(detail, "reason"));
    for (const auto& one : json::list(error, "errors")) words.push_back(json::text(one, "reason"));
    words.push_back(json::text(error, "status"));
    std::erase_if(words, [](const std::string& word) { return !plain_word(word); });
    return words;
}

const Meaning* meaning_of(const std::vector<std::string>& words, std::string& found) {
    for (const auto& word : words)
        for (const auto& one : meanings)
            if (one.word == word) return found = word, &one;
    if (!words.empty()) found = words.front();
    return nullptr;
}

/// A day's quota that is used up may come under the word for a minute's (429, RATE_LIMIT_EXCEEDED): searches of YouTube
/// do. The details name the quota; where there are none, the sentence for people does.
bool of_the_day(const json::Json& body) {
    const auto& error = json::member(body, "error");
    for (const auto& detail : json::list(error, "details")) {
        const auto& metadata = json::member(detail, "metadata");
        if (json::text(metadata, "quota_unit").find("/d/") != std::string::npos ||
            json::text(metadata, "quota_limit").find("PerDay") != std::string::npos)
            return true;
    }
    return json::text(error, "message").find(" per day'") != std::string::npos;
}

void apply(const Meaning& meaning, const Reply& reply, const HttpAnswer& answer, Time now, Outcome& outcome) {
    outcome.ending = meaning.ending;
    outcome.whole_credential = meaning.whole_credential;
    outcome.not_before.reset();
    const auto rest = meaning.rest == Rest::short_ && of_the_day(reply.body) ? Rest::next_day : meaning.rest;
    if (rest == Rest::short_)
        outcome.not_before = retry_after(answer.headers, now).value_or(now + throttled_rest);
    if (rest == Rest::next_day) {
        outcome.not_before = next_day(now);
        outcome.tell = true;
    }
}

} // namespace

std::string day(Time now) {
    auto local = local_time(now, zone);
    const auto two = [](int n) { return (n < 10 ? "0" : "") + std::to_string(n); };
    return std::to_string(local.year) + '-' + two(local.month) + '-' + two(local.day);
}

Time next_day(Time now) { return end_of_local_day(now, zone); }

Reply read(const Answered& answered, const std::string& platform, Time now) {
    Reply reply{answered.outcome, {}, {}, answered.answer.status};
    if (!reply.outcome.ok()) return reply;
    reply.outcome = outcome_of_status(answered.answer, platform, now);
    reply.body = json::parse(answered.answer.body);
    if (reply.outcome.ok()) {
        if (!reply.body.is_object())
            reply.outcome = {Ending::later, platform + ": the answer is not JSON", {}, false};
        return reply;
    }
    const auto* meaning = meaning_of(words_of(reply.body), reply.reason);
    if (!reply.reason.empty()) reply.outcome.reason += ": " + reply.reason;
    if (meaning) apply(*meaning, reply, answered.answer, now, reply.outcome);
    return reply;
}

OAuth::Grant refresh_grant(const std::string& platform, const std::string& url, const std::string& client_id,
                           const config::Secret& client_secret, const config::Secret& refresh_token) {
    OAuth::Grant grant;
    grant.platform = platform;
    grant.url = url;
    grant.first_refresh_token = refresh_token;
    grant.form = [client_id, client_secret](const std::string& refresh, Time) {
        return std::vector<std::pair<std::string, std::string>>{{"grant_type", "refresh_token"},
                                                                {"client_id", client_id},
                                                                {"client_secret", client_secret.reveal()},
                                                                {"refresh_token", refresh}};
    };
    return grant;
}

std::optional<ServiceAccount> read_service_account(const config::Secret& file) {
    const auto read = json::parse(file.reveal());
    ServiceAccount account{json::text(read, "client_email"), json::text(read, "private_key_id"),
                           config::Secret(json::text(read, "private_key"))};
    if (account.email.empty() || account.private_key.empty()) return {};
    return account;
}

OAuth::Grant service_account_grant(const std::string& platform, const std::string& url,
                                   const ServiceAccount& account, const std::string& scope) {
    OAuth::Grant grant;
    grant.platform = platform;
    grant.url = url;
    grant.form = [account, scope, url](const std::string&, Time now) {
        const auto seconds = std::chrono::floor<std::chrono::seconds>(now).time_since_epoch();
        const nlohmann::json claims = {
            {"iss", account.email},
            {"scope", scope},
            {"aud", url},
            {"iat", seconds.count()},
            {"exp", (seconds + std::chrono::duration_cast<std::chrono::seconds>(assertion_life)).count()}};
        const auto header =
            account.key_id.empty() ? nlohmann::json::object() : nlohmann::json{{"kid", account.key_id}};
        return std::vector<std::pair<std::string, std::string>>{
            {"grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer"},
            {"assertion", jwt::sign(jwt::Algorithm::rs256, header, claims, account.private_key.reveal())}};
    };
    return grant;
}

Api::Api(Http& http, std::string platform, std::string host, OAuth::Grant grant)
    : http_(http), platform_(std::move(platform)), host_(std::move(host)), oauth_(std::move(grant)) {}

Api::Api(Http& http, std::string platform, std::string host, config::Secret api_key)
    : http_(http), platform_(std::move(platform)), host_(std::move(host)), api_key_(std::move(api_key)) {}

Reply Api::get(const std::string& path_and_query, Call& call) const {
    HttpRequest request;
    request.url = host_ + path_and_query;
    request.headers = {{"Accept", "application/json"}};
    if (oauth_) {
        if (auto opened = oauth_->open(http_, call)) return {std::move(*opened), {}, {}, 0};
        request.headers.emplace_back("Authorization", "Bearer " + oauth_->token(call.session));
    } else {
        request.headers.emplace_back("X-Goog-Api-Key",
                                     api_key_.reveal()); // in the address it would stand in logs
    }
    auto reply = read(send(http_, request, platform_), platform_, call.now);
    if (reply.status == 401 && oauth_ && oauth_->discard(call))
        reply.outcome = {Ending::again,
                         platform_ + ": the access token was refused before its time; another is fetched",
                         {},
                         false};
    return reply;
}

std::vector<std::string> Api::scopes(const Session& session) {
    std::istringstream in(OAuth::remembered(session, "scope"));
    std::vector<std::string> all;
    for (std::string one; in >> one;) all.push_back(one);
    return all;
}

} // namespace larum::connectors::google
