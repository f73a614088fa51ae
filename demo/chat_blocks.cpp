// Block Kit's limits, as far as they can be broken by a message of larum.
#include "core/text.h"
#include "demo/chat_server.h"

#include <nlohmann/json.hpp>

namespace larum::demo {

using nlohmann::json;

namespace {

constexpr std::size_t blocks_most = 50, section_most = 3000, header_most = 150, fields_most = 10,
                      field_most = 2000;
constexpr std::size_t context_most = 10, actions_most = 25, button_most = 75, url_most = 3000, id_most = 255;

std::string check_text(const json& object, std::size_t most, bool plain_only, const std::string& where) {
    if (!object.is_object() || !object.contains("text") || !object["text"].is_string())
        return where + " has no text";
    const auto type = object.value("type", "");
    if (type != "plain_text" && (plain_only || type != "mrkdwn"))
        return where + " has text of type \"" + type + '"';
    const auto length = text::code_points(object["text"].get_ref<const std::string&>());
    if (length == 0 || length > most)
        return where + " has " + std::to_string(length) + " letters, 1 to " + std::to_string(most) +
               " are taken";
    return {};
}

std::string check_button(const json& button) {
    if (button.value("type", "") != "button") return "an action is no button";
    if (button.value("url", "").size() > url_most) return "a button's url is too long";
    if (button.value("action_id", "").size() > id_most) return "a button's action_id is too long";
    return check_text(button.value("text", json()), button_most, true, "a button");
}

std::string check_section(const json& block) {
    if (block.contains("fields")) {
        if (!block["fields"].is_array() || block["fields"].size() > fields_most)
            return "a section has more than 10 fields";
        for (const auto& field : block["fields"])
            if (const auto wrong = check_text(field, field_most, false, "a field"); !wrong.empty())
                return wrong;
        if (!block.contains("text")) return {};
    }
    return check_text(block.value("text", json()), section_most, false, "a section");
}

std::string check_elements(const json& block, std::size_t most, bool actions) {
    const auto elements = block.value("elements", json());
    if (!elements.is_array() || elements.empty() || elements.size() > most)
        return "a block has no elements, or too many";
    for (const auto& one : elements) {
        if (!actions && one.value("type", "") == "image") continue;
        const auto wrong =
            actions ? check_button(one) : check_text(one, section_most, false, "a context element");
        if (!wrong.empty()) return wrong;
    }
    return {};
}

std::string check_block(const json& block) {
    if (!block.is_object()) return "a block is no object";
    const auto type = block.value("type", "");
    if (type == "divider") return {};
    if (type == "header") return check_text(block.value("text", json()), header_most, true, "a header");
    if (type == "section") return check_section(block);
    if (type == "context") return check_elements(block, context_most, false);
    if (type == "actions") return check_elements(block, actions_most, true);
    return "there is no block \"" + type + '"';
}

} // namespace

std::string check_blocks(const std::string& body) {
    const auto message = json::parse(body, nullptr, false);
    if (!message.is_object() || !message.contains("blocks")) return {};
    const auto& blocks = message["blocks"];
    if (!blocks.is_array() || blocks.size() > blocks_most) return "blocks is no list of at most 50";
    try {
        for (const auto& block : blocks)
            if (const auto wrong = check_block(block); !wrong.empty()) return wrong;
    } catch (const json::exception&) {
        return "a field is of the wrong type";
    }
    return {};
}

} // namespace larum::demo
