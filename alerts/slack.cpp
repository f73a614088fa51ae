#include "alerts/channel.h"
#include "alerts/shared/call.h"
#include "alerts/shared/tame.h"
#include "config/option.h"
#include "core/text.h"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace larum::alerts {

namespace {

using nlohmann::json;
using namespace std::chrono_literals;

struct Settings {
    config::Secret webhook;
    config::Secret token;
    std::string to;
    std::string api = "https://slack.com/api";
};

const config::Options<Settings> options = {
    config::option("token", &Settings::token,
                   "Bot token with chat:write; with it sent messages are edited when there is news."),
    config::option("to", &Settings::to, "Channel id like C0123456789 that gets what names no recipient; goes with `token`."),
    config::option("webhook", &Settings::webhook,
                   "Address of an incoming webhook, instead of `token`; its messages cannot be edited."),
    config::option("api", &Settings::api, "Where Slack's API is; change it for a proxy of your own."),
};

// Limits of Block Kit.
constexpr std::size_t header_most = 150;
constexpr std::size_t section_most = 2900;
constexpr std::size_t button_most = 75;
constexpr std::size_t url_most = 3000;
constexpr std::size_t actions_most = 25;

/// Text that Slack shows as it is: its three special characters are escaped, formatting marks replaced.
std::string literal(std::string_view text, std::size_t most) {
    std::string out;
    for (const char c : tame(text, most)) {
        switch (c) {
        case '&': out += "&amp;"; break;
        case '<': out += "&lt;"; break;
        case '>': out += "&gt;"; break;
        case '*': out += "∗"; break;
        case '~': out += "∼"; break;
        case '`': out += "ˋ"; break;
        default: out += c;
        }
    }
    return out;
}

std::string linked(const Line& line) {
    // Escaping makes text longer: 500 letters stay far below a section's limit even if all are «&».
    const auto text = literal(line.text, 500);
    if (line.link.empty() || line.link.size() > 1000 || line.link.find_first_of("<>| \r\n") != std::string::npos) return text;
    return "<" + line.link + "|" + (text.empty() ? "link" : text) + ">";
}

json plain(std::string_view text, std::size_t most) {
    return {{"type", "plain_text"}, {"text", tame(text, most)}, {"emoji", false}};
}

json section(const std::string& text) {
    return {{"type", "section"}, {"text", {{"type", "mrkdwn"}, {"text", text}, {"verbatim", true}}}};
}

json buttons(const Message& message) {
    json elements = json::array();
    for (const auto& action : message.actions) {
        if (elements.size() == actions_most || action.url.size() > url_most) break;
        elements.push_back({{"type", "button"},
                            {"text", plain(action.label, button_most)},
                            {"url", action.url},
                            {"action_id", "open_" + std::to_string(elements.size())}});
    }
    return {{"type", "actions"}, {"elements", elements}};
}

json blocks(const Message& message) {
    json all = json::array();
    std::string body;
    const auto flush = [&] {
        if (!body.empty()) all.push_back(section(body));
        body.clear();
    };
    for (const auto& line : message.lines) {
        if (line.role == LineRole::headline && all.empty() && body.empty() && !tame(line.text).empty()) {
            all.push_back({{"type", "header"}, {"text", plain(line.text, header_most)}});
            if (!line.link.empty()) body = linked({line.role, "↗", line.link});
            continue;
        }
        const auto text = linked(line);
        if (text.empty()) continue;
        if (body.size() + text.size() + 1 > section_most) flush();
        body += (body.empty() ? "" : "\n") + text;
    }
    flush();
    if (!message.actions.empty()) all.push_back(buttons(message));
    return all;
}

/// What notifications and screen readers get, and the whole message where blocks are not taken.
std::string fallback(const Message& message, bool whole) {
    std::string text;
    for (const auto& line : message.lines) {
        text += (text.empty() ? "" : "\n") + linked(line);
        if (!whole) break;
    }
    if (whole)
        for (const auto& action : message.actions)
            text += "\n<" + action.url + "|" + literal(action.label, button_most) + ">";
    return text.empty() ? "larum" : text;
}

json body_of(const Message& message, bool with_blocks) {
    json body = {{"text", fallback(message, !with_blocks)},
                 {"unfurl_links", false},
                 {"unfurl_media", false}};
    body["blocks"] = with_blocks ? blocks(message) : json::array();
    return body;
}

bool one_of(std::string_view error, std::initializer_list<std::string_view> all) {
    return std::find(all.begin(), all.end(), error) != all.end();
}

/// Slack's error words hold nothing but small letters; whatever else comes is not quoted.
std::string error_word(const json& answer) {
    const auto found = answer.find("error");
    if (found == answer.end() || !found->is_string()) return "unnamed error";
    const auto& word = found->get_ref<const std::string&>();
    const bool clean = word.size() <= 40 && std::all_of(word.begin(), word.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || c == '_';
    });
    return clean ? word : "unnamed error";
}

bool dislikes_blocks(std::string_view error) {
    return one_of(error, {"invalid_blocks", "invalid_blocks_format", "msg_too_long", "msg_blocks_too_long", "invalid_attachments"});
}

class Slack final : public Channel {
public:
    Slack(Settings settings, Http& http) : settings_(std::move(settings)), http_(http) {}

    Traits traits() const override { return {.edits = by_token(), .idempotent = false, .bytes_max = 12000}; }

    Outcome send(const Message& message, const std::string& recipient, const std::string& message_id, Time now) override {
        std::string error;
        auto outcome = try_once(body_of(message, true), recipient, message_id, now, error);
        // Better a plain message than none.
        if (dislikes_blocks(error)) outcome = try_once(body_of(message, false), recipient, message_id, now, error);
        return outcome;
    }

private:
    bool by_token() const { return !settings_.token.empty(); }

    Outcome try_once(json body, const std::string& recipient, const std::string& message_id, Time now, std::string& error) {
        error.clear();
        if (!by_token()) return post_to_webhook(body, now, error);
        auto target = recipient.empty() ? settings_.to : recipient;
        std::string method = "chat.postMessage";
        if (!message_id.empty()) {
            const auto slash = message_id.find('/');
            if (slash == std::string::npos) return Outcome::refused("slack: the kept message id is not one");
            target = message_id.substr(0, slash);
            body["ts"] = message_id.substr(slash + 1);
            method = "chat.update";
        } else {
            body["parse"] = "none";
            body["link_names"] = false;
        }
        if (target.empty()) return Outcome::refused("slack: no channel; set `to`, or name a recipient in the playbook");
        body["channel"] = target;
        auto request = json_request("POST", settings_.api + '/' + method, write(body));
        request.headers.emplace_back("Authorization", "Bearer " + settings_.token.reveal());
        const auto got = call(http_, std::move(request), "slack");
        if (const auto* failed = std::get_if<Outcome>(&got)) return *failed;
        return outcome_of(std::get<HttpAnswer>(got), now, error);
    }

    static std::string write(const json& body) { return body.dump(-1, ' ', false, json::error_handler_t::replace); }

    Outcome post_to_webhook(const json& body, Time now, std::string& error) {
        const auto got = call(http_, json_request("POST", settings_.webhook.reveal(), write(body)), "slack");
        if (const auto* failed = std::get_if<Outcome>(&got)) return *failed;
        const auto& answer = std::get<HttpAnswer>(got);
        const auto said = text::trim(answer.body);
        if (is_success(answer)) {
            if (said == "ok") return Outcome::delivered();
            return Outcome::later("slack: status 200 without Slack's «ok»; is something between us and Slack?");
        }
        if (answer.status == 400 && dislikes_blocks(said)) error = said;
        return outcome_of_status(answer, "slack", now);
    }

    static Outcome outcome_of(const HttpAnswer& answer, Time now, std::string& error) {
        if (!is_success(answer)) return outcome_of_status(answer, "slack", now);
        const auto said = json::parse(answer.body, nullptr, false);
        if (said.is_discarded() || !said.is_object()) {
            // An object that broke off may tell of a message that stands; a page of HTML is somebody else's.
            if (!answer.body.empty() && answer.body.front() == '{') return Outcome::unknown("slack: the answer broke off");
            return Outcome::later("slack: the answer is not JSON; is something between us and Slack?");
        }
        if (said.value("ok", json(false)) == json(true)) {
            const auto channel = said.value("channel", json());
            const auto ts = said.value("ts", json());
            if (channel.is_string() && ts.is_string())
                return Outcome::delivered(channel.get<std::string>() + '/' + ts.get<std::string>());
            return Outcome::delivered();
        }
        error = error_word(said);
        const std::string reason = "slack: " + error;
        if (one_of(error, {"ratelimited", "rate_limited", "message_limit_exceeded"})) {
            const auto until = retry_after(answer.headers, now);
            return Outcome::later(reason, until ? *until : now + 1min);
        }
        if (one_of(error, {"internal_error", "fatal_error", "service_unavailable", "request_timeout", "team_added_to_org"}))
            return Outcome::later(reason);
        return Outcome::refused(reason);
    }

    Settings settings_;
    Http& http_;
};

std::unique_ptr<Channel> make(const config::Value& table, const std::vector<std::string>& common_keys,
                              config::Problems& problems, Services services) {
    auto settings = config::read(options, table, problems, common_keys);
    if (table.find("token") && table.find("webhook"))
        problems.add(table.at, "token and webhook are both set; expected one of them");
    else if (!table.find("token") && !table.find("webhook"))
        problems.add(table.at, "token and webhook are both missing; expected one of them");
    if (!settings.webhook.empty()) check_url(settings.webhook.reveal(), "webhook", table, problems);
    check_url(settings.api, "api", table, problems);
    return std::make_unique<Slack>(std::move(settings), services.http);
}

} // namespace

const Kind& slack_kind() {
    static const Kind kind{"slack", "Slack: by bot token (edits what it sent) or by incoming webhook.",
                           config::describe(options), make};
    return kind;
}

} // namespace larum::alerts
