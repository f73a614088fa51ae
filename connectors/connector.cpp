#include "connectors/connector.h"

#include "connectors/shared/call.h"

namespace larum::connectors {

RecheckResult Connector::recheck(std::span<const Post>, Call&) { return {}; }

Connector::LineResult Connector::line(const Stream& stream, Call&) {
    return {{Ending::gone, "there is no line for the stream \"" + stream.name + "\"", {}, false}, {}, {}};
}

Heard Connector::refused(const Stream&, const HttpAnswer& answer, Time now) const {
    Heard heard;
    heard.outcome = outcome_of_status(answer, "the line was refused", now);
    // Neither is an answer to a handshake; a redirect is not followed.
    if (heard.outcome.ok()) heard.outcome = {Ending::broken, "the line was not opened: status " + std::to_string(answer.status), {}, false};
    return heard;
}

Heard Connector::hear(const Stream&, const LineEvent&, Time) const { return {}; }

Outcome Connector::afford(double, Time) const { return {}; }

const Kind* find_kind(std::string_view name) {
    for (const auto* kind : all_kinds())
        if (kind->name == name) return kind;
    return nullptr;
}

} // namespace larum::connectors
