#pragma once

#include "core/http.h"

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace larum::test {

/// A server on a free loopback port that keeps its connections open: websockets, and answers that do not end. Each
/// connection is served by one thread that does what the test's script says.
class LineServer {
public:
    /// One client, after its request was read.
    class Peer {
    public:
        virtual ~Peer() = default;
        virtual std::string target() const = 0;
        virtual std::string field(const std::string& name) const = 0; ///< of the request's header
        virtual void refuse(int status, const Headers& headers, const std::string& body) = 0;
        virtual bool open_websocket() = 0;
        virtual void open_answer(const std::string& type) = 0; ///< 200, chunked
        virtual bool send(const std::string& text) = 0;        ///< a message, or a chunk; false: the client is gone
        virtual std::string receive() = 0;                     ///< a message; empty when the client is gone
        virtual void close(int code = 1000) = 0;               ///< of a websocket, politely
        virtual void wait_for_end() = 0;                       ///< until the client or the server goes
    };
    using Script = std::function<void(Peer&)>;

    explicit LineServer(Script script);
    /// With TLS: PEM files of certificate and key.
    LineServer(Script script, const std::string& certificate, const std::string& key);
    ~LineServer();
    LineServer(const LineServer&) = delete;
    LineServer& operator=(const LineServer&) = delete;

    int port() const;
    std::string url(const std::string& scheme, const std::string& target = "/", const std::string& host = "127.0.0.1") const;

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

} // namespace larum::test
