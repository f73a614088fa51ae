#include "core/line_wire.h"

#include "core/address.h"

#include <boost/asio/post.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/beast/core/error.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/websocket/error.hpp>

namespace larum {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;

namespace {

std::vector<asio::ip::tcp::endpoint> endpoints_of(const LineTarget& target, bool private_allowed) {
    std::vector<asio::ip::tcp::endpoint> endpoints;
    for (const auto& address : resolve(target.host))
        if (private_allowed || is_public_address(address)) endpoints.emplace_back(asio::ip::make_address(address), target.port);
    if (endpoints.empty())
        throw Error(Error::Kind::refused, target.host + ": its address is private or local; set private_allowed where that is meant");
    return endpoints;
}

} // namespace

LineWire::LineWire(const LineRequest& request, LineTarget target, std::stop_token stop, asio::ssl::context& tls)
    : request_(request), target_(std::move(target)), stop_(stop), until_(Clock::now() + request.timeout),
      plain_(target_.secure ? nullptr : std::make_unique<Plain>(io_)), secure_(target_.secure ? std::make_unique<Secure>(io_, tls) : nullptr),
      wake_(std::move(stop), [this] { asio::post(io_, [] {}); }) {}

void LineWire::connect() {
    auto& stream = next_layer();
    stream.expires_never();
    const auto endpoints = endpoints_of(target_, request_.private_allowed);
    finish([&](auto handler) { stream.async_connect(endpoints, std::move(handler)); });
    error_code ignored;
    stream.socket().set_option(asio::socket_base::keep_alive(true), ignored);
    if (secure_) encrypt();
}

void LineWire::encrypt() {
    secure_->set_verify_mode(asio::ssl::verify_peer);
    secure_->set_verify_callback(asio::ssl::host_name_verification(target_.host));
    error_code numeric;
    asio::ip::make_address(target_.host, numeric);
    if (numeric) SSL_set_tlsext_host_name(secure_->native_handle(), target_.host.c_str());
    finish([&](auto handler) { secure_->async_handshake(asio::ssl::stream_base::client, std::move(handler)); });
}

bool LineWire::turn(const bool& done, Clock::duration most) {
    const auto end = Clock::now() + most;
    while (!done) {
        const auto now = Clock::now();
        if (stopping() || now >= end) return false;
        io_.run_one_for(end - now);
    }
    return true;
}

void LineWire::wait_for(const bool& done) {
    if (turn(done)) return;
    error_code ignored;
    next_layer().socket().close(ignored);
    while (!done) io_.run_one(); // it refers to what stands at the caller
    if (stopping()) throw Error(Error::Kind::stopped, target_.host + ": the line was given up");
    throw Error(Error::Kind::unreachable, target_.host + ": the line was not opened in time");
}

Error LineWire::lost(const error_code& failed) const {
    if (failed == beast::websocket::error::message_too_big || failed == beast::websocket::error::buffer_overflow || failed == http::error::header_limit)
        return Error(Error::Kind::too_large, target_.host + ": an event is longer than " + std::to_string(request_.frame_bytes_max) + " bytes");
    if (failed == beast::error::timeout) return silent();
    if (failed == http::error::end_of_stream || failed == asio::error::eof || failed == asio::ssl::error::stream_truncated)
        return Error(Error::Kind::unreachable, target_.host + ": the other side ended the line");
    return Error(Error::Kind::unreachable, target_.host + ": " + failed.message());
}

Error LineWire::silent() const {
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(request_.silence).count();
    return Error(Error::Kind::unreachable, target_.host + ": nothing came for " + std::to_string(seconds) + " s");
}

void LineWire::read(std::vector<asio::mutable_buffer> into, Done done) {
    secure_ ? secure_->async_read_some(into, std::move(done)) : plain_->async_read_some(into, std::move(done));
}

void LineWire::write(std::vector<asio::const_buffer> from, Done done) {
    secure_ ? secure_->async_write_some(from, std::move(done)) : plain_->async_write_some(from, std::move(done));
}

void LineWire::close(Done done) {
    next_layer().close();
    asio::post(io_, [done = std::move(done)] { done({}, 0); });
}

} // namespace larum
