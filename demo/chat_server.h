#pragma once

#include "core/time.h"
#include "demo/server.h"

#include <condition_variable>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace larum::demo {

/// A message as people in the chat see it now.
struct ChatMessage {
    std::string id;      ///< Slack's ts, Mattermost's post id, a webhook's `webhook-id`
    std::string channel; ///< «C0DEMO», a Mattermost channel id, «webhook»
    std::string text;    ///< all visible text, a line a block
    std::string raw;     ///< the last body that made it
    int edits = 0;
    bool can_change = true; ///< incoming webhooks cannot edit what they sent
};

/// Chat receivers on loopback that check what they get as the real ones do: Slack (`/api/chat.postMessage`,
/// `/api/chat.update`, `/services/…` incoming webhook), Mattermost (`/api/v4/posts`, `/hooks/…`) and a
/// generic webhook (`/webhook`) that verifies Standard Webhooks signatures. Thread-safe.
class ChatServer {
public:
    struct Settings {
        std::string slack_token = "xoxb-simulated";
        std::string mattermost_token = "simulated-mattermost-token";
        std::string webhook_secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
        std::vector<std::string> channels = {"C0DEMO", "D0LEAD"};
        std::uint16_t port = 0;
    };

    explicit ChatServer(const Clock& clock) : ChatServer(clock, Settings()) {}
    ChatServer(const Clock& clock, Settings settings);

    std::string url() const { return server_.url(); }
    std::string slack_api() const { return url() + "/api"; }
    std::string slack_webhook() const { return url() + "/services/T0/B0/simulated"; }
    std::string mattermost() const { return url(); }
    std::string mattermost_hook() const { return url() + "/hooks/simulated"; }
    std::string webhook() const { return url() + "/webhook"; }
    const Settings& settings() const { return settings_; }

    std::vector<ChatMessage> messages() const; ///< oldest first, each as it stands now

    /// Waits until `holds` says so of the messages, at most `longest`; false when it never did.
    bool wait(const std::function<bool(const std::vector<ChatMessage>&)>& holds, Span longest) const;

    /// Called with each new or edited message, from the server's thread; it must not call the server back.
    void on_change(std::function<void(const ChatMessage&)> told);

    // ---- moods -------------------------------------------------------------------------------------------
    void answer_next(HttpAnswer answer,
                     int count = 1);                ///< instead of the next answers; nothing becomes visible
    void lose_next_answer();                        ///< takes the next message, but answers 500: a lost reply
    void limit(int count, int retry_after_seconds); ///< that many calls, then 429 until `relent`
    void relent();
    void archive(const std::string& channel); ///< Slack: is_archived from now on

    std::vector<std::string> complaints() const; ///< what was refused, and why

private:
    HttpAnswer answer(const Request& request);
    HttpAnswer route(const Request& request);
    HttpAnswer slack(const Request& request, bool update);
    HttpAnswer slack_hook(const Request& request);
    HttpAnswer mattermost_post(const Request& request, const std::string& id);
    HttpAnswer mattermost_incoming(const Request& request);
    HttpAnswer standard_webhook(const Request& request);
    HttpAnswer refuse(int status, const std::string& body, const std::string& why);
    std::string show(ChatMessage message);
    bool change(const std::string& id, const std::string& channel, const std::string& text,
                const std::string& raw);

    const Clock& clock_;
    const Settings settings_;
    mutable std::mutex mutex_;
    mutable std::condition_variable changed_;
    std::vector<ChatMessage> messages_;
    std::vector<std::string> complaints_;
    std::vector<std::string> archived_;
    std::vector<HttpAnswer> instead_;
    std::function<void(const ChatMessage&)> told_;
    bool lose_answer_ = false;
    int calls_left_ = -1; ///< -1: no limit
    int retry_after_ = 0;
    int last_id_ = 0;
    Server server_; ///< last: it answers as soon as it is there
};

/// What is wrong with a Slack message's blocks; empty when nothing is. The limits are Block Kit's.
std::string check_blocks(const std::string& body);

} // namespace larum::demo
