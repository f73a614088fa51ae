#include "connectors/shared/discourse_receiver.h"

#include "connectors/shared/discourse_post.h"
#include "connectors/shared/host.h"
#include "connectors/shared/items.h"
#include "connectors/shared/webhook.h"
#include "core/crypto.h"

#include <algorithm>
#include <cctype>

namespace larum::connectors::discourse {

namespace {

using json::Json;

struct AppSettings {
    config::Secret secret;
    config::Secret old_secret;
    std::string host;
    std::vector<std::string> own;
};

const config::Options<AppSettings>& options() {
    static const config::Options<AppSettings> all = {
        config::required("secret", &AppSettings::secret, "Secret that was entered in the forum's webhook: it signs each body."),
        config::option("old_secret", &AppSettings::old_secret, "The secret before it was exchanged: taken beside the new one until you remove it."),
        config::required("host", &AppSettings::host, "Address of the forum that sends, as in its source."),
        config::option("own", &AppSettings::own, "As in the source."),
    };
    return all;
}

class DiscourseReceiver final : public Receiver {
public:
    explicit DiscourseReceiver(AppSettings settings) : settings_(std::move(settings)), ground_{settings_.host, host_name(settings_.host), settings_.own} {}

    /// What happened stands in a header; it is kept beside the body.
    WebhookAnswer accept(const WebhookRequest& request, Time) const override {
        if (request.method != "POST") return {405, "", false};
        const Secrets secrets{settings_.secret, settings_.old_secret};
        const bool right = secrets.made(header(request.headers, "X-Discourse-Event-Signature"),
                                        [&](std::string_view secret) { return "sha256=" + to_hex(hmac_sha256(secret, request.body)); });
        if (!right) return {401, "", false};
        WebhookAnswer answer{200, "", true};
        answer.note = event_of(header(request.headers, "X-Discourse-Event"));
        return answer;
    }

    std::vector<WebhookEntry> entries(const WebhookBody& kept) const override {
        const auto body = json::parse(kept.body);
        if (!body.is_object()) throw Error(Error::Kind::input, "discourse: a webhook that is no JSON object");
        WebhookEntry entry{ground_.realm, {}, {}};
        const auto& post = json::member(body, "post");
        if (kept.note == "post_created" || kept.note == "post_edited" || kept.note == "post_recovered")
            read_items(Json::array({post}), entry.page, [&](const Json& item) { read_post(item, ground_, "", kept.received_at, entry.page); });
        else if (kept.note == "post_destroyed" && json::count(post, "id"))
            entry.page.deletions.push_back({"discourse", ground_.realm, json::text(post, "id"), kept.received_at});
        else if (kept.note != "ping")
            entry.page.unknown.push_back(kept.note.empty() ? "an event without a name" : std::string(kept.note));
        return {entry};
    }

private:
    static std::string event_of(const std::string& header) {
        const bool plain = header.size() <= 60 && std::all_of(header.begin(), header.end(), [](unsigned char c) { return std::islower(c) || c == '_'; });
        return plain ? header : std::string();
    }

    AppSettings settings_;
    Ground ground_;
};

} // namespace

std::vector<config::Description> app_options() { return config::describe(options()); }

std::unique_ptr<Receiver> make_receiver(const config::Value& table, const std::vector<std::string>& common_keys, config::Problems& problems) {
    auto settings = config::read(options(), table, problems, common_keys);
    while (settings.host.ends_with('/')) settings.host.pop_back();
    if (table.find("host") && host_name(settings.host).empty()) problems.add(table.find("host")->at, "host must be like https://forum.example");
    return std::make_unique<DiscourseReceiver>(std::move(settings));
}

} // namespace larum::connectors::discourse
