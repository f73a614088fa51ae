#pragma once

#include "core/http.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

namespace larum::demo {

struct Request {
    std::string method;
    std::string path;  ///< without query
    std::string query; ///< without «?», still encoded
    Headers headers;
    std::string body; ///< raw bytes
};

/// A small HTTP server on loopback for the simulated platforms and chats. One thread answers all requests, so
/// `answer` is never called twice at the same time; it must not block.
class Server {
public:
    /// Port 0: any free one. Throws Error::Kind::unreachable when the port is taken.
    explicit Server(std::function<HttpAnswer(const Request&)> answer, std::uint16_t port = 0);
    ~Server();
    Server(const Server&) = delete;
    Server& operator=(const Server&) = delete;

    std::uint16_t port() const;
    std::string url() const; ///< «http://127.0.0.1:PORT»

private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

/// Calls «http://127.0.0.1:PORT/…» and nothing else; Error::Kind::unreachable when nobody answers in 5
/// seconds.
HttpAnswer call_loopback(const HttpRequest& request);

/// «%40» and «+» decoded, of one query or form field; empty when it is absent.
std::string parameter(std::string_view query, std::string_view name);

} // namespace larum::demo
