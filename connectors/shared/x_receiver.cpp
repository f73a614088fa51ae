#include "connectors/shared/x_receiver.h"

#include "connectors/shared/items.h"
#include "connectors/shared/webhook.h"
#include "connectors/shared/x_read.h"
#include "core/crypto.h"

#include <algorithm>
#include <cctype>

namespace larum::connectors::x {

namespace {

using json::Json;

struct AppSettings {
    config::Secret secret;
    config::Secret old_secret;
};

const config::Options<AppSettings>& options() {
    static const config::Options<AppSettings> all = {
        config::required("secret", &AppSettings::secret, "Consumer secret (API key secret) of the app: X signs webhooks with it."),
        config::option("old_secret", &AppSettings::old_secret, "The secret before it was exchanged: taken beside the new one until you remove it."),
    };
    return all;
}

std::string signature(std::string_view secret, std::string_view bytes) { return "sha256=" + to_base64(hmac_sha256(secret, bytes)); }

/// What X asks us to sign. Nothing that could be a webhook's body is signed for whoever asks: then it could be forged.
bool is_challenge(const std::string& token) {
    return !token.empty() && token.size() <= 200 && std::all_of(token.begin(), token.end(), [](unsigned char c) {
        return std::isalnum(c) || c == '_' || c == '-' || c == '=' || c == '.';
    });
}

class XReceiver final : public Receiver {
public:
    explicit XReceiver(AppSettings settings) : settings_(std::move(settings)) {}

    WebhookAnswer accept(const WebhookRequest& request, Time) const override {
        if (request.method == "GET") return handshake(request);
        if (request.method != "POST") return {405, "", false};
        const Secrets secrets{settings_.secret, settings_.old_secret};
        const auto given = header(request.headers, "x-twitter-webhooks-signature");
        const bool right = secrets.made(given, [&](std::string_view secret) { return signature(secret, request.body); });
        return {right ? 200 : 401, "", right};
    }

    std::vector<WebhookEntry> entries(const WebhookBody& kept) const override {
        const auto body = json::parse(kept.body);
        const auto& data = json::member(body, "data");
        const auto type = json::text(data, "event_type");
        if (type.empty()) throw Error(Error::Kind::input, "x: a webhook without an event's type");
        WebhookEntry entry{json::text(json::member(data, "filter"), "user_id"), {}, {}};
        if (entry.account.empty()) throw Error(Error::Kind::input, "x: a webhook that names no account");
        read_event(type, data, kept.received_at, entry);
        return {entry};
    }

private:
    static void read_event(const std::string& type, const Json& data, Time received_at, WebhookEntry& entry) {
        const auto& payload = json::member(data, "payload");
        if (type.starts_with("post.") && type != "post.delete") entry.page.billed.posts = 1; // also one that is not kept
        if (type == "post.delete") {
            const auto id = json::text(payload, "id");
            if (!id.empty()) entry.page.deletions.push_back({"x", "", id, received_at});
        } else if (type == "post.repost.create") {
            return; // nobody wrote
        } else if (type == "post.create" || type == "post.mention.create" || type == "post.reply.create" || type == "post.quote.create") {
            read_items(Json::array({payload}), entry.page, [&](const Json& post) {
                if (!is_repost(post)) entry.page.posts.push_back(read_post(post, json::member(data, "includes"), entry.account));
            });
        } else if (type == "oauth.revoke") {
            entry.poll = {"mentions"}; // the next call is refused and says so
        } else {
            entry.page.unknown.push_back(type);
        }
    }

    WebhookAnswer handshake(const WebhookRequest& request) const {
        const auto token = query_parameter(request.target, "crc_token");
        if (!is_challenge(token)) return {403, "", false};
        WebhookAnswer answer{200, json::raw({{"response_token", signature(settings_.secret.reveal(), token)}}), false};
        answer.type = "application/json";
        return answer;
    }

    AppSettings settings_;
};

} // namespace

std::vector<config::Description> app_options() { return config::describe(options()); }

std::unique_ptr<Receiver> make_receiver(const config::Value& table, const std::vector<std::string>& common_keys, config::Problems& problems) {
    return std::make_unique<XReceiver>(config::read(options(), table, problems, common_keys));
}

} // namespace larum::connectors::x
