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

/// An answer on its way from another thread: given once, or, when nobody gives one, 500 at its end.
class Pending {
public:
    Pending(std::shared_ptr<Connection> connection, std::uint64_t request);
    ~Pending();
    Pending(const Pending&) = delete;
    Pending& operator=(const Pending&) = delete;
    void give(Response response);
    bool given() const;

private:
    mutable std::mutex mutex_;
    std::shared_ptr<Connection> connection_; ///< none: the answer was given
    std::uint64_t request_;
};

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

    /// The answer of request number `request` of this connection, unless that one is answered already.
    void answer_later(std::uint64_t request, Response response);
    boost::asio::any_io_executor executor() { return stream_.get_executor(); }

private:
    using Parser = boost::beast::http::request_parser<boost::beast::http::string_body>;
    using Answer = boost::beast::http::response<boost::beast::http::string_body>;
    using ErrorCode = boost::beast::error_code;

    void read_head();
    void on_head(ErrorCode error);
    void read_body();
    void invite_body();
    void receive_body();
    void refuse(Response response);
    void begin_work();
    void limit_wait(const std::shared_ptr<Pending>& pending);
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
    boost::asio::steady_timer heartbeat_; ///< of an event stream; before that the limit of an answer that others give
    Shared& shared_;
    boost::beast::flat_buffer buffer_;
    std::optional<Parser> parser_;
    std::string address_;
    std::shared_ptr<Request> request_; ///< a worker that comes too late for it must not meet the next one
    Routes::Found found_;
    std::shared_ptr<EventStream> events_;
    std::string writing_events_;
    bool writing_ = false;
    bool idle_ = true; ///< no byte of a request has been answered to yet: may be closed without harm
    bool first_ = true;
    bool keep_ = false;
    std::uint64_t number_ = 0;  ///< of the request in hand
    bool awaiting_ = false;     ///< its answer comes from another thread
    bool unread_ = false; ///< a part of the request was refused and not read
};

} // namespace larum::web
