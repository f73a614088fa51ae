#include "connectors/shared/long_token.h"

#include "connectors/shared/graph_json.h"
#include "connectors/shared/json.h"
#include "core/crypto.h"

#include <algorithm>

namespace larum::connectors::graph {

namespace {

using namespace std::chrono_literals;

constexpr Span exchanged_every = 24h * 7; ///< eight chances before a token of 60 days ends
constexpr Span refused_rest = 24h;        ///< a token younger than a day is not exchanged
constexpr Span trouble_rest = 1h;

json::Json read(const Session& session, const std::string& mark) {
    auto kept = json::parse(session.state);
    if (!kept.is_object()) kept = json::Json::object();
    if (json::text(kept, "first") == mark) return kept;
    // Another token in the config than the one that ours came from: a person connected again.
    for (const char* name : {"access", "ends", "next", "permissions"}) kept.erase(name);
    kept["first"] = mark;
    return kept;
}

std::string mark_of(const Access& access) { return sha256_hex(access.token.reveal()).substr(0, 16); }

} // namespace

Access LongToken::access(const Session& session) const {
    Access newest = access_;
    if (const auto token = json::text(read(session, mark_of(access_)), "access"); !token.empty())
        newest.token = config::Secret(token);
    return newest;
}

std::optional<Time> LongToken::ends(const Session& session) const {
    return parse_time(json::text(read(session, mark_of(access_)), "ends"));
}

std::vector<std::string> LongToken::permissions(const Session& session) const {
    std::vector<std::string> all;
    std::string one;
    for (const char c : json::text(read(session, mark_of(access_)), "permissions") + ',') {
        if (c != ',' && c != ' ') {
            one += c;
        } else if (!one.empty()) {
            all.push_back(std::move(one));
            one.clear();
        }
    }
    return all;
}

std::optional<Outcome> LongToken::open(Http& http, Call& with) const {
    auto kept = read(with.session, mark_of(access_));
    const auto next = parse_time(json::text(kept, "next"));
    if (next && *next > with.now) return {};
    const auto newest = access(with.session);
    const auto reply = call(http, newest, refresh_token(newest, grant_), with.now);
    // Told to wait, we wait: a second call would lengthen the block.
    if (reply.outcome.not_before && reply.outcome.whole_credential) return reply.outcome;
    const auto token = reply.document ? text(reply.document->root(), "access_token") : std::string();
    if (!token.empty()) {
        const auto life = std::chrono::seconds(
            std::clamp<std::int64_t>(number(reply.document->root(), "expires_in").value_or(0), 3600, 24 * 3600 * 365));
        kept["access"] = token;
        kept["permissions"] = text(reply.document->root(), "permissions");
        kept["ends"] = format_time(with.now + life);
        kept["next"] = format_time(with.now + std::min<Span>(exchanged_every, Span(life) / 8));
    } else {
        const bool trouble = reply.outcome.ending == Ending::later;
        kept["next"] = format_time(with.now + (trouble ? trouble_rest : refused_rest));
    }
    with.session.state = kept.dump();
    with.session.changed = true;
    return Outcome{Ending::again,
                   access_.platform + (token.empty() ? ": the token was not exchanged" : ": the token was exchanged"),
                   {}};
}

} // namespace larum::connectors::graph
