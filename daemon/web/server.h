#pragma once

#include "daemon/web/routes.h"

#include <memory>
#include <string>

namespace larum::web {

struct Settings {
    std::string listen = "127.0.0.1:0"; ///< host:port; port 0 takes a free one
    std::string setting = "listen";     ///< the config key that names it, for errors
    std::size_t connections_max = 256;  ///< further ones are closed at once
    std::size_t header_bytes_max = 16u << 10;
    Span header_time_max = std::chrono::seconds{10}; ///< for the whole header: who trickles it is dropped
    Span idle_max = std::chrono::seconds{60};        ///< between two requests of a kept connection
    Span write_time_max = std::chrono::seconds{30};  ///< for one answer, or one write of an event stream
    Span heartbeat = std::chrono::seconds{15};       ///< a comment on quiet event streams
    int workers = 4;
    std::size_t waiting_max = 128; ///< requests that wait for a worker; further ones are answered 503
    Headers headers;               ///< added to every answer
};

/// A small HTTP/1.1 server: one thread for all connections, a few workers for what touches the database.
/// Everything is bounded; what passes a bound is answered 4xx or dropped. Work that throws is answered
/// `{error, what}`: input 400, refused 403, too_large 413, database 503, else 500 and a line in the log.
class Server {
public:
    explicit Server(Settings settings);
    ~Server(); ///< stops without grace

    Server(const Server&) = delete;
    Server& operator=(const Server&) = delete;

    /// Before `start` only. The first route added that fits answers.
    void route(std::string method, std::string pattern, Work work, Place place = Place::worker,
               RouteLimits limits = {});
    void route_later(std::string method, std::string pattern, LaterWork work, RouteLimits limits = {});

    /// Binds and serves. Throws Error::Kind::config when the address cannot be had.
    void start();

    int port() const; ///< the bound port, 0 before `start`
    std::size_t connections() const;

    /// No new connections, event streams end, requests under way are answered for at most `grace`; then all closes.
    void stop(Span grace = std::chrono::seconds{5});

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

/// The strict headers of a page: no script, style, frame or connection but its own.
Headers page_headers();

} // namespace larum::web
