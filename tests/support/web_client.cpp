#include "support/web_client.h"

#include "core/error.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <nlohmann/json.hpp>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace larum::test {

namespace {

int connect_to(int port) {
    const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::connect(socket, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) {
        ::close(socket);
        throw Error(Error::Kind::unreachable, "test: nobody listens there");
    }
    return socket;
}

HttpAnswer parse(const std::string& raw) {
    HttpAnswer answer;
    const auto end = raw.find("\r\n\r\n");
    if (end == std::string::npos) return answer;
    answer.status = std::stoi(raw.substr(9, 3));
    answer.body = raw.substr(end + 4);
    for (auto at = raw.find("\r\n") + 2; at < end + 2;) {
        const auto line_end = raw.find("\r\n", at);
        const auto line = raw.substr(at, line_end - at);
        const auto colon = line.find(": ");
        if (colon != std::string::npos) answer.headers.emplace_back(line.substr(0, colon), line.substr(colon + 2));
        at = line_end + 2;
    }
    return answer;
}

} // namespace

HttpAnswer Client::send(const std::string& method, const std::string& target, const std::string& body, const Headers& headers) {
    std::string text = method + " " + target + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n";
    if (!cookie.empty()) text += "Cookie: " + cookie + "\r\n";
    for (const auto& [name, value] : headers) text += name + ": " + value + "\r\n";
    if (!body.empty() || method != "GET") text += "Content-Length: " + std::to_string(body.size()) + "\r\n";
    Wire wire(port_);
    wire.say(text + "\r\n" + body);
    auto answer = parse(wire.hear({}));
    if (const auto set = header(answer.headers, "Set-Cookie"); !set.empty()) cookie = set.substr(0, set.find(';'));
    return answer;
}

HttpAnswer Client::write(const std::string& method, const std::string& target, const std::string& body) {
    return send(method, target, body, {{"Content-Type", "application/json"}, {"X-CSRF-Token", csrf}});
}

HttpAnswer Client::sign_in(const std::string& name, const std::string& password) {
    const nlohmann::json body = {{"name", name}, {"password", password}};
    auto answer = send("POST", "/api/session", body.dump(), {{"Content-Type", "application/json"}});
    if (answer.status == 201) csrf = nlohmann::json::parse(answer.body)["csrf"].get<std::string>();
    return answer;
}

Wire::Wire(int port) : socket_(connect_to(port)) {}

Wire::~Wire() { ::close(socket_); }

void Wire::say(std::string_view bytes) {
    while (!bytes.empty()) {
        const auto sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (sent <= 0) return; // refused on the way: what was answered can still be heard
        bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
}

std::string Wire::hear(std::string_view enough) {
    char piece[16384];
    while (enough.empty() || heard_.find(enough) == std::string::npos) {
        pollfd ready{socket_, POLLIN, 0};
        if (::poll(&ready, 1, 5000) <= 0) break;
        const auto size = ::recv(socket_, piece, sizeof piece, 0);
        if (size <= 0) break;
        heard_.append(piece, static_cast<std::size_t>(size));
    }
    return heard_;
}

bool Wire::closed_within(int milliseconds) {
    const auto until = std::chrono::steady_clock::now() + std::chrono::milliseconds(milliseconds);
    char piece[4096];
    for (;;) {
        const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(until - std::chrono::steady_clock::now()).count();
        if (left <= 0) return false;
        pollfd ready{socket_, POLLIN, 0};
        if (::poll(&ready, 1, static_cast<int>(left)) <= 0) return false;
        if (::recv(socket_, piece, sizeof piece, 0) <= 0) return true;
    }
}

} // namespace larum::test
