#include "connectors/shared/x_rules.h"

#include "connectors/shared/x_read.h"
#include "core/crypto.h"

#include <algorithm>

namespace larum::connectors::x {

namespace {

using json::Json;

constexpr std::int64_t changes_most = 2; ///< at once: X may write a rule other than it was sent, and then it is never the wanted one

HttpRequest request_for(const Json& change) {
    HttpRequest request;
    request.url = "/2/tweets/search/stream/rules";
    if (change.is_null()) return request;
    request.method = "POST";
    request.headers = {{"Content-Type", "application/json"}};
    request.body = json::raw(change);
    return request;
}

/// What X says beside the data of a change: that a rule is there already is no trouble.
Outcome outcome_of_change(const Json& body) {
    for (const auto& error : json::list(body, "errors"))
        if (problem_of(error) != "duplicate-rules") return {Ending::broken, "x: " + problem_of(error) + ": a query of search is no rule to X", {}, false};
    return {};
}

} // namespace

RulesWanted rules_for(const std::vector<std::string>& queries, const std::string& user_id) {
    RulesWanted wanted{"larum:" + user_id, {}};
    for (const auto& query : queries)
        wanted.values.push_back(query.find("is:retweet") == query.npos ? '(' + query + ") -is:retweet" : query);
    return wanted;
}

PollResult poll_rules(const Stream& stream, const RulesWanted& wanted, const std::function<Answered(HttpRequest)>& ask) {
    auto kept = json::parse(stream.cursor);
    const auto mark = sha256_hex(Json(wanted.values).dump()).substr(0, 16);
    if (json::text(kept, "for") != mark) kept = {{"for", mark}}; // the queries are others now
    const auto made = json::count(kept, "made").value_or(0);
    const auto change = kept.value("change", Json());
    const auto answered = ask(request_for(change));
    PollResult result{answered.outcome, {}};
    if (!result.outcome.ok()) return result;
    const auto body = json::parse(answered.answer.body);
    if (!body.is_object() || (!body.contains("meta") && !body.contains("data") && !body.contains("errors")))
        return {{Ending::later, "x: the answer is no list", {}, false}, {}};
    if (!change.is_null()) {
        result.outcome = outcome_of_change(body);
        if (!result.outcome.ok()) return result;
        result.page.cursor = json::raw({{"for", mark}, {"made", made + 1}});
        result.page.more = true;
        return result;
    }
    const auto next = made < changes_most ? next_change(json::list(body, "data"), wanted) : std::nullopt;
    result.page.cursor = next ? json::raw({{"for", mark}, {"made", made}, {"change", json::parse(*next)}}) : std::string();
    result.page.more = next.has_value();
    return result;
}

std::optional<std::string> next_change(const json::Json& listed, const RulesWanted& wanted) {
    auto missing = wanted.values;
    auto foreign = json::Json::array();
    for (const auto& rule : listed) {
        if (json::text(rule, "tag") != wanted.tag) continue;
        const auto value = json::text(rule, "value");
        if (const auto found = std::find(missing.begin(), missing.end(), value); found != missing.end())
            missing.erase(found);
        else if (std::find(wanted.values.begin(), wanted.values.end(), value) == wanted.values.end())
            foreign.push_back(json::text(rule, "id"));
    }
    if (!foreign.empty()) return json::raw({{"delete", {{"ids", foreign}}}});
    if (missing.empty()) return {};
    auto add = json::Json::array();
    for (const auto& value : missing) add.push_back({{"value", value}, {"tag", wanted.tag}});
    return json::raw({{"add", add}});
}

} // namespace larum::connectors::x
