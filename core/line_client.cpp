#include "core/line_client.h"

#include "core/address.h"

#include <utility> // before Boost 1.74's awaitable, which forgets it

#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/ssl.hpp>
#include <boost/beast/websocket.hpp>
#include <boost/beast/websocket/ssl.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>

namespace larum {

namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
namespace websocket = beast::websocket;
using error_code = beast::error_code;
using Plain = beast::tcp_stream;
using Secure = beast::ssl_stream<beast::tcp_stream>;
using std::chrono::steady_clock;

constexpr std::size_t refusal_bytes_max = 64u << 10;
constexpr std::uint32_t header_bytes_max = 64u << 10;
constexpr const char* user_agent = "larum/0.1";

// ---- where to ------------------------------------------------------------------------------------------

struct Target {
    bool secure = true;
    std::string host; ///< without brackets
    std::uint16_t port = 443;
    std::string resource = "/";

    std::string authority() const {
        const auto name = host.find(':') == host.npos ? host : "[" + host + "]";
        return port == (secure ? 443 : 80) ? name : name + ":" + std::to_string(port);
    }
};

[[noreturn]] void no_target(const LineRequest& request) {
    const std::string expected = request.form == LineRequest::Form::websocket ? "wss://host/path" : "https://host/path";
    throw Error(Error::Kind::config, "not the address of a line; expected " + expected + " without a user in it");
}

std::uint16_t port_of(std::string_view digits, const LineRequest& request) {
    std::uint16_t port = 0;
    const auto [end, failed] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
    if (failed != std::errc() || end != digits.data() + digits.size() || port == 0) no_target(request);
    return port;
}

Target target_of(const LineRequest& request) {
    const bool socket = request.form == LineRequest::Form::websocket;
    const std::string_view secure = socket ? "wss://" : "https://", plain = socket ? "ws://" : "http://";
    std::string_view rest = request.url;
    Target target;
    target.secure = rest.starts_with(secure);
    if (!target.secure && !rest.starts_with(plain)) no_target(request);
    if (!target.secure && !request.private_allowed)
        throw Error(Error::Kind::refused, "a line without TLS is opened to private addresses only, with private_allowed");
    rest.remove_prefix(target.secure ? secure.size() : plain.size());
    const auto path = std::min(rest.find_first_of("/?#"), rest.size());
    auto authority = rest.substr(0, path);
    rest = rest.substr(path, rest.find('#') - path);
    if (!rest.empty()) target.resource = (rest.front() == '/' ? "" : "/") + std::string(rest);
    if (authority.find('@') != authority.npos || target.resource.find_first_of(" \r\n") != target.resource.npos) no_target(request);
    target.port = target.secure ? 443 : 80;
    const auto bracket = authority.find(']');
    if (const auto colon = authority.rfind(':'); colon != authority.npos && (bracket == authority.npos || colon > bracket)) {
        target.port = port_of(authority.substr(colon + 1), request);
        authority = authority.substr(0, colon);
    }
    if (authority.starts_with('[') && authority.ends_with(']')) authority = authority.substr(1, authority.size() - 2);
    if (authority.empty()) no_target(request);
    target.host = authority;
    return target;
}

std::vector<asio::ip::tcp::endpoint> endpoints_of(const Target& target, bool private_allowed) {
    std::vector<asio::ip::tcp::endpoint> endpoints;
    for (const auto& address : resolve(target.host))
        if (private_allowed || is_public_address(address)) endpoints.emplace_back(asio::ip::make_address(address), target.port);
    if (endpoints.empty())
        throw Error(Error::Kind::refused, target.host + ": its address is private or local; set private_allowed where that is meant");
    return endpoints;
}

// ---- waiting -------------------------------------------------------------------------------------------

/// The network work of one line, done by the thread that waits for it.
class Turner {
public:
    explicit Turner(std::stop_token stop) : stop_(std::move(stop)), wake_(stop_, [this] { asio::post(io, [] {}); }) {}

    bool stopping() const { return stop_.stop_requested(); }

    /// Works until `done`, for at most `most`; false: it is not, or the stop was asked for.
    bool turn(const bool& done, steady_clock::duration most) {
        const auto end = steady_clock::now() + most;
        while (!done) {
            const auto now = steady_clock::now();
            if (stopping() || now >= end) return false;
            io.run_one_for(end - now);
        }
        return true;
    }

    asio::io_context io{1};

private:
    asio::executor_work_guard<asio::io_context::executor_type> work_ = asio::make_work_guard(io);
    std::stop_token stop_;
    struct Wake {
        std::function<void()> call;
        void operator()() const { call(); }
    };
    std::stop_callback<Wake> wake_;
};

/// What both forms of line need: the connection, encrypted where the address says so.
template <class Stream>
class Wire {
public:
    Wire(const LineRequest& request, Target target, std::stop_token stop, asio::ssl::context& tls)
        : request_(request), target_(std::move(target)), turner_(std::move(stop)), until_(steady_clock::now() + request.timeout), tls_(tls) {}

    template <class Layer>
    void connect(Layer& stream) {
        auto& socket = beast::get_lowest_layer(stream);
        socket.expires_never();
        const auto endpoints = endpoints_of(target_, request_.private_allowed);
        finish(stream, [&](auto handler) { socket.async_connect(endpoints, std::move(handler)); });
        error_code ignored;
        socket.socket().set_option(asio::socket_base::keep_alive(true), ignored);
    }

    template <class Layer>
    void encrypt(Layer& line, Secure& stream) {
        stream.set_verify_mode(asio::ssl::verify_peer);
        stream.set_verify_callback(asio::ssl::host_name_verification(target_.host));
        error_code numeric;
        asio::ip::make_address(target_.host, numeric);
        if (numeric) SSL_set_tlsext_host_name(stream.native_handle(), target_.host.c_str());
        finish(line, [&](auto handler) { stream.async_handshake(asio::ssl::stream_base::client, std::move(handler)); });
    }
    template <class Layer>
    void encrypt(Layer&, Plain&) {}

    /// Waits for one step of opening the line; its failure ends the opening.
    template <class Layer, class Start>
    void finish(Layer& line, Start start) {
        if (const auto failed = result_of(line, start)) throw lost(failed);
    }

    template <class Layer, class Start>
    error_code result_of(Layer& line, Start start) {
        bool done = false;
        error_code result;
        start([&](error_code failed, auto&&...) {
            result = failed;
            done = true;
        });
        if (turner_.turn(done, until_ - steady_clock::now())) return result;
        error_code ignored;
        beast::get_lowest_layer(line).socket().close(ignored);
        while (!done) turner_.io.run_one(); // it refers to what stands here
        if (turner_.stopping()) throw Error(Error::Kind::stopped, target_.host + ": the line was given up");
        throw Error(Error::Kind::unreachable, target_.host + ": the line was not opened in time");
    }

    Error lost(const error_code& failed) const {
        if (failed == websocket::error::message_too_big || failed == websocket::error::buffer_overflow || failed == http::error::header_limit)
            return Error(Error::Kind::too_large, target_.host + ": an event is longer than " + std::to_string(request_.frame_bytes_max) + " bytes");
        if (failed == beast::error::timeout) return silent();
        if (failed == http::error::end_of_stream || failed == asio::error::eof || failed == asio::ssl::error::stream_truncated)
            return Error(Error::Kind::unreachable, target_.host + ": the other side ended the line");
        return Error(Error::Kind::unreachable, target_.host + ": " + failed.message());
    }

    Error silent() const {
        const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(request_.silence).count();
        return Error(Error::Kind::unreachable, target_.host + ": nothing came for " + std::to_string(seconds) + " s");
    }

    LineRefused refused(int status, const http::fields& fields, std::string body) const {
        HttpAnswer answer;
        answer.status = status;
        for (const auto& one : fields) answer.headers.emplace_back(std::string(one.name_string()), std::string(one.value()));
        answer.body = body.substr(0, refusal_bytes_max);
        return LineRefused(target_.host + ": status " + std::to_string(status), std::move(answer));
    }

    template <class Fields>
    void set_headers(Fields& fields) const {
        fields.set(http::field::user_agent, user_agent);
        for (const auto& [name, value] : request_.headers) fields.set(name, value);
    }

    const LineRequest request_;
    const Target target_;
    Turner turner_;
    steady_clock::time_point until_; ///< when the opening must be over
    asio::ssl::context& tls_;
};

template <class Stream>
Stream stream_of(asio::io_context& io, asio::ssl::context& tls) {
    if constexpr (std::is_same_v<Stream, Secure>)
        return Secure(io, tls);
    else
        return Plain(io);
}

// ---- websocket -----------------------------------------------------------------------------------------

template <class Stream>
class WebsocketLine final : public OpenLine, private Wire<Stream> {
public:
    WebsocketLine(const LineRequest& request, Target target, std::stop_token stop, asio::ssl::context& tls)
        : Wire<Stream>(request, std::move(target), std::move(stop), tls), socket_(stream_of<Stream>(this->turner_.io, tls)) {
        this->connect(socket_);
        this->encrypt(socket_, socket_.next_layer());
        socket_.set_option(websocket::stream_base::timeout{request.timeout, request.silence, true}); // asks for a sign at half of it
        socket_.set_option(websocket::stream_base::decorator([this](websocket::request_type& fields) { this->set_headers(fields); }));
        socket_.read_message_max(request.frame_bytes_max);
        shake_hands();
        if (request.first.empty()) return;
        socket_.text(true);
        this->finish(socket_, [&](auto handler) { socket_.async_write(asio::buffer(request.first), std::move(handler)); });
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
        if (!this->turner_.turn(done_, wait)) return {};
        reading_ = false;
        if (result_ == websocket::error::closed)
            throw Error(Error::Kind::unreachable,
                        this->target_.host + ": the other side closed the line (code " + std::to_string(socket_.reason().code) + ")");
        if (result_) throw this->lost(result_);
        LineFrame frame{{}, beast::buffers_to_string(read_.data())};
        read_.consume(read_.size());
        return frame;
    }

private:
    void shake_hands() {
        websocket::response_type answer;
        const auto failed = this->result_of(socket_, [&](auto handler) {
            socket_.async_handshake(answer, this->target_.authority(), this->target_.resource, std::move(handler));
        });
        if (failed == websocket::error::upgrade_declined) throw this->refused(answer.result_int(), answer, answer.body());
        if (failed) throw this->lost(failed);
    }

    websocket::stream<Stream> socket_;
    beast::flat_buffer read_;
    bool reading_ = false; ///< a read is under way, over several calls of `next`
    bool done_ = false;
    error_code result_;
};

// ---- an answer that does not end -----------------------------------------------------------------------

template <class Stream>
class AnswerLine final : public OpenLine, private Wire<Stream> {
public:
    AnswerLine(const LineRequest& request, Target target, std::stop_token stop, asio::ssl::context& tls)
        : Wire<Stream>(request, std::move(target), std::move(stop), tls), stream_(stream_of<Stream>(this->turner_.io, tls)),
          text_(request.form == LineRequest::Form::lines ? LineText::Form::lines : LineText::Form::event_stream, request.frame_bytes_max) {
        this->connect(stream_);
        this->encrypt(stream_, stream_);
        ask();
        parser_.header_limit(header_bytes_max);
        parser_.body_limit(std::numeric_limits<std::uint64_t>::max()); // it never ends; Boost 1.74 takes «none» for none at all
        this->finish(stream_, [&](auto handler) { http::async_read_header(stream_, read_, parser_, std::move(handler)); });
        if (parser_.get().result() != http::status::ok) throw this->refused(parser_.get().result_int(), parser_.get(), rest_of_refusal());
    }

    std::optional<LineFrame> next(Span wait) override {
        const auto end = steady_clock::now() + wait;
        while (true) {
            if (auto frame = text_.take()) return frame;
            if (!reading_) read_some();
            const auto began = steady_clock::now();
            const bool came = this->turner_.turn(done_, std::min<steady_clock::duration>(end - began, this->request_.silence - silent_));
            if (!came) {
                silent_ += steady_clock::now() - began;
                if (silent_ >= this->request_.silence) throw this->silent();
                return {};
            }
            silent_ = {};
            take_over();
        }
    }

private:
    void ask() {
        http::request<http::empty_body> request(http::verb::get, this->target_.resource, 11);
        request.set(http::field::host, this->target_.authority());
        request.set(http::field::accept, this->request_.form == LineRequest::Form::event_stream ? "text/event-stream" : "*/*");
        this->set_headers(request);
        this->finish(stream_, [&](auto handler) { http::async_write(stream_, request, std::move(handler)); });
    }

    void read_some() {
        done_ = false;
        reading_ = true;
        parser_.get().body().data = piece_.data();
        parser_.get().body().size = piece_.size();
        parser_.get().body().more = true;
        http::async_read_some(stream_, read_, parser_, [this](error_code failed, std::size_t) {
            result_ = failed;
            done_ = true;
        });
    }

    /// What a read brought, before what it failed with.
    void take_over() {
        reading_ = false;
        text_.feed({piece_.data(), piece_.size() - parser_.get().body().size});
        if (result_ && result_ != http::error::need_buffer) throw this->lost(result_);
        if (parser_.is_done()) throw this->lost(asio::error::eof);
    }

    /// As much of it as comes in time.
    std::string rest_of_refusal() {
        std::string body;
        while (!parser_.is_done() && body.size() < refusal_bytes_max) {
            read_some();
            if (!this->turner_.turn(done_, this->until_ - steady_clock::now())) break;
            body.append(piece_.data(), piece_.size() - parser_.get().body().size);
            if (result_ && result_ != http::error::need_buffer) break;
        }
        return body;
    }

    Stream stream_;
    LineText text_;
    beast::flat_buffer read_{256u << 10};
    http::response_parser<http::buffer_body> parser_;
    std::array<char, 16384> piece_{};
    steady_clock::duration silent_{}; ///< waited for, since anything came
    bool reading_ = false;
    bool done_ = false;
    error_code result_;
};

template <class Stream>
std::unique_ptr<OpenLine> opened(const LineRequest& request, Target target, std::stop_token stop, asio::ssl::context& tls) {
    if (request.form == LineRequest::Form::websocket)
        return std::make_unique<WebsocketLine<Stream>>(request, std::move(target), std::move(stop), tls);
    return std::make_unique<AnswerLine<Stream>>(request, std::move(target), std::move(stop), tls);
}

class BeastLineClient final : public LineClient {
public:
    BeastLineClient() {
        tls_.set_options(asio::ssl::context::default_workarounds | asio::ssl::context::no_tlsv1 | asio::ssl::context::no_tlsv1_1);
        tls_.set_default_verify_paths();
    }

    std::unique_ptr<OpenLine> open(const LineRequest& request, std::stop_token stop) override {
        for (const auto& [name, value] : request.headers)
            if ((name + value).find_first_of(std::string_view("\r\n\0", 3)) != std::string::npos)
                throw Error(Error::Kind::bug, "a request header must not hold a line break");
        auto target = target_of(request);
        if (target.secure) return opened<Secure>(request, std::move(target), std::move(stop), tls_);
        return opened<Plain>(request, std::move(target), std::move(stop), tls_);
    }

private:
    asio::ssl::context tls_{asio::ssl::context::tls_client};
};

} // namespace

std::unique_ptr<LineClient> make_line_client() { return std::make_unique<BeastLineClient>(); }

} // namespace larum
