#pragma once

#include "core/error.h"
#include "core/http.h"
#include "core/line_text.h"
#include "core/time.h"

#include <memory>
#include <optional>
#include <stop_token>
#include <string>

namespace larum {

/// How a connection is opened that the other side keeps open and writes to.
struct LineRequest {
    enum class Form {
        websocket,    ///< wss; a message is an event
        event_stream, ///< https; server-sent events
        lines,        ///< https; a line of the answer is an event
    };
    Form form = Form::websocket;
    std::string url; ///< ws:// and http:// only where private addresses are allowed
    Headers headers;
    std::string first;                       ///< sent once a websocket is open; may be empty
    Span silence = std::chrono::seconds{60}; ///< nothing at all for so long, keep-alives included: it is lost
    Span timeout = std::chrono::seconds{20}; ///< of opening it, but the resolving of the name
    std::size_t frame_bytes_max = 1u << 20;  ///< of one event; a longer one ends the line
    /// Private, loopback and link-local addresses are refused after name resolution unless this is set.
    bool private_allowed = false;
};

/// The other side answered, but did not open the line: too many requests, not permitted, a cursor too old.
class LineRefused final : public Error {
public:
    LineRefused(const std::string& text, HttpAnswer given) : Error(Kind::refused, text), answer(std::move(given)) {}
    HttpAnswer answer; ///< its body cut to 64 KB
};

/// A connection that is open. Nothing is read from the network but in `next`: who does not ask slows the sender
/// down, and at most one event waits in memory for each call to the network. Closed with the object.
class OpenLine {
public:
    virtual ~OpenLine() = default;
    /// The next event, waited for up to `wait`. Nothing: none came, or the stop was asked for. Throws
    /// Error::Kind::unreachable when the line is lost or was silent for too long, too_large when an event is.
    virtual std::optional<LineFrame> next(Span wait) = 0;
};

/// Opens lines. Like Http: the name is resolved and its address checked here, the certificate is verified for the
/// name, redirects are never followed, and texts of errors name the host only.
class LineClient {
public:
    virtual ~LineClient() = default;
    /// `stop` ends waiting in here and later in `next`, from any thread. Throws LineRefused; Error: unreachable,
    /// refused (address not allowed), config (not a URL that can be called), stopped.
    virtual std::unique_ptr<OpenLine> open(const LineRequest& request, std::stop_token stop) = 0;
};

/// The real one, on Boost.Beast; a thread that waits in it does the work of its own line.
std::unique_ptr<LineClient> make_line_client();

} // namespace larum
