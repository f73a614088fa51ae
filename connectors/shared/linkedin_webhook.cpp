#include "connectors/shared/linkedin_webhook.h"

#include "connectors/shared/linkedin_read.h"
#include "connectors/shared/webhook.h"
#include "core/crypto.h"
#include "core/error.h"

#include <algorithm>

namespace larum::connectors::linkedin {

namespace {

struct AppSettings {
    config::Secret secret;
    config::Secret old_secret;
};

const config::Options<AppSettings>& options() {
    static const config::Options<AppSettings> all = {
        config::required("secret", &AppSettings::secret, "Client secret of the application: challenges are answered and webhooks are signed with it."),
        config::option("old_secret", &AppSettings::old_secret, "The client secret before, for as long as a rotation takes: what it signs is still believed."),
    };
    return all;
}

/// It is echoed, so nothing but what an UUID is made of.
bool is_challenge(const std::string& code) {
    return !code.empty() && code.size() <= 100 && std::all_of(code.begin(), code.end(), [](unsigned char c) { return std::isalnum(c) || c == '-'; });
}

class LinkedInReceiver final : public Receiver {
public:
    explicit LinkedInReceiver(AppSettings settings) : settings_(std::move(settings)) {}

    WebhookAnswer accept(const WebhookRequest& request, Time) const override {
        if (request.method == "GET") return challenged(request.target);
        if (request.method != "POST") return {405, "", false};
        const auto given = header(request.headers, "X-LI-Signature");
        // The literal is part of what is signed, not of the header.
        const auto signature = [&](std::string_view secret) { return to_hex(hmac_sha256(secret, "hmacsha256=" + request.body)); };
        const bool ours = Secrets{settings_.secret, settings_.old_secret}.made(given, signature);
        return ours ? WebhookAnswer{200, "", true} : WebhookAnswer{401, "", false};
    }

    std::vector<WebhookEntry> entries(const WebhookBody& kept) const override {
        const auto body = json::parse(kept.body);
        if (!body.is_object()) throw Error(Error::Kind::input, "a webhook that is no JSON object");
        const auto type = json::text(body, "type");
        if (type != "ORGANIZATION_SOCIAL_ACTION_NOTIFICATIONS") {
            WebhookEntry entry;
            entry.page.unknown.push_back(type.empty() ? "(no type)" : type.substr(0, 60));
            return {entry};
        }
        std::vector<WebhookEntry> all;
        for (const auto& one : json::list(body, "notifications")) all.push_back(entry_of(one));
        return all;
    }

private:
    WebhookAnswer challenged(const std::string& target) const {
        const auto code = query_parameter(target, "challengeCode");
        if (!is_challenge(code)) return {400, "", false};
        WebhookAnswer answer;
        answer.body = json::Json{{"challengeCode", code}, {"challengeResponse", to_hex(hmac_sha256(settings_.secret.reveal(), code))}}.dump();
        answer.type = "application/json";
        return answer;
    }

    /// A notification says where to look; what is there is read from the API, where it is complete and current.
    static WebhookEntry entry_of(const json::Json& notification) {
        WebhookEntry entry;
        entry.account = json::text(notification, "organizationalEntity");
        try {
            entry.page = read_notification(notification);
        } catch (const Error& error) {
            entry.page.rejected.push_back(std::string(error.what()) + '\t' + json::raw(notification));
        }
        for (const auto& stream : entry.page.streams) entry.poll.push_back(stream.name);
        return entry;
    }

    AppSettings settings_;
};

} // namespace

std::vector<config::Description> app_options() { return config::describe(options()); }

std::unique_ptr<Receiver> make_receiver(const config::Value& table, const std::vector<std::string>& common_keys, config::Problems& problems) {
    return std::make_unique<LinkedInReceiver>(config::read(options(), table, problems, common_keys));
}

} // namespace larum::connectors::linkedin
