#include "alerts/channel.h"

#include <utility>

namespace larum::alerts {

std::string plain_text(const Message& message) {
    std::string text;
    for (const auto& line : message.lines) {
        if (!text.empty()) text += '\n';
        text += line.text;
        if (!line.link.empty()) text += ' ' + line.link;
    }
    for (const auto& action : message.actions) text += '\n' + action.label + ": " + action.url;
    return text;
}

Outcome Outcome::delivered(std::string message_id) { return {Ending::delivered, std::move(message_id), {}, {}}; }
Outcome Outcome::later(std::string reason, std::optional<Time> not_before) {
    return {Ending::later, {}, std::move(reason), not_before};
}
Outcome Outcome::refused(std::string reason) { return {Ending::refused, {}, std::move(reason), {}}; }
Outcome Outcome::unknown(std::string reason) { return {Ending::unknown, {}, std::move(reason), {}}; }

const Kind* find_kind(std::string_view name) {
    for (const auto* kind : all_kinds())
        if (kind->name == name) return kind;
    return nullptr;
}

} // namespace larum::alerts
