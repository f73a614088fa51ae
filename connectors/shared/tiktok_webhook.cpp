#include "connectors/shared/tiktok_webhook.h"

#include "connectors/shared/json.h"
#include "connectors/shared/webhook.h"
#include "core/crypto.h"
#include "core/error.h"

#include <algorithm>

namespace larum::connectors::tiktok {

namespace {

using namespace std::chrono_literals;

struct AppSettings {
    config::Secret secret;
    config::Secret old_secret;
    Span replay_window = 5min;
};

const config::Options<AppSettings>& options() {
    static const config::Options<AppSettings> all = {
        config::required("secret", &AppSettings::secret, "Secret of the application: webhooks are signed with it."),
        config::option("old_secret", &AppSettings::old_secret, "The secret before, for as long as a rotation takes: what it signs is still believed."),
        config::option("replay_window", &AppSettings::replay_window, "How far the signed time may be from now. TikTok repeats for 72 hours; widen it when repeats come with their first time and are refused."),
    };
    return all;
}

/// The part after `name=` of «t=1633174587,s=1849…».
std::string_view part(std::string_view header, std::string_view name) {
    while (!header.empty()) {
        const auto comma = header.find(',');
        auto one = header.substr(0, comma);
        while (one.starts_with(' ')) one.remove_prefix(1);
        if (one.starts_with(name)) return one.substr(name.size());
        if (comma == header.npos) break;
        header.remove_prefix(comma + 1);
    }
    return {};
}

std::optional<Time> seconds(std::string_view text) {
    if (text.empty() || text.size() > 12 || !std::all_of(text.begin(), text.end(), [](unsigned char c) { return std::isdigit(c); })) return std::nullopt;
    return Time{std::chrono::seconds{std::stoll(std::string(text))}};
}

/// A comment on a post of the account, where the event carries its words.
Post comment_of(const json::Json& content, const std::string& id, Time at) {
    Post post;
    post.platform = "tiktok";
    post.kind = PostKind::comment;
    post.id = id;
    const auto parent = json::text(content, "parent_comment_id");
    post.parent_id = parent.empty() || parent == "0" ? json::text(content, "video_id") : parent;
    post.author.id = json::text(content, "unique_identifier");
    post.text = json::text(content, "text");
    post.posted_at = at;
    return post;
}

class TikTokReceiver final : public Receiver {
public:
    explicit TikTokReceiver(AppSettings settings) : settings_(std::move(settings)) {}

    WebhookAnswer accept(const WebhookRequest& request, Time now) const override {
        if (request.method != "POST") return {405, "", false};
        const auto given = header(request.headers, "tiktok-signature");
        const auto signed_at = part(given, "t=");
        const auto at = seconds(signed_at);
        const auto signature = [&](std::string_view secret) { return to_hex(hmac_sha256(secret, std::string(signed_at) + '.' + request.body)); };
        if (!at || !Secrets{settings_.secret, settings_.old_secret}.made(part(given, "s="), signature)) return {401, "", false};
        const Span apart = now > *at ? now - *at : *at - now;
        if (apart > settings_.replay_window) return {401, "", false};
        return {200, "", true};
    }

    std::vector<WebhookEntry> entries(const WebhookBody& kept) const override {
        const auto body = json::parse(kept.body);
        if (!body.is_object()) throw Error(Error::Kind::input, "a webhook that is no JSON object");
        WebhookEntry entry;
        entry.account = json::text(body, "user_openid");
        const auto event = json::text(body, "event");
        const auto content = json::parse(json::text(body, "content")); // JSON as text inside of JSON
        const auto at = json::count(body, "create_time");
        if (event.starts_with("comment.") && content.is_object() && at && *at > 0 && *at < 100'000'000'000)
            read_comment(content, event, Time{std::chrono::seconds{*at}}, entry.page);
        else
            entry.page.unknown.push_back(event.empty() ? "(no event)" : event.substr(0, 60));
        return {entry};
    }

private:
    static void read_comment(const json::Json& content, const std::string& event, Time at, Page& page) {
        const auto id = json::text(content, "comment_id");
        const auto action = json::text(content, "comment_action");
        if (id.empty())
            page.rejected.push_back("tiktok: a comment's event without its id\t" + json::raw(content));
        else if (action.find("delete") != action.npos)
            page.deletions.push_back({"tiktok", {}, id, at});
        else if (json::text(content, "text").empty())
            page.unknown.push_back(event.substr(0, 60) + " without words"); // they cannot be asked for without TikTok's approval
        else
            page.posts.push_back(comment_of(content, id, at));
    }

    AppSettings settings_;
};

} // namespace

std::vector<config::Description> app_options() { return config::describe(options()); }

std::unique_ptr<Receiver> make_receiver(const config::Value& table, const std::vector<std::string>& common_keys, config::Problems& problems) {
    return std::make_unique<TikTokReceiver>(config::read(options(), table, problems, common_keys));
}

} // namespace larum::connectors::tiktok
