#pragma once

#include "core/line_target.h"

#include <utility> // before Boost 1.74's awaitable, which forgets it

#include <boost/asio/async_result.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/beast/core/role.hpp>
#include <boost/beast/core/tcp_stream.hpp>

#include <functional>
#include <memory>
#include <vector>

namespace larum {

/// The connection of one line, encrypted where its target says so, and the work of its network, which is done by the
/// thread that waits for it. One type with one kind of handler, so that what Boost.Beast builds upon it is compiled
/// once: it took a minute with a stream for each.
class LineWire {
public:
    using error_code = boost::system::error_code;
    using Clock = std::chrono::steady_clock;
    using Done = std::function<void(error_code, std::size_t)>;
    /// What Beast asks of a stream that others stand on.
    using next_layer_type = boost::beast::tcp_stream;
    using executor_type = next_layer_type::executor_type;

    LineWire(const LineRequest& request, LineTarget target, std::stop_token stop, boost::asio::ssl::context& tls);

    /// Resolves, connects and encrypts. Throws like `LineClient::open`.
    void connect();

    bool stopping() const { return stop_.stop_requested(); }
    /// Works until `done`, for at most `most`; false: it is not, or the stop was asked for.
    bool turn(const bool& done, Clock::duration most);
    /// Works on what is left of the time in which the line must be open.
    bool turn(const bool& done) { return turn(done, until_ - Clock::now()); }

    /// Waits for one step of opening the line: `start` gets its handler. Throws Error stopped or unreachable.
    template <class Start>
    error_code result_of(Start start) {
        bool done = false;
        error_code result;
        start([&](error_code failed, auto&&...) {
            result = failed;
            done = true;
        });
        wait_for(done);
        return result;
    }
    /// The failure of the step ends the opening.
    template <class Start>
    void finish(Start start) {
        if (const auto failed = result_of(std::move(start))) throw lost(failed);
    }

    Error lost(const error_code& failed) const;
    Error silent() const;

    const LineRequest& request() const { return request_; }
    const LineTarget& target() const { return target_; }

    // ---- a stream, as Beast takes one ----

    next_layer_type& next_layer() { return secure_ ? secure_->next_layer() : *plain_; }
    const next_layer_type& next_layer() const { return secure_ ? secure_->next_layer() : *plain_; }
    executor_type get_executor() { return next_layer().get_executor(); }

    template <class Buffers, class Token>
    auto async_read_some(const Buffers& buffers, Token&& token) {
        return boost::asio::async_initiate<Token, void(error_code, std::size_t)>(
            [this, &buffers](auto handler) { read(pieces<boost::asio::mutable_buffer>(buffers), kept(std::move(handler))); }, token);
    }
    template <class Buffers, class Token>
    auto async_write_some(const Buffers& buffers, Token&& token) {
        return boost::asio::async_initiate<Token, void(error_code, std::size_t)>(
            [this, &buffers](auto handler) { write(pieces<boost::asio::const_buffer>(buffers), kept(std::move(handler))); }, token);
    }
    /// The end of a websocket: there is nothing to wait for, the other side has said its goodbye.
    template <class Handler>
    friend void async_teardown(boost::beast::role_type, LineWire& wire, Handler&& handler) {
        wire.close(kept([handler = std::forward<Handler>(handler)](error_code failed, std::size_t) mutable { handler(failed); }));
    }

private:
    using Plain = boost::beast::tcp_stream;
    using Secure = boost::asio::ssl::stream<boost::beast::tcp_stream>;

    template <class Piece, class Buffers>
    static std::vector<Piece> pieces(const Buffers& buffers) {
        return {boost::asio::buffer_sequence_begin(buffers), boost::asio::buffer_sequence_end(buffers)};
    }
    /// Handlers can be moved only; what is kept of them must be copied.
    template <class Handler>
    static Done kept(Handler handler) {
        return [one = std::make_shared<Handler>(std::move(handler))](error_code failed, std::size_t bytes) { (*one)(failed, bytes); };
    }

    void read(std::vector<boost::asio::mutable_buffer> into, Done done);
    void write(std::vector<boost::asio::const_buffer> from, Done done);
    void close(Done done);
    void wait_for(const bool& done);
    void encrypt();

    const LineRequest request_;
    const LineTarget target_;
    boost::asio::io_context io_{1};
    boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_ = boost::asio::make_work_guard(io_);
    std::stop_token stop_;
    Clock::time_point until_; ///< when the opening must be over
    std::unique_ptr<Plain> plain_;
    std::unique_ptr<Secure> secure_;
    std::stop_callback<std::function<void()>> wake_;
};

} // namespace larum
