#include "core/line_forms.h"
#include "core/line_wire.h"

#include <boost/beast/core/buffers_to_string.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/websocket/rfc6455.hpp>
#include <boost/beast/websocket/stream.hpp>

namespace larum {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace websocket = beast::websocket;
using error_code = LineWire::error_code;

namespace {

class WebsocketLine final : public OpenLine {
public:
    WebsocketLine(const LineRequest& request, LineTarget target, std::stop_token stop, asio::ssl::context& tls)
        : wire_(request, std::move(target), std::move(stop), tls), socket_(wire_) {
        wire_.connect();
        socket_.set_option(websocket::stream_base::timeout{request.timeout, request.silence, true}); // asks for a sign at half of it
        socket_.set_option(websocket::stream_base::decorator([headers = request.headers](websocket::request_type& fields) {
            fields.set(beast::http::field::user_agent, line_user_agent);
            for (const auto& [name, value] : headers) fields.set(name, value);
        }));
        socket_.read_message_max(request.frame_bytes_max);
        shake_hands();
        if (request.first.empty()) return;
        socket_.text(true);
        wire_.finish([&](auto handler) { socket_.async_write(asio::buffer(request.first), std::move(handler)); });
    }

    std::optional<LineFrame> next(Span wait) override {
        if (!reading_) {
            done_ = false;
            reading_ = true;
            socket_.async_read(read_, [this](error_code failed, std::size_t) {
                result_ = failed;
                done_ = true;
            });
        }
        if (!wire_.turn(done_, wait)) return {};
        reading_ = false;
        if (result_ == websocket::error::closed)
            throw Error(Error::Kind::unreachable,
                        wire_.target().host + ": the other side closed the line (code " + std::to_string(socket_.reason().code) + ")");
        if (result_) throw wire_.lost(result_);
        LineFrame frame{{}, beast::buffers_to_string(read_.data())};
        read_.consume(read_.size());
        return frame;
    }

private:
    void shake_hands() {
        websocket::response_type answer;
        const auto failed = wire_.result_of([&](auto handler) {
            socket_.async_handshake(answer, wire_.target().authority(), wire_.target().resource, std::move(handler));
        });
        if (failed == websocket::error::upgrade_declined) throw line_refused(wire_.target(), answer.result_int(), answer, answer.body());
        if (failed) throw wire_.lost(failed);
    }

    LineWire wire_;
    websocket::stream<LineWire&, false> socket_; ///< uncompressed
    beast::flat_buffer read_;
    bool reading_ = false; ///< a read is under way, over several calls of `next`
    bool done_ = false;
    error_code result_;
};

} // namespace

std::unique_ptr<OpenLine> open_websocket(const LineRequest& request, LineTarget target, std::stop_token stop, asio::ssl::context& tls) {
    return std::make_unique<WebsocketLine>(request, std::move(target), std::move(stop), tls);
}

} // namespace larum
