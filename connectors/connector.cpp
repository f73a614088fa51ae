#include "connectors/connector.h"

namespace larum::connectors {

RecheckResult Connector::recheck(std::span<const Post>, Call&) { return {}; }

const Kind* find_kind(std::string_view name) {
    for (const auto* kind : all_kinds())
        if (kind->name == name) return kind;
    return nullptr;
}

} // namespace larum::connectors
