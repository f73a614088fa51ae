#include "connectors/shared/oauth.h"

#include "connectors/shared/call.h"
#include "connectors/shared/json.h"
#include "core/crypto.h"

#include <algorithm>
#include <cctype>

namespace larum::connectors {

namespace {

using namespace std::chrono_literals;

constexpr Span ends_too_soon = 1min;
constexpr Span usual_life = 1h;     ///< where the answer does not say
constexpr Span refused_rest = 5min; ///< a token younger than this that is refused says: a new one is refused too

json::Json read(const Session& session) {
    auto kept = json::parse(session.state);
    return kept.is_object() ? kept : json::Json::object();
}

void write(const json::Json& kept, Session& session) {
    session.state = kept.dump();
    session.changed = true;
}

/// RFC 6749 names its errors in plain words; anything else is not ours to show.
std::string error_word(const std::string& body) {
    const auto word = json::text(json::parse(body), "error");
    const bool plain = !word.empty() && word.size() <= 40 &&
                       std::all_of(word.begin(), word.end(), [](unsigned char c) { return std::islower(c) || c == '_'; });
    return plain ? word : std::string();
}

} // namespace

std::optional<Outcome> OAuth::open(Http& http, Call& call) const {
    auto kept = read(call.session);
    const auto ends = parse_time(json::text(kept, "ends"));
    if (!json::text(kept, "access").empty() && ends && *ends > call.now + ends_too_soon) return {};
    // Another refresh token in the config than the one that ours came from: a person connected again.
    const auto& first = grant_.first_refresh_token.reveal();
    const auto mark = first.empty() ? std::string() : sha256_hex(first).substr(0, 16);
    if (json::text(kept, "first") != mark) kept.erase("refresh");
    const auto refresh = json::text(kept, "refresh").empty() ? first : json::text(kept, "refresh");
    HttpRequest request;
    request.method = "POST";
    request.url = grant_.url;
    request.private_allowed = grant_.private_allowed;
    request.headers = grant_.headers;
    request.headers.emplace_back("Content-Type", "application/x-www-form-urlencoded");
    request.headers.emplace_back("Accept", "application/json");
    request.body = form_encoded(grant_.form(refresh, call.now));
    const auto answered = send(http, request, grant_.platform);
    if (!answered.outcome.ok()) return answered.outcome;
    auto outcome = outcome_of_status(answered.answer, grant_.platform, call.now);
    if (!outcome.ok()) {
        const auto word = error_word(answered.answer.body);
        // 400 and 401 of a token endpoint mean: this grant is not taken (any more).
        const bool refused = answered.answer.status == 400 || answered.answer.status == 401;
        if (refused) outcome = {Ending::reauth, grant_.platform + ": no access token is given", {}, true};
        if (!word.empty()) outcome.reason += ": " + word;
        return outcome;
    }
    const auto body = json::parse(answered.answer.body);
    const auto access = json::text(body, "access_token");
    if (access.empty()) return Outcome{Ending::later, grant_.platform + ": the token endpoint answered without access_token", {}, true};
    const auto seconds = json::number(body, "expires_in");
    const auto life = seconds ? std::chrono::duration_cast<Span>(std::chrono::duration<double>(std::clamp(*seconds, 60.0, 1e8))) : Span(usual_life);
    kept["access"] = access;
    kept["ends"] = format_time(call.now + life);
    kept["made"] = format_time(call.now);
    kept["first"] = mark;
    if (const auto next = json::text(body, "refresh_token"); !next.empty()) kept["refresh"] = next;
    if (const auto scope = json::text(body, "scope"); !scope.empty()) kept["scope"] = scope;
    write(kept, call.session);
    return Outcome{Ending::again, grant_.platform + ": an access token was fetched", {}, false};
}

std::string OAuth::token(const Session& session) const { return json::text(read(session), "access"); }

bool OAuth::discard(Call& call) const {
    auto kept = read(call.session);
    const auto made = parse_time(json::text(kept, "made"));
    kept.erase("access");
    write(kept, call.session);
    return !made || call.now - *made > refused_rest;
}

std::string OAuth::remembered(const Session& session, const char* name) { return json::text(read(session), name); }

void OAuth::remember(Session& session, const char* name, const std::string& value) {
    auto kept = read(session);
    kept[name] = value;
    write(kept, session);
}

std::string form_encoded(const std::vector<std::pair<std::string, std::string>>& fields) {
    std::string form;
    for (const auto& [name, value] : fields)
        form += (form.empty() ? "" : "&") + percent_encoded(name) + '=' + percent_encoded(value);
    return form;
}

} // namespace larum::connectors
