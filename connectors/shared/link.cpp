#include "connectors/shared/link.h"

#include "connectors/shared/webhook.h"

namespace larum::connectors {

std::string link_parameter(const Headers& headers, std::string_view relation, std::string_view name) {
    const auto whole = header(headers, "Link");
    std::string_view rest = whole;
    const auto wanted = "rel=\"" + std::string(relation) + "\"";
    for (auto open = rest.find('<'); open != rest.npos; open = rest.find('<')) {
        rest.remove_prefix(open + 1);
        const auto close = rest.find('>');
        if (close == rest.npos) return {};
        const auto target = rest.substr(0, close);
        rest.remove_prefix(close + 1);
        const auto attributes = rest.substr(0, rest.find('<'));
        if (attributes.find(wanted) != attributes.npos) return query_parameter(target, name);
    }
    return {};
}

} // namespace larum::connectors
