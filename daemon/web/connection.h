#pragma once

// Boost 1.74's awaitable needs <utility> before it.
#include <utility>

#include "daemon/web/server.h"
#include "daemon/web/workers.h"

#include <boost/asio.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>

#include <array>
#include <atomic>
#include <optional>
#include <set>

/// Inside of the server; nobody else includes it.
namespace larum::web {

class Connection;

/// What all connections share. Lives on the connection thread, but for `workers`.
struct Shared {
    explicit Shared(const Settings& given)
        : settings(given), workers(given.workers, given.waiting_max) {}

    const Settings settings;
    Routes routes;
    Workers workers;
    std::set<Connection*> open;
    std::atomic<std::size_t> count{0}; ///< of `open`, for other threads
    bool draining = false;
    std::function<void()> all_closed; ///< called when the last connection ends while draining
};

class Connection : public std::enable_shared_from_this<Connection> {
public:
    Connection(boost::asio::ip::tcp::socket socket, Shared& shared);
    ~Connection();

    void start();
    /// The server is stopping: closes when idle, ends a stream, lets an answer under way finish.
    void drain();
    /// Closes now, whatever is under way.
    void close();

private:
    using Parser = boost::beast::http::request_parser<boost::beast::http::string_body>;
    using Answer = boost::beast::http::response<boost::beast::http::string_body>;
    using ErrorCode = boost::beast::error_code;

    void read_head();
    void on_head(ErrorCode error);
    void read_body();
    void refuse_body();
    void begin_work();
    void answer(Response response);
    void write(Answer answer);
    void read_away(std::shared_ptr<std::array<char, 4096>> rest, std::size_t so_far);
    void open_stream(Response response);
    void watch_for_end();
    void pump();
    void rest_until_heartbeat();
    void write_events(std::string text);
    Answer begin_answer(const Response& response) const;

    boost::beast::tcp_stream stream_;
    boost::asio::steady_timer heartbeat_;
    Shared& shared_;
    boost::beast::flat_buffer buffer_;
    std::optional<Parser> parser_;
    Request request_;
    Routes::Found found_;
    std::shared_ptr<EventStream> events_;
    std::string writing_events_;
    bool writing_ = false;
    bool idle_ = true; ///< no byte of a request has been answered to yet: may be closed without harm
    bool first_ = true;
    bool keep_ = false;
    bool unread_ = false; ///< a part of the request was refused and not read
};

} // namespace larum::web
