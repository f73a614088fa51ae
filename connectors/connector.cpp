#include "connectors/connector.h"

namespace larum::connectors {

RecheckResult Connector::recheck(std::span<const Post>, Call&) { return {}; }

Connector::LineResult Connector::line(const Stream& stream, Call&) {
    return {{Ending::gone, "there is no line for the stream \"" + stream.name + "\"", {}, false}, {}};
}

Heard Connector::hear(const Stream&, const LineEvent&, Time) const { return {}; }

const Kind* find_kind(std::string_view name) {
    for (const auto* kind : all_kinds())
        if (kind->name == name) return kind;
    return nullptr;
}

} // namespace larum::connectors
