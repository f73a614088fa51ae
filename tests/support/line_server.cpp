#include "support/line_server.h"

#include <utility> // before Boost 1.74's awaitable, which forgets it

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/ssl.hpp>
#include <boost/beast/websocket.hpp>
#include <boost/beast/websocket/ssl.hpp>

#include <sys/socket.h>

#include <list>
#include <mutex>
#include <optional>
#include <thread>

namespace larum::test {

namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
namespace websocket = beast::websocket;
using tcp = asio::ip::tcp;

template <class Stream>
class PeerOn final : public LineServer::Peer {
public:
    explicit PeerOn(Stream& stream) : socket_(stream) {
        beast::error_code failed;
        http::read(socket_.next_layer(), buffer_, request_, failed);
        alive = !failed;
    }
    std::string target() const override { return std::string(request_.target()); }
    std::string field(const std::string& name) const override { return std::string(request_[name]); }
    void refuse(int status, const Headers& headers, const std::string& body) override {
        http::response<http::string_body> answer(static_cast<http::status>(status), 11);
        for (const auto& [name, value] : headers) answer.set(name, value);
        answer.body() = body;
        answer.prepare_payload();
        beast::error_code ignored;
        http::write(socket_.next_layer(), answer, ignored);
    }
    bool open_websocket() override {
        beast::error_code failed;
        socket_.accept(request_, failed);
        socket_.text(true);
        return is_websocket_ = !failed;
    }
    void open_answer(const std::string& type) override {
        beast::error_code ignored;
        const auto head = "HTTP/1.1 200 OK\r\nContent-Type: " + type + "\r\nTransfer-Encoding: chunked\r\n\r\n";
        asio::write(socket_.next_layer(), asio::buffer(head), ignored);
    }
    bool send(const std::string& text) override {
        beast::error_code failed;
        if (is_websocket_)
            socket_.write(asio::buffer(text), failed);
        else
            asio::write(socket_.next_layer(), std::vector<asio::const_buffer>{asio::buffer(size_of(text)), asio::buffer(text), asio::buffer("\r\n", 2)}, failed);
        return !failed;
    }
    std::string receive() override {
        beast::error_code failed;
        beast::flat_buffer message;
        socket_.read(message, failed);
        return failed ? std::string() : beast::buffers_to_string(message.data());
    }
    void close(int code) override {
        beast::error_code ignored;
        socket_.close(static_cast<websocket::close_code>(code), ignored);
    }
    void wait_for_end() override {
        if (is_websocket_) {
            while (!receive().empty()) {}
            return;
        }
        char byte;
        beast::error_code failed;
        socket_.next_layer().read_some(asio::buffer(&byte, 1), failed);
    }

    bool alive = true;

private:
    std::string size_of(const std::string& text) {
        char line[32];
        std::snprintf(line, sizeof line, "%zx\r\n", text.size());
        return size_line_ = line;
    }
    websocket::stream<Stream&> socket_;
    beast::flat_buffer buffer_;
    http::request<http::string_body> request_;
    std::string size_line_;
    bool is_websocket_ = false;
};

} // namespace

struct LineServer::Impl {
    Impl(Script given, std::optional<std::pair<std::string, std::string>> tls)
        : script(std::move(given)), acceptor(io, {asio::ip::make_address("127.0.0.1"), 0}), port(acceptor.local_endpoint().port()) {
        if (tls) {
            context.emplace(asio::ssl::context::tls_server);
            context->use_certificate_chain_file(tls->first);
            context->use_private_key_file(tls->second, asio::ssl::context::pem);
        }
        accepting = std::thread([this] { accept(); });
    }
    ~Impl() {
        {
            const std::lock_guard lock(mutex);
            stopping = true;
            ::shutdown(acceptor.native_handle(), SHUT_RDWR);
            for (const int handle : open) ::shutdown(handle, SHUT_RDWR);
        }
        accepting.join();
        for (auto& one : threads) one.join();
    }
    void accept() {
        while (true) {
            beast::error_code failed;
            auto socket = std::make_shared<tcp::socket>(io);
            acceptor.accept(*socket, failed);
            const std::lock_guard lock(mutex);
            if (failed || stopping) return;
            open.push_back(socket->native_handle());
            threads.emplace_back([this, socket] { serve(*socket); });
        }
    }
    void serve(tcp::socket& socket) {
        const int handle = socket.native_handle();
        try {
            if (context) {
                beast::ssl_stream<tcp::socket&> stream(socket, *context);
                stream.handshake(asio::ssl::stream_base::server);
                talk(stream);
            } else {
                talk(socket);
            }
        } catch (const std::exception&) {
            // The client broke off; what the test sees of it is on the other side.
        }
        const std::lock_guard lock(mutex);
        open.remove(handle);
        beast::error_code ignored;
        socket.shutdown(tcp::socket::shutdown_both, ignored);
        socket.close(ignored);
    }
    template <class Stream>
    void talk(Stream& stream) {
        PeerOn<Stream> peer(stream);
        if (peer.alive) script(peer);
    }

    Script script;
    asio::io_context io;
    std::optional<asio::ssl::context> context;
    tcp::acceptor acceptor;
    int port;
    std::mutex mutex;
    bool stopping = false;
    std::list<int> open;
    std::list<std::thread> threads;
    std::thread accepting;
};

LineServer::LineServer(Script script) : impl_(std::make_unique<Impl>(std::move(script), std::nullopt)) {}
LineServer::LineServer(Script script, const std::string& certificate, const std::string& key)
    : impl_(std::make_unique<Impl>(std::move(script), std::pair(certificate, key))) {}
LineServer::~LineServer() = default;
int LineServer::port() const { return impl_->port; }
std::string LineServer::url(const std::string& scheme, const std::string& target, const std::string& host) const {
    return scheme + "://" + host + ":" + std::to_string(impl_->port) + target;
}

} // namespace larum::test
