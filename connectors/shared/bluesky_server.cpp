#include "connectors/shared/bluesky_server.h"

namespace larum::connectors::bluesky {

namespace {

using json::Json;

Json tokens_of(const Session& session) {
    auto tokens = json::parse(session.state);
    return tokens.is_object() ? tokens : Json::object();
}

void keep(const Json& tokens, Session& session) {
    session.state = tokens.empty() ? std::string() : tokens.dump();
    session.changed = true;
}

} // namespace

std::string did_of(const Session& session) { return json::text(tokens_of(session), "did"); }

std::optional<Outcome> Server::open_session(Call& call) const {
    const auto tokens = tokens_of(call.session);
    if (!json::text(tokens, "access").empty()) return {};
    const auto refresh_token = json::text(tokens, "refresh");
    HttpRequest request;
    request.method = "POST";
    request.url = service_ + "/xrpc/com.atproto.server." + (refresh_token.empty() ? "createSession" : "refreshSession");
    if (refresh_token.empty()) {
        request.headers = {{"Content-Type", "application/json"}};
        request.body = Json{{"identifier", identifier_}, {"password", password_.reveal()}}.dump();
    } else {
        request.headers = {{"Authorization", "Bearer " + refresh_token}};
    }
    const auto reply = read_reply(send(http_, request, "bluesky"), call.now);
    if (reply.outcome.ok()) {
        const auto access = json::text(reply.body, "accessJwt"), refresh = json::text(reply.body, "refreshJwt");
        if (access.empty() || refresh.empty()) return Outcome{Ending::broken, "bluesky: a session came without tokens", {}, false};
        keep({{"access", access}, {"refresh", refresh}, {"did", json::text(reply.body, "did")}}, call.session);
        return Outcome{Ending::again, "bluesky: a session was opened", {}, false};
    }
    const bool ended = reply.outcome.ending == Ending::reauth || reply.outcome.ending == Ending::broken;
    if (refresh_token.empty() || !ended) return reply.outcome;
    keep(Json::object(), call.session); // the refresh token is spent or revoked: log in
    return Outcome{Ending::again, "bluesky: the session had ended", {}, false};
}

Reply Server::ask(const std::string& method, const std::string& query, Call& call) const {
    auto tokens = tokens_of(call.session);
    HttpRequest request;
    request.url = service_ + "/xrpc/" + method + (query.empty() ? "" : "?" + query);
    request.headers = {{"Authorization", "Bearer " + json::text(tokens, "access")}, {"Accept", "application/json"}};
    auto reply = read_reply(send(http_, request, "bluesky"), call.now);
    if (!reply.token_ended()) return reply;
    tokens.erase("access");
    keep(tokens, call.session);
    reply.outcome = {Ending::again, "bluesky: the access token had expired", {}, false};
    return reply;
}

} // namespace larum::connectors::bluesky
