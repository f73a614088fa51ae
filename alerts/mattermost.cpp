#include "alerts/channel.h"
#include "alerts/shared/call.h"
#include "alerts/shared/tame.h"
#include "config/option.h"
#include "core/text.h"

#include <nlohmann/json.hpp>

namespace larum::alerts {

namespace {

using nlohmann::json;

struct Settings {
    std::string url;
    config::Secret token;
    std::string to;
    config::Secret webhook;
};

const config::Options<Settings> options = {
    config::option("url", &Settings::url, "Address of the server, like https://chat.example.org; goes with `token`."),
    config::option("token", &Settings::token,
                   "Access token of a bot; with it sent messages are edited when there is news."),
    config::option("to", &Settings::to, "Channel id (26 letters) that gets what names no recipient; goes with `token`."),
    config::option("webhook", &Settings::webhook,
                   "Address of an incoming webhook, instead of `token`; its messages cannot be edited."),
};

// A post holds 16,383 letters; nobody reads as many in ten seconds.
constexpr std::size_t message_most = 8000;

/// Text that Mattermost shows as it is.
std::string literal(std::string_view text, std::size_t most) {
    static constexpr std::string_view markup = "\\`*_{}[]()#+-.!|>~<:=^$";
    std::string out;
    for (const char c : tame(text, most)) {
        if (markup.find(c) != std::string_view::npos) out += '\\';
        out += c;
    }
    return out;
}

bool can_be_linked(const std::string& url) { return url.find_first_of("() <>\r\n\\") == std::string::npos; }

std::string linked(const std::string& text, const std::string& url) {
    return url.empty() || !can_be_linked(url) ? text : '[' + text + "](" + url + ')';
}

std::string body_text(const Message& message) {
    std::string text;
    for (const auto& line : message.lines) {
        const auto shown = literal(line.text, 500);
        if (shown.empty()) continue;
        // A blank line between lines, else Markdown joins them.
        if (!text.empty()) text += "\n\n";
        const bool head = line.role == LineRole::headline;
        text += linked(head ? "**" + shown + "**" : shown, line.link);
    }
    std::string actions;
    for (const auto& action : message.actions)
        actions += (actions.empty() ? "" : " · ") + linked(literal(action.label, 80), action.url);
    if (!actions.empty()) text += "\n\n" + actions;
    return text::shorten(text, message_most);
}

class Mattermost final : public Channel {
public:
    Mattermost(Settings settings, Http& http) : settings_(std::move(settings)), http_(http) {}

    Traits traits() const override { return {.edits = by_token(), .idempotent = false, .bytes_max = 16000}; }

    Outcome send(const Message& message, const std::string& recipient, const std::string& message_id, Time now) override {
        if (!by_token()) return post_to_webhook(message, recipient, now);
        json body = {{"message", body_text(message)}};
        if (!message_id.empty()) return ask("PUT", "/api/v4/posts/" + message_id + "/patch", body, now);
        const auto target = recipient.empty() ? settings_.to : recipient;
        if (target.empty()) return Outcome::refused("mattermost: no channel; set `to`, or name a recipient in the playbook");
        body["channel_id"] = target;
        body["props"] = {{"disable_group_highlight", true}};
        return ask("POST", "/api/v4/posts", body, now);
    }

private:
    bool by_token() const { return !settings_.token.empty(); }

    static std::string write(const json& body) { return body.dump(-1, ' ', false, json::error_handler_t::replace); }

    Outcome ask(const std::string& method, const std::string& path, const json& body, Time now) {
        auto request = json_request(method, settings_.url + path, write(body));
        request.headers.emplace_back("Authorization", "Bearer " + settings_.token.reveal());
        const auto got = call(http_, std::move(request), "mattermost");
        if (const auto* failed = std::get_if<Outcome>(&got)) return *failed;
        const auto& answer = std::get<HttpAnswer>(got);
        if (!is_success(answer)) return outcome_of_status(answer, "mattermost", now);
        const auto said = json::parse(answer.body, nullptr, false);
        if (said.is_object() && said.value("id", json()).is_string() && !said["id"].get_ref<const std::string&>().empty())
            return Outcome::delivered(said["id"].get<std::string>());
        if (!answer.body.empty() && answer.body.front() == '{')
            return said.is_discarded() ? Outcome::unknown("mattermost: the answer broke off")
                                       : Outcome::refused("mattermost: status 200, but no post was made");
        return Outcome::later("mattermost: the answer is not JSON; is something between us and the server?");
    }

    Outcome post_to_webhook(const Message& message, const std::string& recipient, Time now) {
        json body = {{"text", body_text(message)}};
        if (!recipient.empty()) body["channel"] = recipient;
        const auto got = call(http_, json_request("POST", settings_.webhook.reveal(), write(body)), "mattermost");
        if (const auto* failed = std::get_if<Outcome>(&got)) return *failed;
        const auto& answer = std::get<HttpAnswer>(got);
        if (!is_success(answer)) return outcome_of_status(answer, "mattermost", now);
        if (text::trim(answer.body) == "ok") return Outcome::delivered();
        return Outcome::later("mattermost: status 200 without «ok»; is something between us and the server?");
    }

    Settings settings_;
    Http& http_;
};

std::unique_ptr<Channel> make(const config::Value& table, const std::vector<std::string>& common_keys,
                              config::Problems& problems, Services services) {
    auto settings = config::read(options, table, problems, common_keys);
    const bool token = table.find("token"), webhook = table.find("webhook");
    if (token == webhook)
        problems.add(table.at, std::string("token and webhook are both ") + (token ? "set" : "missing") + "; expected one of them");
    if (token) check_url(settings.url, "url", table, problems);
    if (!settings.webhook.empty()) check_url(settings.webhook.reveal(), "webhook", table, problems);
    while (!settings.url.empty() && settings.url.back() == '/') settings.url.pop_back();
    return std::make_unique<Mattermost>(std::move(settings), services.http);
}

} // namespace

const Kind& mattermost_kind() {
    static const Kind kind{"mattermost", "Mattermost: by bot token (edits what it sent) or by incoming webhook.",
                           config::describe(options), make};
    return kind;
}

} // namespace larum::alerts
