#include "connectors/shared/graph.h"

#include <algorithm>
#include <iterator>

namespace larum::connectors::graph {

namespace {

using namespace std::chrono_literals;

enum class Rest { none, throttled, blocked };
enum class Reach { stream, credential };

constexpr int any = -1;

struct Row {
    int first;
    int last;
    int subcode;
    Ending ending;
    Rest rest;
    Reach reach;
    const char* says;
};

/// Graph's error codes, special cases first. HTTP statuses say nothing: they are nearly always 400.
/// A missing permission stops only the stream that needs it: tagged posts may be barred while the feed is
/// not.
constexpr Row rows[] = {
    {102, 190, 458, Ending::reauth, Rest::none, Reach::credential,
     "the app was removed from the account; connect it again"},
    {102, 190, 459, Ending::reauth, Rest::none, Reach::credential,
     "the account must confirm itself on facebook.com first"},
    {102, 190, 464, Ending::reauth, Rest::none, Reach::credential,
     "the account must confirm itself on facebook.com first"},
    {102, 190, 460, Ending::reauth, Rest::none, Reach::credential,
     "the password was changed; a new token is needed"},
    {102, 190, 463, Ending::reauth, Rest::none, Reach::credential,
     "the token expired; a new token is needed"},
    {102, 190, 467, Ending::reauth, Rest::none, Reach::credential,
     "the token is no longer valid; a new token is needed"},
    {102, 190, 492, Ending::reauth, Rest::none, Reach::credential,
     "the person behind the token lost their role; a new token fails the same way until the role "
     "is back"},
    {102, 102, any, Ending::reauth, Rest::none, Reach::credential,
     "the session ended; a new token is needed"},
    {190, 190, 2069032, Ending::reauth, Rest::none, Reach::credential,
     "this call wants the page's own token, not a person's"},
    {210, 210, any, Ending::reauth, Rest::none, Reach::credential,
     "this call wants the page's own token, not a person's"},
    {200, 200, 2069030, Ending::broken, Rest::none, Reach::stream,
     "pages of the new experience do not have this call"},
    {190, 190, any, Ending::reauth, Rest::none, Reach::credential,
     "the token was refused; a new token is needed"},
    {104, 104, any, Ending::reauth, Rest::none, Reach::credential,
     "appsecret_proof was refused; is it this app's secret?"},
    {1, 2, any, Ending::later, Rest::none, Reach::stream, "temporary trouble at the platform"},
    {3, 3, any, Ending::reauth, Rest::none, Reach::stream,
     "the app may not make this call; grant the permission again"},
    {4, 4, any, Ending::later, Rest::throttled, Reach::credential, "the app's request limit is reached"},
    {10, 10, any, Ending::reauth, Rest::none, Reach::stream, "a permission is missing; grant it again"},
    {12, 12, any, Ending::broken, Rest::none, Reach::stream, "this call no longer exists"},
    {17, 17, any, Ending::later, Rest::throttled, Reach::credential, "the user's request limit is reached"},
    {32, 32, any, Ending::later, Rest::throttled, Reach::credential,
     "the page's request limit is reached with a user token; use the page's own token"},
    {33, 33, any, Ending::gone, Rest::none, Reach::stream, "the object does not exist"},
    {100, 100, 33, Ending::gone, Rest::none, Reach::stream, "the object does not exist or may not be seen"},
    {100, 100, any, Ending::broken, Rest::none, Reach::stream, "a parameter was refused"},
    {200, 299, any, Ending::reauth, Rest::none, Reach::stream, "a permission is missing; grant it again"},
    {341, 341, any, Ending::later, Rest::throttled, Reach::credential, "the application limit is reached"},
    {368, 368, any, Ending::later, Rest::blocked, Reach::credential, "blocked for abuse for a while"},
    {506, 506, any, Ending::broken, Rest::none, Reach::stream, "a duplicate was refused"},
    {551, 551, any, Ending::broken, Rest::none, Reach::stream, "this person cannot be reached now"},
    {613, 613, any, Ending::later, Rest::throttled, Reach::credential, "a limit of this call is reached"},
    {803, 803, any, Ending::gone, Rest::none, Reach::stream, "the object does not exist"},
    {2635, 2635, any, Ending::broken, Rest::none, Reach::stream, "the Graph version is no longer served"},
    {80000, 80014, any, Ending::later, Rest::throttled, Reach::credential,
     "the page's request limit is reached"},
};

/// Calls made while throttled count and lengthen the block, so a rest without a given end is long.
constexpr Span throttled_rest = 5min;
constexpr Span blocked_rest = 3h;

bool holds(const Row& row, int code, int subcode) {
    if (row.subcode == any) return code >= row.first && code <= row.last;
    // A row with a sub-code names two codes that share it, not all between them.
    return (code == row.first || code == row.last) && subcode == row.subcode;
}

const Row* find(int code, int subcode) {
    const auto row = std::find_if(std::begin(rows), std::end(rows),
                                  [&](const Row& one) { return holds(one, code, subcode); });
    return row == std::end(rows) ? nullptr : row;
}

} // namespace

Outcome outcome_of(const std::string& platform, int code, int subcode, Time now) {
    std::string reason = platform + ": code " + std::to_string(code);
    if (subcode != 0) reason += '/' + std::to_string(subcode);
    const auto* row = find(code, subcode);
    if (!row) return {Ending::later, reason + ": an error that larum does not know", {}, false};
    Outcome outcome{row->ending, reason + ": " + row->says, {}, row->reach == Reach::credential};
    if (row->rest == Rest::throttled) outcome.not_before = now + throttled_rest;
    if (row->rest == Rest::blocked) outcome.not_before = now + blocked_rest;
    return outcome;
}

} // namespace larum::connectors::graph
