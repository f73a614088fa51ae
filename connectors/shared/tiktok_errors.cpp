#include "connectors/shared/tiktok_errors.h"

#include <algorithm>
#include <string>

namespace larum::connectors::tiktok {

namespace {

using namespace std::chrono_literals;

enum class Meaning { throttled, token, permission, missing, contract, temporary };

struct Row {
    std::int64_t code;
    Meaning meaning;
    const char* words;
};

/// Of the return codes of the API for Business, those that a read can meet.
constexpr Row rows[] = {
    {40016, Meaning::throttled, "too many requests"},
    {40100, Meaning::throttled, "too many requests"},
    {40132, Meaning::throttled, "too many requests"},
    {40133, Meaning::throttled, "too many requests of the advertiser"},
    {40101, Meaning::token, "the credential is not taken"},
    {40102, Meaning::token, "the access token has expired"},
    {40103, Meaning::token, "the refresh token has expired"},
    {40104, Meaning::token, "the access token is empty"},
    {40105, Meaning::token, "the access token is not taken"},
    {40106, Meaning::token, "the user of the token is not valid"},
    {40107, Meaning::token, "the refresh token is not taken"},
    {40108, Meaning::token, "the kind of authorization is not taken"},
    {40109, Meaning::token, "the token cannot be read"},
    {40110, Meaning::token, "the authorization code is not taken"},
    {40113, Meaning::token, "the application is blocked or unknown"},
    {40115, Meaning::token, "the authorization is too old"},
    {40116, Meaning::token, "the authorization's signature is not taken"},
    {40001, Meaning::permission, "no permission for this"},
    {40118, Meaning::permission, "application or advertiser is not on the list for this"},
    {40119, Meaning::permission, "application and advertiser belong to different companies"},
    {40124, Meaning::permission, "the developer profile is not approved"},
    {40125, Meaning::permission, "the application lacks the permission (Ad Comments)"},
    {40300, Meaning::permission, "the advertiser does not exist"},
    {40301, Meaning::permission, "the advertiser does not belong to this token"},
    {41000, Meaning::permission, "the address that larum calls from is blocked"},
    {40007, Meaning::missing, "it does not exist"},
    {40000, Meaning::contract, "a parameter is not taken"},
    {40002, Meaning::contract, "a parameter is not taken"},
    {40006, Meaning::contract, "the version does not take this"},
    {40008, Meaning::contract, "there is no such endpoint"},
    {40009, Meaning::contract, "the sandbox does not have this"},
    {40010, Meaning::contract, "the host is not taken"},
    {40011, Meaning::contract, "too many ids"},
    {40013, Meaning::contract, "there is no such sandbox"},
    {40014, Meaning::contract, "the sandbox does not have this"},
    {40051, Meaning::contract, "the version has ended"},
    {40117, Meaning::contract, "the method is not taken"},
    {41001, Meaning::contract, "the endpoint was taken down"},
    {41002, Meaning::contract, "fields are no longer in use"},
    {40201, Meaning::temporary, "not ready"},
    {40202, Meaning::temporary, "written by somebody else just now"},
    {40700, Meaning::temporary, "an error at TikTok"},
    {60001, Meaning::temporary, "maintenance"},
};

bool speaks_of_the_day(std::string_view message) {
    std::string folded(message.substr(0, 500));
    std::transform(folded.begin(), folded.end(), folded.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return folded.find("qpd") != folded.npos || folded.find("daily") != folded.npos || folded.find("per day") != folded.npos;
}

/// There are no headers: the day's limit rests until its count begins anew, the minute's for the five minutes that
/// TikTok asks for.
Outcome throttled(std::string reason, std::string_view message, Time now) {
    if (!speaks_of_the_day(message)) return {Ending::later, std::move(reason), now + 5min, true};
    return {Ending::later, reason + ": the day's calls are used up", std::chrono::floor<std::chrono::days>(now) + std::chrono::days{1}, true, true};
}

} // namespace

Outcome outcome_of(std::int64_t code, std::string_view message, bool one_object, Time now) {
    if (code == 0 || code == 20001) return {};
    std::string reason = "tiktok: code " + std::to_string(code);
    const auto* row = std::find_if(std::begin(rows), std::end(rows), [&](const Row& one) { return one.code == code; });
    if (row == std::end(rows)) return {Ending::later, reason, {}, false};
    reason += std::string(": ") + row->words;
    switch (row->meaning) {
    case Meaning::throttled: return throttled(std::move(reason), message, now);
    case Meaning::token:
    case Meaning::permission: return {Ending::reauth, reason, {}, true};
    case Meaning::missing: return {one_object ? Ending::gone : Ending::broken, reason, {}, false};
    case Meaning::contract: return {Ending::broken, reason, {}, false};
    case Meaning::temporary: break;
    }
    return {Ending::later, reason, {}, false};
}

} // namespace larum::connectors::tiktok
