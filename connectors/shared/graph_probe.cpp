#include "connectors/shared/graph_probe.h"

#include "connectors/shared/graph_json.h"

#include <algorithm>

namespace larum::connectors::graph {

namespace {

using Whose = Needs::Whose;

/// The sooner of two expiries in Unix seconds, where 0 and absence mean never.
std::optional<Time> sooner(Element token) {
    std::optional<Time> soonest;
    for (const char* name : {"expires_at", "data_access_expires_at"})
        if (const auto at = time(token, name)) soonest = std::min(soonest.value_or(*at), *at);
    return soonest;
}

std::vector<std::string> texts(Element object, std::string_view name) {
    std::vector<std::string> all;
    simdjson::dom::array list;
    if (object[name].get(list) != simdjson::SUCCESS) return all;
    for (const auto one : list) {
        std::string_view text;
        if (one.get(text) == simdjson::SUCCESS) all.emplace_back(text);
        if (one.is_int64()) all.push_back(simdjson::minify(one));
    }
    return all;
}

std::vector<std::string> missing_of(const std::vector<std::string>& granted, std::vector<std::string> needed) {
    std::erase_if(needed, [&](const std::string& one) {
        return std::find(granted.begin(), granted.end(), one) != granted.end();
    });
    return needed;
}

std::string joined(const std::vector<std::string>& all) {
    std::string text;
    for (const auto& one : all) text += (text.empty() ? "" : ", ") + one;
    return text;
}

std::string type_of(const std::string& type) {
    if (type == "PAGE") return "page token";
    if (type == "SYSTEM_USER") return "system user's token";
    if (type == "USER") return "user's token";
    return {};
}

Outcome dead(const Access& access, const std::string& why) {
    return {Ending::reauth, access.platform + ": " + why, {}, true};
}

Outcome check_alive(const Access& access, Element token, Time now) {
    if (flag(token, "is_valid")) return {};
    const auto error = member(token, "error");
    const int code = error ? static_cast<int>(number(*error, "code").value_or(190)) : 190;
    const int subcode = error ? static_cast<int>(number(*error, "subcode").value_or(0)) : 0;
    auto outcome = outcome_of(access.platform, code, subcode, now);
    return outcome.ending == Ending::reauth ? outcome : dead(access, "the token is not valid");
}

/// A user's token reads nothing of what visitors write, and dies with its own limits.
Outcome check_page(const Access& access, Element token) {
    const auto type = text(token, "type");
    if (type == "USER")
        return dead(access, "this is a user's token; larum needs the page's own (GET /me/accounts lists it)");
    if (type != "PAGE" && type != "SYSTEM_USER") return dead(access, "this is no page token");
    const auto profile = text(token, "profile_id");
    if (type == "PAGE" && !profile.empty() && profile != access.page)
        return dead(access,
                    "the token speaks for page " + profile + ", the source watches page " + access.page);
    return {};
}

/// A permission may be granted for some accounts only.
Outcome check_account(const Access& access, Element token) {
    simdjson::dom::array scopes;
    if (token["granular_scopes"].get(scopes) != simdjson::SUCCESS) return {};
    for (const auto one : scopes) {
        const auto scope = text(one, "scope");
        const auto targets = texts(one, "target_ids");
        if (scope.starts_with("instagram_") && !targets.empty() &&
            std::find(targets.begin(), targets.end(), access.page) == targets.end())
            return dead(access, scope + " was granted for other accounts, not for " + access.page);
    }
    return {};
}

Outcome check_self(const Access& access, Element token) {
    const auto id = text(token, "user_id");
    if (id.empty() || id == access.page) return {};
    return dead(access, "the token speaks for account " + id + ", the source watches account " + access.page);
}

Outcome check_binding(const Access& access, Element token, Whose whose, Time now) {
    if (auto outcome = check_alive(access, token, now); !outcome.ok()) return outcome;
    if (whose == Whose::page) return check_page(access, token);
    return whose == Whose::account ? check_account(access, token) : check_self(access, token);
}

std::vector<std::string> notes_of(const Needs& needs, const Probe& probe, Element token) {
    std::vector<std::string> notes;
    for (const auto& extra : needs.extras)
        if (const auto missing = missing_of(probe.granted, extra.scopes); !missing.empty())
            notes.push_back(extra.what + ": " + joined(missing) + (missing.size() == 1 ? " is missing" : " are missing"));
    if (needs.whose == Whose::page && text(token, "type") == "SYSTEM_USER")
        notes.push_back("this is a system user's own token; pages of the new experience want the page's (GET /me/accounts lists it)");
    if (needs.whose != Whose::self && text(token, "type") != "SYSTEM_USER" && probe.expires_at)
        notes.push_back("the token ends, with the person who made it or their data access; a system user's has no end");
    return notes;
}

Probe probe_by_me(Http& http, const Access& access, const Needs& needs, Time now) {
    const bool page = needs.whose == Whose::page;
    const auto path = page ? std::string("/me") : '/' + access.page;
    const auto reply = call(http, access, get(access, path, {{"fields", page ? "id,name" : "id,username"}}), now);
    Probe probe{};
    probe.outcome = reply.outcome;
    if (!reply.document) return probe;
    const auto id = text(reply.document->root(), "id");
    probe.account = text(reply.document->root(), page ? "name" : "username") + " (" + id + ")";
    probe.notes.push_back("permissions and end are not seen without app_id");
    if (id != access.page)
        probe.outcome = dead(access, "the token speaks for " + id + ", not for " + (page ? "page " : "account ") +
                                         access.page + "; is it a user's token?");
    return probe;
}

/// An account's own token is asked about with itself.
HttpRequest question(const Access& access, Whose whose) {
    if (whose != Whose::self) return debug_token(access);
    return get(access, "/debug_token", {{"input_token", access.token.reveal()}});
}

} // namespace

Probe probe(Http& http, const Access& access, const Needs& needs, Time now) {
    if (needs.whose != Whose::self && access.app_id.empty()) return probe_by_me(http, access, needs, now);
    const auto reply = call(http, access, question(access, needs.whose), now);
    Probe probe{};
    probe.outcome = reply.outcome;
    const auto token = reply.document ? member(reply.document->root(), "data") : std::nullopt;
    if (!token) {
        if (probe.outcome.ok()) probe.outcome = {Ending::broken, access.platform + ": debug_token says nothing", {}};
        return probe;
    }
    probe.account = text(*token, "profile_id").empty() ? access.page : text(*token, "profile_id");
    probe.outcome = check_binding(access, *token, needs.whose, now);
    probe.type = type_of(text(*token, "type"));
    probe.granted = texts(*token, "scopes");
    if (member(*token, "scopes")) probe.missing = missing_of(probe.granted, needs.scopes);
    probe.expires_at = sooner(*token);
    probe.notes = notes_of(needs, probe, *token);
    if (probe.outcome.ok() && probe.expires_at && *probe.expires_at <= now)
        probe.outcome = outcome_of(access.platform, 190, 463, now);
    // Pages go on being read in another version, but the probe is where a person looks.
    if (probe.outcome.ok() && !reply.outcome.reason.empty())
        probe.outcome = {Ending::broken, reply.outcome.reason, {}};
    return probe;
}

} // namespace larum::connectors::graph
