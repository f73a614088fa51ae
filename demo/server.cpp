#include <utility> // Boost 1.74 with g++ 12 needs it first

#include "demo/server.h"

#include "core/error.h"

#include <algorithm>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <charconv>
#include <chrono>
#include <optional>
#include <thread>

namespace larum::demo {

namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using tcp = asio::ip::tcp;
using Answer = std::function<HttpAnswer(const Request&)>;

constexpr std::uint64_t body_bytes_max = 1u << 20;
constexpr std::uint32_t header_bytes_max = 32u << 10;
constexpr auto idle_most = std::chrono::seconds(60);
constexpr auto call_most = std::chrono::seconds(20); // Prism compiles a contract at its first question

Request read_request(const http::request<http::string_body>& message) {
    Request request;
    const std::string target(message.target());
    const auto mark = target.find('?');
    request.method = std::string(message.method_string());
    request.path = target.substr(0, mark);
    if (mark != target.npos) request.query = target.substr(mark + 1);
    for (const auto& field : message)
        request.headers.emplace_back(std::string(field.name_string()), std::string(field.value()));
    request.body = message.body();
    return request;
}

class Session : public std::enable_shared_from_this<Session> {
public:
    Session(tcp::socket socket, const Answer& answer) : stream_(std::move(socket)), answer_(answer) {}

    void read() {
        parser_.emplace();
        parser_->body_limit(body_bytes_max);
        parser_->header_limit(header_bytes_max);
        stream_.expires_after(idle_most);
        http::async_read(stream_, buffer_, *parser_,
                         [self = shared_from_this()](beast::error_code failed, std::size_t) {
                             if (!failed) self->write();
                         });
    }

private:
    void write() {
        const auto& request = parser_->get();
        auto answer = answer_(read_request(request));
        message_ = {};
        message_.version(request.version());
        message_.result(static_cast<unsigned>(answer.status));
        message_.keep_alive(request.keep_alive());
        for (const auto& [name, value] : answer.headers) message_.set(name, value);
        message_.body() = std::move(answer.body);
        message_.prepare_payload();
        http::async_write(stream_, message_,
                          [self = shared_from_this()](beast::error_code failed, std::size_t) {
                              if (!failed && self->message_.keep_alive()) self->read();
                          });
    }

    beast::tcp_stream stream_;
    beast::flat_buffer buffer_;
    std::optional<http::request_parser<http::string_body>> parser_;
    http::response<http::string_body> message_;
    const Answer& answer_;
};

} // namespace

class Server::Impl {
public:
    Impl(Answer answer, std::uint16_t port) : answer_(std::move(answer)), acceptor_(context_) {
        const tcp::endpoint here(asio::ip::address_v4::loopback(), port);
        try {
            acceptor_.open(here.protocol());
            acceptor_.set_option(asio::socket_base::reuse_address(true));
            acceptor_.bind(here);
            acceptor_.listen();
        } catch (const boost::system::system_error&) {
            throw Error(Error::Kind::unreachable, "port " + std::to_string(port) + " of 127.0.0.1 is taken");
        }
        port_ = acceptor_.local_endpoint().port();
        accept();
    }

    ~Impl() {
        context_.stop();
        if (thread_.joinable()) thread_.join();
    }

    /// Apart from the making, so that who answers finds the server made.
    void start() {
        thread_ = std::thread([this] { context_.run(); });
    }

    std::uint16_t port() const { return port_; }

private:
    void accept() {
        acceptor_.async_accept([this](beast::error_code failed, tcp::socket socket) {
            if (!failed) std::make_shared<Session>(std::move(socket), answer_)->read();
            if (failed != asio::error::operation_aborted) accept();
        });
    }

    Answer answer_;
    asio::io_context context_{1};
    tcp::acceptor acceptor_;
    std::uint16_t port_ = 0;
    std::thread thread_;
};

Server::Server(std::function<HttpAnswer(const Request&)> answer, std::uint16_t port)
    : impl_(std::make_unique<Impl>(std::move(answer), port)) {
    impl_->start();
}
Server::~Server() = default;
std::uint16_t Server::port() const { return impl_->port(); }
std::string Server::url() const { return "http://127.0.0.1:" + std::to_string(port()); }

HttpAnswer call_loopback(const HttpRequest& request) {
    constexpr std::string_view here = "http://127.0.0.1:";
    const std::string_view url = request.url;
    const auto slash = std::min(url.size(), url.find('/', std::min(url.size(), here.size())));
    unsigned short port = 0;
    if (url.starts_with(here)) std::from_chars(url.data() + here.size(), url.data() + slash, port);
    if (port == 0) throw Error(Error::Kind::refused, "only http://127.0.0.1:PORT is called");

    asio::io_context context;
    beast::tcp_stream stream(context);
    stream.expires_after(call_most);
    http::request<http::string_body> message(http::string_to_verb(request.method),
                                             slash < url.size() ? std::string(url.substr(slash)) : "/", 11);
    message.set(http::field::host, "127.0.0.1");
    for (const auto& [name, value] : request.headers) message.set(name, value);
    message.body() = request.body;
    message.prepare_payload();

    // One failure ends the call: the steps run on this context alone, so its time limit holds for all of
    // them.
    beast::error_code failed;
    beast::flat_buffer buffer;
    http::response<http::string_body> answer;
    const auto read = [&](beast::error_code error, std::size_t) { failed = error; };
    const auto written = [&](beast::error_code error, std::size_t) {
        if (!(failed = error)) http::async_read(stream, buffer, answer, read);
    };
    stream.async_connect(tcp::endpoint(asio::ip::address_v4::loopback(), port), [&](beast::error_code error) {
        if (!(failed = error)) http::async_write(stream, message, written);
    });
    context.run();
    if (failed)
        throw Error(Error::Kind::unreachable, "127.0.0.1:" + std::to_string(port) + " did not answer");
    HttpAnswer got{static_cast<int>(answer.result_int()), {}, std::move(answer.body())};
    for (const auto& field : answer)
        got.headers.emplace_back(std::string(field.name_string()), std::string(field.value()));
    return got;
}

std::string parameter(std::string_view query, std::string_view name) {
    while (!query.empty()) {
        const auto pair = query.substr(0, query.find('&'));
        query.remove_prefix(std::min(query.size(), pair.size() + 1));
        if (pair.substr(0, pair.find('=')) != name || pair.size() <= name.size()) continue;
        std::string decoded;
        for (std::size_t i = name.size() + 1; i < pair.size(); ++i) {
            unsigned byte = 0;
            const bool escaped = pair[i] == '%' && i + 2 < pair.size() &&
                                 std::from_chars(pair.data() + i + 1, pair.data() + i + 3, byte, 16).ptr ==
                                     pair.data() + i + 3;
            decoded += escaped ? static_cast<char>(byte) : pair[i] == '+' ? ' ' : pair[i];
            if (escaped) i += 2;
        }
        return decoded;
    }
    return {};
}

} // namespace larum::demo
