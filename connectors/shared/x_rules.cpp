#include "connectors/shared/x_rules.h"

#include <algorithm>

namespace larum::connectors::x {

RulesWanted rules_for(const std::vector<std::string>& queries, const std::string& user_id) {
    RulesWanted wanted{"larum:" + user_id, {}};
    for (const auto& query : queries)
        wanted.values.push_back(query.find("is:retweet") == query.npos ? '(' + query + ") -is:retweet" : query);
    return wanted;
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
