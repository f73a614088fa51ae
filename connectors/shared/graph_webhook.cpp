#include "connectors/shared/graph_webhook.h"

#include "connectors/shared/graph_instagram.h"
#include "connectors/shared/graph_message.h"
#include "connectors/shared/graph_post.h"
#include "connectors/shared/signed_request.h"
#include "core/crypto.h"
#include "core/error.h"

#include <algorithm>

namespace larum::connectors::graph {

namespace {

struct AppSettings {
    config::Secret app_secret;
    config::Secret old_app_secret;
    config::Secret verify_token;
};

const config::Options<AppSettings>& options() {
    static const config::Options<AppSettings> all = {
        config::required("app_secret", &AppSettings::app_secret,
                         "Secret of the app: webhooks are signed with it."),
        config::option("old_app_secret", &AppSettings::old_app_secret,
                       "The secret before it was reset: until you take it out, webhooks signed with either are "
                       "taken."),
        config::required("verify_token", &AppSettings::verify_token,
                         "The word that was entered beside the callback URL in the app's settings."),
    };
    return all;
}

std::string parameter(const std::string& target, std::string_view name) {
    const auto mark = target.find('?');
    if (mark == target.npos) return {};
    for (const auto& [key, value] : read_query(std::string_view(target).substr(mark + 1)))
        if (key == name) return value;
    return {};
}

/// What we are asked to echo goes to a browser as well as to Meta, so only what a challenge is made of.
bool is_challenge(const std::string& text) {
    return !text.empty() && text.size() <= 200 && std::all_of(text.begin(), text.end(), [](unsigned char c) {
        return std::isalnum(c) || c == '_' || c == '-';
    });
}

std::optional<simdjson::dom::array> list(Element object, std::string_view name) {
    simdjson::dom::array items;
    if (object[name].get(items) != simdjson::SUCCESS) return std::nullopt;
    return items;
}

/// Events beside messages that say nothing to be kept.
bool is_known_event(Element event) {
    for (const char* name : {"message", "message_edit", "reaction", "postback", "read", "delivery", "referral", "optin",
                             "pass_thread_control", "take_thread_control", "request_thread_control", "app_roles"})
        if (member(event, name)) return true;
    return false;
}

WebhookEntry entry_of_event(Element event, const std::string& page) {
    WebhookEntry entry{page, {}, {}};
    if (auto contact = read_message_event(event, page)) entry.page.contacts.push_back(std::move(*contact));
    if (!is_known_event(event)) entry.page.unknown.push_back("messaging");
    return entry;
}

WebhookEntry entry_of_change(Element change, const std::string& account, Time at) {
    const auto value = member(change, "value");
    if (value && value->is_object())
        if (auto entry = instagram::read_change(text(change, "field"), *value, account, at)) return *entry;
    return read_change(change, account, at);
}

/// `time` of an entry is in seconds beside changes and in milliseconds beside messages; `time()` tells them
/// apart.
void read_entry(Element entry, Time received_at, std::vector<WebhookEntry>& entries) {
    const auto page = text(entry, "id");
    const auto at = time(entry, "time").value_or(received_at);
    const auto before = entries.size();
    if (const auto changes = list(entry, "changes"))
        for (const auto change : *changes) entries.push_back(entry_of_change(change, page, at));
    for (const char* name : {"messaging", "standby"})
        if (const auto events = list(entry, name))
            for (const auto event : *events) entries.push_back(entry_of_event(event, page));
    if (entries.size() == before) entries.push_back({page, {}, {}});
}

class GraphReceiver final : public Receiver {
public:
    GraphReceiver(AppSettings settings, ReadEntries read) : settings_(std::move(settings)), entries_(read) {}

    WebhookAnswer accept(const WebhookRequest& request, Time now) const override {
        if (request.method == "GET") return handshake(request);
        if (request.method != "POST") return {405, "", false};
        if (is_signed_request(request.body)) return deauthorized(request.body, now);
        // The raw bytes are signed: Meta escapes what is not ASCII, and no parser gives that back as it was.
        const auto given = header(request.headers, "X-Hub-Signature-256");
        if (!signed_with(settings_.app_secret, given, request.body) &&
            !signed_with(settings_.old_app_secret, given, request.body))
            return {401, "", false};
        return {200, "", true};
    }

    /// A thousand updates come in one body at most.
    std::size_t body_bytes_max() const override { return std::size_t{4} << 20; }

    std::vector<WebhookEntry> entries(const WebhookBody& kept) const override { return entries_(kept); }

private:
    static bool signed_with(const config::Secret& secret, const std::string& given, const std::string& body) {
        if (secret.empty()) return false;
        return equal_in_constant_time(given, "sha256=" + to_hex(hmac_sha256(secret.reveal(), body)));
    }

    /// Somebody took the app's rights away. It names a person and no page, so all sources are read now: those that lost
    /// their token are told it by the platform itself.
    WebhookAnswer deauthorized(const std::string& body, Time now) const {
        WebhookAnswer answer;
        answer.ring = is_genuine(body, {settings_.app_secret, settings_.old_app_secret}, now);
        if (!answer.ring) answer.status = 401;
        return answer;
    }

    WebhookAnswer handshake(const WebhookRequest& request) const {
        const auto challenge = parameter(request.target, "hub.challenge");
        const bool ours = parameter(request.target, "hub.mode") == "subscribe" &&
                          equal_in_constant_time(parameter(request.target, "hub.verify_token"),
                                                 settings_.verify_token.reveal());
        if (!ours || !is_challenge(challenge)) return {403, "", false};
        return {200, challenge, false};
    }

    AppSettings settings_;
    ReadEntries entries_;
};

std::vector<WebhookEntry> read_entries(const WebhookBody& kept) {
    const auto document = Document::parse(kept.body);
    const auto given = list(document->root(), "entry");
    if (!given) throw Error(Error::Kind::input, "a webhook without a list \"entry\"");
    std::vector<WebhookEntry> all;
    for (const auto entry : *given) read_entry(entry, kept.received_at, all);
    return all;
}

} // namespace

std::vector<config::Description> app_options() { return config::describe(options()); }

std::unique_ptr<Receiver> make_receiver(const config::Value& table,
                                        const std::vector<std::string>& common_keys,
                                        config::Problems& problems) {
    return make_receiver_of(table, common_keys, problems, read_entries);
}

std::unique_ptr<Receiver> make_receiver_of(const config::Value& table, const std::vector<std::string>& common_keys,
                                           config::Problems& problems, ReadEntries entries) {
    return std::make_unique<GraphReceiver>(config::read(options(), table, problems, common_keys), entries);
}

} // namespace larum::connectors::graph
