#include "alerts/channel.h"
#include "alerts/shared/call.h"
#include "config/option.h"
#include "core/crypto.h"
#include "core/error.h"
#include "core/text.h"

#include <nlohmann/json.hpp>

namespace larum::alerts {

/// A receiver's address. Often no secret: it may stand in the config as it is.
struct WebhookAddress {
    config::Secret url;
};

} // namespace larum::alerts

namespace larum::config {

template <> struct Kind<alerts::WebhookAddress> {
    static std::string name() { return "URL, or as a secret: \"env:NAME\", \"file:/path\", \"credential:NAME\""; }
    static std::optional<alerts::WebhookAddress> read(const Value& value, Problems& problems) {
        if (const auto* text = value.string(); text && (text->rfind("https://", 0) == 0 || text->rfind("http://", 0) == 0))
            return alerts::WebhookAddress{Secret(*text)};
        if (auto secret = read_secret(value, problems)) return alerts::WebhookAddress{std::move(*secret)};
        return std::nullopt;
    }
    static std::string show(const alerts::WebhookAddress&) { return {}; }
};

} // namespace larum::config

namespace larum::alerts {

namespace {

using nlohmann::json;

struct Settings {
    WebhookAddress url;
    config::Secret secret;
    bool edits = false;
};

const config::Options<Settings> options = {
    config::required("url", &Settings::url, "Address that gets the messages as JSON (Standard Webhooks), by POST."),
    config::option("secret", &Settings::secret,
                   "Signing secret, \"whsec_\" and base64; with it every message is signed (Standard Webhooks)."),
    config::option("edits", &Settings::edits,
                   "The receiver replaces a message when a higher `revision` of the same `alert_id` comes."),
};

constexpr std::string_view prefix = "whsec_";

std::string key_of(const config::Secret& secret) {
    const std::string& text = secret.reveal();
    return text.rfind(prefix, 0) == 0 ? from_base64(text.substr(prefix.size())) : text;
}

/// Structure and text; the receiver escapes for whatever it shows it in.
json body_of(const Message& message, Time now) {
    json lines = json::array(), actions = json::array();
    for (const auto& line : message.lines)
        lines.push_back({{"role", word(line.role)}, {"text", text::valid_utf8(line.text)}, {"link", line.link}});
    for (const auto& action : message.actions) actions.push_back({{"label", action.label}, {"url", action.url}});
    return {{"type", "larum." + std::string(word(message.kind))},
            {"timestamp", format_time(now)},
            {"data",
             {{"alert_id", message.alert_id},
              {"revision", message.revision},
              {"urgency", word(message.urgency)},
              {"lang", message.lang},
              {"brand", message.brand},
              {"detail", word(message.detail)},
              {"repeated", message.repeated},
              {"lines", lines},
              {"actions", actions}}}};
}

class Webhook final : public Channel {
public:
    Webhook(Settings settings, Http& http) : settings_(std::move(settings)), http_(http) {}

    Traits traits() const override { return {.edits = settings_.edits, .idempotent = true, .bytes_max = 20000}; }

    Outcome send(const Message& message, const std::string&, const std::string& message_id, Time now) override {
        // Constant over the retries of one revision, so that the receiver can drop a repetition.
        const auto id = "msg_" + message.alert_id + (message_id.empty() ? "" : "_" + std::to_string(message.revision));
        const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(now.time_since_epoch()).count();
        const auto stamp = std::to_string(seconds);
        auto request = json_request("POST", settings_.url.url.reveal(),
                                    body_of(message, now).dump(-1, ' ', false, json::error_handler_t::replace));
        request.headers.emplace_back("webhook-id", id);
        request.headers.emplace_back("webhook-timestamp", stamp);
        if (!settings_.secret.empty()) {
            const auto signature = hmac_sha256(key_of(settings_.secret), id + '.' + stamp + '.' + request.body);
            request.headers.emplace_back("webhook-signature", "v1," + to_base64(signature));
        }
        const auto got = call(http_, std::move(request), "webhook");
        if (const auto* failed = std::get_if<Outcome>(&got)) return *failed;
        const auto& answer = std::get<HttpAnswer>(got);
        return is_success(answer) ? Outcome::delivered(message.alert_id) : outcome_of_status(answer, "webhook", now);
    }

private:
    Settings settings_;
    Http& http_;
};

std::unique_ptr<Channel> make(const config::Value& table, const std::vector<std::string>& common_keys,
                              config::Problems& problems, Services services) {
    auto settings = config::read(options, table, problems, common_keys);
    if (!settings.url.url.empty()) check_url(settings.url.url.reveal(), "url", table, problems);
    try {
        if (!settings.secret.empty() && key_of(settings.secret).size() < 16)
            problems.add(table.at, "secret is shorter than 16 bytes; expected \"whsec_\" and base64 of 24 to 64 bytes");
    } catch (const Error&) {
        problems.add(table.at, "secret is not base64 behind \"whsec_\"");
    }
    return std::make_unique<Webhook>(std::move(settings), services.http);
}

} // namespace

const Kind& webhook_kind() {
    static const Kind kind{"webhook", "Any address of your own: JSON by POST, signed as Standard Webhooks says.",
                           config::describe(options), make};
    return kind;
}

} // namespace larum::alerts
