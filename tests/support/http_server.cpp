#include "support/http_server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <list>
#include <mutex>
#include <stdexcept>
#include <thread>

namespace larum::test {

namespace {

bool send_all(int socket, std::string_view bytes) {
    while (!bytes.empty()) {
        const auto sent = ::send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (sent <= 0) return false;
        bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
}

bool read_more(int socket, std::string& buffer) {
    char part[16384];
    const auto got = ::recv(socket, part, sizeof part, 0);
    if (got <= 0) return false;
    buffer.append(part, static_cast<std::size_t>(got));
    return true;
}

SeenRequest parse_head(const std::string& head) {
    SeenRequest request;
    std::size_t line_end = head.find("\r\n");
    const auto first = head.substr(0, line_end);
    const auto space = first.find(' ');
    request.method = first.substr(0, space);
    request.target = first.substr(space + 1, first.rfind(' ') - space - 1);
    while (line_end + 2 < head.size()) {
        const auto from = line_end + 2;
        line_end = std::min(head.find("\r\n", from), head.size());
        const auto line = head.substr(from, line_end - from);
        const auto colon = line.find(':');
        if (colon == std::string::npos) continue;
        const auto value = line.find_first_not_of(' ', colon + 1);
        request.headers.emplace_back(line.substr(0, colon), value == std::string::npos ? "" : line.substr(value));
    }
    return request;
}

/// Whether a whole request could be read; `buffer` keeps what came after it.
bool read_request(int socket, std::string& buffer, SeenRequest& request) {
    std::size_t end;
    while ((end = buffer.find("\r\n\r\n")) == std::string::npos)
        if (!read_more(socket, buffer)) return false;
    request = parse_head(buffer.substr(0, end));
    const auto length = header(request.headers, "Content-Length");
    const std::size_t size = length.empty() ? 0 : std::stoul(length);
    while (buffer.size() < end + 4 + size)
        if (!read_more(socket, buffer)) return false;
    request.body = buffer.substr(end + 4, size);
    buffer.erase(0, end + 4 + size);
    return true;
}

std::string head_of(const Scripted& answer, const std::string& length_line) {
    std::string head = "HTTP/1.1 " + std::to_string(answer.status) + " Scripted\r\n";
    for (const auto& [name, value] : answer.headers) head += name + ": " + value + "\r\n";
    return head + length_line + "\r\n";
}

bool repeat(int socket, const std::string& piece, std::size_t bytes) {
    std::string block;
    while (block.size() < 65536) block += piece.empty() ? "x" : piece;
    for (std::size_t sent = 0; sent < bytes; sent += block.size())
        if (!send_all(socket, std::string_view(block).substr(0, std::min(block.size(), bytes - sent)))) return false;
    return true;
}

/// Whether the connection may serve another request.
bool answer_request(int socket, const Scripted& answer) {
    using Way = Scripted::Way;
    const auto length = [](std::size_t size) { return "Content-Length: " + std::to_string(size) + "\r\n"; };
    switch (answer.way) {
    case Way::whole:
        return send_all(socket, head_of(answer, length(answer.body.size())) + answer.body) && !answer.close;
    case Way::truncate:
        send_all(socket, head_of(answer, length(answer.body.size())) + answer.body.substr(0, answer.body.size() / 2));
        return false;
    case Way::hang: {
        std::string ignored;
        while (read_more(socket, ignored)) ignored.clear();
        return false;
    }
    case Way::reset: {
        const linger now{1, 0};
        ::setsockopt(socket, SOL_SOCKET, SO_LINGER, &now, sizeof now);
        return false;
    }
    case Way::repeat:
        return send_all(socket, head_of(answer, length(answer.bytes))) && repeat(socket, answer.body, answer.bytes);
    case Way::chunks: {
        char size[32];
        std::snprintf(size, sizeof size, "%zx\r\n", answer.bytes);
        return send_all(socket, head_of(answer, "Transfer-Encoding: chunked\r\n") + size) &&
               repeat(socket, answer.body, answer.bytes) && send_all(socket, "\r\n0\r\n\r\n");
    }
    case Way::headers:
        send_all(socket, "HTTP/1.1 200 Scripted\r\n");
        repeat(socket, "X-More: " + std::string(1000, 'x') + "\r\n", answer.bytes);
        return false;
    }
    return false;
}

} // namespace

struct HttpServer::Impl {
    Script script;
    int listener = -1;
    int port = 0;
    mutable std::mutex mutex;
    std::vector<SeenRequest> seen;
    std::list<int> open; ///< sockets of live connections
    std::vector<std::thread> threads;
    std::thread acceptor;
    int accepted = 0;

    void serve(int socket) {
        std::string buffer;
        SeenRequest request;
        while (read_request(socket, buffer, request)) {
            {
                const std::lock_guard lock(mutex);
                seen.push_back(request);
            }
            if (!answer_request(socket, script(request))) break;
        }
        const std::lock_guard lock(mutex);
        open.remove(socket);
        ::close(socket);
    }

    void accept_all() {
        for (;;) {
            const int socket = ::accept(listener, nullptr, nullptr);
            if (socket < 0) return;
            const std::lock_guard lock(mutex);
            ++accepted;
            open.push_back(socket);
            threads.emplace_back([this, socket] { serve(socket); });
        }
    }
};

HttpServer::HttpServer(Script script) : impl_(std::make_unique<Impl>()) {
    impl_->script = std::move(script);
    impl_->listener = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* plain = reinterpret_cast<sockaddr*>(&address);
    if (::bind(impl_->listener, plain, size) != 0 || ::listen(impl_->listener, 64) != 0 ||
        ::getsockname(impl_->listener, plain, &size) != 0)
        throw std::runtime_error("the test server could not listen");
    impl_->port = ntohs(address.sin_port);
    impl_->acceptor = std::thread([this] { impl_->accept_all(); });
}

HttpServer::~HttpServer() {
    ::shutdown(impl_->listener, SHUT_RDWR); // wakes accept
    impl_->acceptor.join();
    ::close(impl_->listener);
    {
        const std::lock_guard lock(impl_->mutex);
        for (const int socket : impl_->open) ::shutdown(socket, SHUT_RDWR);
    }
    for (auto& thread : impl_->threads) thread.join();
}

int HttpServer::port() const { return impl_->port; }

std::string HttpServer::url(const std::string& target) const {
    return "http://127.0.0.1:" + std::to_string(impl_->port) + target;
}

std::vector<SeenRequest> HttpServer::seen() const {
    const std::lock_guard lock(impl_->mutex);
    return impl_->seen;
}

int HttpServer::connections() const {
    const std::lock_guard lock(impl_->mutex);
    return impl_->accepted;
}

} // namespace larum::test
