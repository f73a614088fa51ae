#include "demo/chat_server.h"

#include "core/crypto.h"
#include "core/error.h"
#include "core/text.h"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <nlohmann/json.hpp>

namespace larum::demo {

using nlohmann::json;

namespace {

constexpr std::size_t slack_text_most = 40000;
constexpr std::size_t mattermost_text_most = 16383;
constexpr std::size_t webhook_bytes_most = 20000;
constexpr int signature_age_most_seconds = 300;

HttpAnswer json_answer(int status, const json& body) {
    return {status, {{"Content-Type", "application/json; charset=utf-8"}}, body.dump()};
}

HttpAnswer slack_error(const std::string& word) { return json_answer(200, {{"ok", false}, {"error", word}}); }

std::string bearer(const Request& request) {
    const auto value = header(request.headers, "Authorization");
    return value.starts_with("Bearer ") ? value.substr(7) : "";
}

std::string string_of(const json& object, const char* name) {
    const auto found = object.find(name);
    return found != object.end() && found->is_string() ? found->get<std::string>() : "";
}

/// What people read of a Slack message: its blocks, else its text.
std::string visible_text(const json& message) {
    std::string text;
    const auto add = [&](const std::string& line) {
        text += (text.empty() || line.empty() ? "" : "\n") + line;
    };
    if (message.contains("blocks"))
        for (const auto& block : message["blocks"]) {
            if (block.contains("text")) add(string_of(block["text"], "text"));
            if (!block.contains("elements")) continue;
            std::string row;
            for (const auto& one : block["elements"])
                row += (row.empty() ? "" : "  ") + (one.contains("text") && one["text"].is_object()
                                                        ? '[' + string_of(one["text"], "text") + ']'
                                                        : string_of(one, "text"));
            add(row);
        }
    return text.empty() ? string_of(message, "text") : text;
}

} // namespace

ChatServer::ChatServer(const Clock& clock, Settings settings)
    : clock_(clock), settings_(std::move(settings)),
      server_([this](const Request& request) { return answer(request); }, settings_.port) {}

// ---- what stands in the chat ---------------------------------------------------------------------------

std::vector<ChatMessage> ChatServer::messages() const {
    const std::lock_guard lock(mutex_);
    return messages_;
}

bool ChatServer::wait(const std::function<bool(const std::vector<ChatMessage>&)>& holds, Span longest) const {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, longest, [&] { return holds(messages_); });
}

void ChatServer::on_change(std::function<void(const ChatMessage&)> told) {
    const std::lock_guard lock(mutex_);
    told_ = std::move(told);
}

std::string ChatServer::show(ChatMessage message) {
    if (message.id.empty()) message.id = std::to_string(1785312000 + ++last_id_) + ".000247";
    messages_.push_back(std::move(message));
    changed_.notify_all();
    if (told_) told_(messages_.back());
    return messages_.back().id;
}

bool ChatServer::change(const std::string& id, const std::string& channel, const std::string& text,
                        const std::string& raw) {
    const auto found = std::find_if(messages_.begin(), messages_.end(), [&](const ChatMessage& one) {
        return one.can_change && one.id == id && (channel.empty() || one.channel == channel);
    });
    if (found == messages_.end()) return false;
    found->text = text;
    found->raw = raw;
    ++found->edits;
    changed_.notify_all();
    if (told_) told_(*found);
    return true;
}

HttpAnswer ChatServer::refuse(int status, const std::string& body, const std::string& why) {
    complaints_.push_back(why);
    return {status, {{"Content-Type", "text/plain"}}, body};
}

// ---- answering -------------------------------------------------------------------------------------------

HttpAnswer ChatServer::answer(const Request& request) {
    const std::lock_guard lock(mutex_);
    if (!instead_.empty()) {
        auto instead = std::move(instead_.front());
        instead_.erase(instead_.begin());
        return instead;
    }
    if (calls_left_ == 0)
        return {
            429, {{"Retry-After", std::to_string(retry_after_)}}, R"({"ok":false,"error":"ratelimited"})"};
    if (calls_left_ > 0) --calls_left_;
    auto given = route(request);
    if (std::exchange(lose_answer_, false)) return {500, {}, "internal error"};
    return given;
}

HttpAnswer ChatServer::route(const Request& request) {
    const auto& path = request.path;
    const bool posted = request.method == "POST";
    if (posted && path == "/api/chat.postMessage") return slack(request, false);
    if (posted && path == "/api/chat.update") return slack(request, true);
    if (posted && path.starts_with("/services/")) return slack_hook(request);
    if (posted && path == "/api/v4/posts") return mattermost_post(request, {});
    if (request.method == "PUT" && path.starts_with("/api/v4/posts/") && path.ends_with("/patch")) {
        const auto begin = std::string("/api/v4/posts/").size();
        return mattermost_post(request,
                               path.substr(begin, path.size() - begin - std::string("/patch").size()));
    }
    if (posted && path.starts_with("/hooks/")) return mattermost_incoming(request);
    if (posted && path == "/webhook") return standard_webhook(request);
    return refuse(404, "not found", request.method + ' ' + path + ": nothing is here");
}

HttpAnswer ChatServer::slack(const Request& request, bool update) {
    if (bearer(request) != settings_.slack_token) return slack_error("invalid_auth");
    const auto body = json::parse(request.body, nullptr, false);
    if (!body.is_object()) return slack_error("invalid_json");
    const auto channel = string_of(body, "channel");
    if (std::find(settings_.channels.begin(), settings_.channels.end(), channel) == settings_.channels.end())
        return slack_error("channel_not_found");
    if (std::find(archived_.begin(), archived_.end(), channel) != archived_.end())
        return slack_error("is_archived");
    if (string_of(body, "text").size() > slack_text_most) return slack_error("msg_too_long");
    if (const auto wrong = check_blocks(request.body); !wrong.empty()) {
        complaints_.push_back("slack: " + wrong);
        return slack_error("invalid_blocks");
    }
    const auto text = visible_text(body);
    if (text.empty()) return slack_error("no_text");
    if (!update) {
        const auto ts = show({{}, channel, text, request.body, 0, true});
        return json_answer(200, {{"ok", true}, {"channel", channel}, {"ts", ts}});
    }
    const auto ts = string_of(body, "ts");
    if (!change(ts, channel, text, request.body)) return slack_error("message_not_found");
    return json_answer(200, {{"ok", true}, {"channel", channel}, {"ts", ts}});
}

HttpAnswer ChatServer::slack_hook(const Request& request) {
    const auto body = json::parse(request.body, nullptr, false);
    if (!body.is_object()) return refuse(400, "invalid_payload", "slack webhook: no JSON object");
    if (const auto wrong = check_blocks(request.body); !wrong.empty())
        return refuse(400, "invalid_blocks", "slack webhook: " + wrong);
    if (visible_text(body).empty()) return refuse(400, "no_text", "slack webhook: no text");
    show({{}, "webhook", visible_text(body), request.body, 0, false});
    return {200, {{"Content-Type", "text/html"}}, "ok"};
}

HttpAnswer ChatServer::mattermost_post(const Request& request, const std::string& id) {
    if (bearer(request) != settings_.mattermost_token)
        return json_answer(401, {{"id", "api.context.session_expired.app_error"},
                                 {"message", "Invalid or expired session"},
                                 {"status_code", 401}});
    const auto body = json::parse(request.body, nullptr, false);
    const auto text = body.is_object() ? string_of(body, "message") : "";
    if (text.empty() || text::code_points(text) > mattermost_text_most)
        return json_answer(
            400,
            {{"id", "api.post.create_post.app_error"}, {"message", "Invalid message"}, {"status_code", 400}});
    if (!id.empty()) {
        if (!change(id, {}, text, request.body))
            return json_answer(404, {{"id", "app.post.get.app_error"}, {"status_code", 404}});
        return json_answer(200, {{"id", id}, {"message", text}});
    }
    const auto channel = string_of(body, "channel_id");
    if (channel.empty())
        return json_answer(400, {{"id", "api.context.invalid_body_param.app_error"}, {"status_code", 400}});
    const auto made = show({"post" + std::to_string(++last_id_), channel, text, request.body, 0, true});
    return json_answer(201, {{"id", made}, {"channel_id", channel}, {"message", text}});
}

HttpAnswer ChatServer::mattermost_incoming(const Request& request) {
    const auto body = json::parse(request.body, nullptr, false);
    const auto text = body.is_object() ? string_of(body, "text") : "";
    if (text.empty())
        return refuse(400, R"({"id":"web.incoming_webhook.text.app_error"})", "mattermost webhook: no text");
    show({{}, "webhook", text, request.body, 0, false});
    return {200, {{"Content-Type", "text/plain"}}, "ok"};
}

/// Standard Webhooks: the signature covers id, time and raw body; a repeated id is taken once.
HttpAnswer ChatServer::standard_webhook(const Request& request) {
    const auto id = header(request.headers, "webhook-id"),
               stamp = header(request.headers, "webhook-timestamp");
    const auto key = from_base64(settings_.webhook_secret.substr(std::string("whsec_").size()));
    const auto right = "v1," + to_base64(hmac_sha256(key, id + '.' + stamp + '.' + request.body));
    const auto signatures = ' ' + header(request.headers, "webhook-signature") + ' ';
    if (id.empty() || signatures.find(' ' + right + ' ') == std::string::npos)
        return refuse(401, "bad signature", "webhook: the signature does not fit");
    std::int64_t seconds = 0;
    std::from_chars(stamp.data(), stamp.data() + stamp.size(), seconds);
    if (std::abs(seconds -
                 std::chrono::floor<std::chrono::seconds>(clock_.now()).time_since_epoch().count()) >
        signature_age_most_seconds)
        return refuse(400, "too old", "webhook: the time is more than five minutes away");
    if (request.body.size() > webhook_bytes_most) return refuse(413, "too large", "webhook: more than 20 kB");
    const auto body = json::parse(request.body, nullptr, false);
    if (!body.is_object() || !body.contains("data"))
        return refuse(400, "no data", "webhook: no JSON object with data");
    std::string text;
    const auto& told = body["data"];
    if (told.contains("lines"))
        for (const auto& line : told["lines"]) text += (text.empty() ? "" : "\n") + string_of(line, "text");
    const auto alert = string_of(told, "alert_id");
    for (const auto& one : messages_)
        if (one.channel == "webhook" && one.raw == request.body) return {200, {}, ""}; // the same again
    if (alert.empty() || !change(alert, "webhook", text, request.body))
        show({alert.empty() ? id : alert, "webhook", text, request.body, 0, true});
    return {200, {}, ""};
}

// ---- moods -----------------------------------------------------------------------------------------------

void ChatServer::answer_next(HttpAnswer answer, int count) {
    const std::lock_guard lock(mutex_);
    instead_.insert(instead_.end(), static_cast<std::size_t>(count), answer);
}

void ChatServer::lose_next_answer() {
    const std::lock_guard lock(mutex_);
    lose_answer_ = true;
}

void ChatServer::limit(int count, int retry_after_seconds) {
    const std::lock_guard lock(mutex_);
    calls_left_ = count;
    retry_after_ = retry_after_seconds;
}

void ChatServer::relent() {
    const std::lock_guard lock(mutex_);
    calls_left_ = -1;
}

void ChatServer::archive(const std::string& channel) {
    const std::lock_guard lock(mutex_);
    archived_.push_back(channel);
}

std::vector<std::string> ChatServer::complaints() const {
    const std::lock_guard lock(mutex_);
    return complaints_;
}

} // namespace larum::demo
