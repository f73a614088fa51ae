#pragma once

#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace larum::web {

/// One open stream of server-sent events, between whoever has news (any thread) and the connection.
/// A reader too slow for its bound loses the stream, not the daemon its memory: browsers reconnect and read anew.
class EventStream {
public:
    static constexpr std::size_t waiting_max = 64;

    /// Queues one event; `data` must hold no line break. False when the stream has ended.
    bool send(std::string_view event, std::string_view data);

    /// Ends the stream after what is queued. Asking twice is harmless.
    void end();
    bool ended() const;

    /// For the connection: called (from any thread) when there is something to take or the stream ended.
    void on_news(std::function<void()> wake);
    /// For the connection: all that waits, in the wire's form.
    std::string take();

private:
    void wake();

    mutable std::mutex mutex_;
    std::vector<std::string> waiting_;
    bool ended_ = false;
    std::function<void()> wake_;
};

} // namespace larum::web
