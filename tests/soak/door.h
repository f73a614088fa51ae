#pragma once

#include "demo/graph_server.h"
#include "soak/plan.h"
#include "soak/truth.h"
#include "support/http_server.h"

#include <deque>
#include <functional>
#include <mutex>

namespace larum::soak {

/// A webhook on its way, as the platform signed it.
struct Letter {
    std::string app; ///< of the soak's config
    std::string body;
    Headers headers; ///< with the signature
    std::string id;   ///< of the writing it is about
    std::string verb; ///< add, edited, remove
};

/// The one address where daemons find the simulated platforms: it passes calls on, or lets them fail as the moment's
/// moods say, and notes how each reading of a stream ended. Thread-safe.
class Door {
public:
    Door(const Clock& clock, Truth& truth, std::uint64_t seed);

    std::string url(const std::string& path = {}) const { return server_.url(path.empty() ? "/" : path).substr(0, server_.url("/").size() - 1) + path; }
    void lead_to(std::string graph) { graph_ = std::move(graph); } ///< before the first call

    // ---- moods --------------------------------------------------------------------------------------------
    enum class Way { well, unavailable, reset, rough };
    void page_is(Way way);
    void feed_is(Way way);
    void forum_is(Way way);
    /// Calls `then` when so many more calls have come: before the last one is answered, or when its answer is made.
    void after_calls(int count, bool answered, std::function<void()> then);
    void disarm();

    // ---- the feed -------------------------------------------------------------------------------------------
    void write_item(const std::string& id, const std::string& text, Time at);

    // ---- the forum ------------------------------------------------------------------------------------------
    /// Gives its id; a webhook tells of it.
    std::string write_post(const std::string& text, Time at);

    /// Webhooks that the platforms sent since the last time.
    std::vector<Letter> letters();

private:
    test::Scripted answer(const test::SeenRequest& request);
    test::Scripted take_letter(const test::SeenRequest& request);
    test::Scripted show_feed(const test::SeenRequest& request);
    test::Scripted show_posts(const test::SeenRequest& request);
    test::Scripted pass_on(const test::SeenRequest& request);
    test::Scripted spoiled(Way way, test::Scripted good);
    std::function<void()> counted(bool answered);

    const Clock& clock_;
    Truth& truth_;
    std::string graph_;
    std::mutex mutex_;
    Random random_;
    Way page_ = Way::well, feed_ = Way::well, forum_ = Way::well;
    int calls_left_ = -1;
    bool when_answered_ = false;
    std::function<void()> then_;
    struct Item {
        std::string id, text;
        Time at{};
    };
    std::deque<Item> items_; ///< newest first
    int version_ = 0;
    std::deque<Item> posts_; ///< of the forum, newest first
    std::vector<Letter> letters_;
    test::HttpServer server_; ///< last: it answers as soon as it is there
};

/// What the forum signs its webhooks with.
inline constexpr const char* forum_secret = "a secret of the forum";

/// Items that the feed shows at once.
inline constexpr std::size_t feed_items = 30;

} // namespace larum::soak
