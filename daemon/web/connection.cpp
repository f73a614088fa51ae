#include "daemon/web/connection.h"

#include "core/error.h"

#include <spdlog/spdlog.h>
#include <typeinfo>

namespace larum::web {

namespace asio = boost::asio;
namespace http = boost::beast::http;

namespace {

constexpr std::size_t unread_bytes_max = 8u << 20;

std::string_view view(boost::beast::string_view text) { return {text.data(), text.size()}; }

Response answer_of(const Error& error) {
    switch (error.kind()) {
    case Error::Kind::input: return Response::error(400, "input", error.what());
    case Error::Kind::refused: return Response::error(403, "refused", error.what());
    case Error::Kind::too_large: return Response::error(413, "too_large", error.what());
    case Error::Kind::database:
    case Error::Kind::unreachable:
        spdlog::warn("web: {}", error.what());
        return Response::error(503, "unavailable", "The database is away. Nothing was changed; try again.");
    default:
        spdlog::error("web: {}", error.what());
        return Response::error(500, "failed", "larum failed at this; its log says why.");
    }
}

/// The answer of `work`, or what it threw as one.
template <class Work>
Response run(const Route& route, const Work& work) {
    try {
        return work();
    } catch (const Error& error) {
        return answer_of(error);
    } catch (const std::exception& error) {
        // The type only: texts of libraries may quote what they choked on.
        spdlog::error("web: {} {}: unexpected {}", route.method, route.pattern, typeid(error).name());
        return Response::error(500, "failed", "larum failed at this; its log says why.");
    }
}

Response too_large() { return Response::error(413, "too_large", "The request's body is too large."); }

Response busy() {
    auto response = Response::error(503, "busy", "Too many requests wait; try again in a moment.");
    response.headers.emplace_back("Retry-After", "1");
    return response;
}

void work_on(const Route& route, const Request& request, const std::shared_ptr<Pending>& pending) {
    if (pending->given()) return; // it waited too long for a worker
    if (!route.later) return pending->give(run(route, [&] { return route.work(request); }));
    auto failure = run(route, [&]() -> Response {
        route.later(request, [pending](Response response) { pending->give(std::move(response)); });
        return {0, {}, {}, {}, {}};
    });
    if (failure.status != 0) pending->give(std::move(failure));
}

} // namespace

Pending::Pending(std::shared_ptr<Connection> connection, std::uint64_t request) : connection_(std::move(connection)), request_(request) {}

Pending::~Pending() { give(Response::error(500, "failed", "larum failed at this; its log says why.")); }

bool Pending::given() const {
    const std::lock_guard lock(mutex_);
    return connection_ == nullptr;
}

void Pending::give(Response response) {
    std::shared_ptr<Connection> connection;
    {
        const std::lock_guard lock(mutex_);
        connection.swap(connection_);
    }
    if (!connection) return;
    const auto executor = connection->executor();
    // Moved, not copied: a connection must end on its own thread.
    asio::post(executor, [connection = std::move(connection), request = request_, response = std::move(response)]() mutable {
        connection->answer_later(request, std::move(response));
    });
}

Connection::Connection(asio::ip::tcp::socket socket, Shared& shared)
    : stream_(std::move(socket)), heartbeat_(stream_.get_executor()), shared_(shared) {
    shared_.open.insert(this);
    shared_.count = shared_.open.size();
}

Connection::~Connection() {
    if (events_) {
        events_->on_news(nullptr);
        events_->end();
    }
    shared_.open.erase(this);
    shared_.count = shared_.open.size();
    if (shared_.open.empty() && shared_.draining && shared_.all_closed) shared_.all_closed();
}

void Connection::start() {
    ErrorCode ignored;
    address_ = stream_.socket().remote_endpoint(ignored).address().to_string();
    stream_.socket().set_option(asio::ip::tcp::no_delay(true), ignored);
    read_head();
}

void Connection::drain() {
    if (idle_) return close();
    keep_ = false;
    if (events_) events_->end();
}

void Connection::close() {
    ErrorCode ignored;
    heartbeat_.cancel(ignored);
    stream_.socket().shutdown(asio::ip::tcp::socket::shutdown_both, ignored);
    stream_.socket().close(ignored);
}

void Connection::read_head() {
    idle_ = true;
    ++number_;
    request_ = std::make_shared<Request>();
    request_->address = address_;
    parser_.emplace();
    parser_->header_limit(static_cast<std::uint32_t>(shared_.settings.header_bytes_max));
    parser_->body_limit(std::uint64_t{1} << 40); // the route sets it once the header has named one
    // One deadline for the whole header, not for each piece of it: trickling buys no time.
    stream_.expires_after(first_ ? shared_.settings.header_time_max : shared_.settings.idle_max);
    first_ = false;
    http::async_read_header(stream_, buffer_, *parser_,
                            [self = shared_from_this()](ErrorCode error, std::size_t) { self->on_head(error); });
}

void Connection::on_head(ErrorCode error) {
    if (error == http::error::header_limit || error == http::error::buffer_overflow) {
        unread_ = true;
        keep_ = false;
        return answer(Response::error(431, "header_too_large", "The request's header is too large."));
    }
    if (error) return close();
    idle_ = false;
    const auto& head = parser_->get();
    keep_ = head.keep_alive() && !shared_.draining;
    request_->method = std::string(view(head.method_string()));
    request_->target = std::string(view(head.target()));
    request_->path = request_->target.substr(0, request_->target.find('?'));
    for (const auto& field : head) request_->headers.emplace_back(view(field.name_string()), view(field.value()));
    found_ = shared_.routes.find(request_->method, request_->path);
    request_->captured = std::move(found_.captured);
    if (found_.route != nullptr) return read_body();
    if (found_.allowed.empty()) return refuse(Response::error(404, "not_found", "There is nothing here."));
    auto refusal = Response::error(405, "method_not_allowed", "Allowed here: " + found_.allowed + ".");
    refusal.headers.emplace_back("Allow", found_.allowed);
    refuse(std::move(refusal));
}

void Connection::read_body() {
    const auto& limits = found_.route->limits;
    auto most = limits.body_bytes_max;
    if (limits.admit) {
        auto admission = limits.admit(*request_);
        if (admission.refusal) return refuse(std::move(*admission.refusal));
        most = admission.body_bytes_max;
    }
    parser_->body_limit(most);
    // Beast compares a told length with the limit when it reads the header only.
    if (const auto told = parser_->content_length(); told && *told > most) return refuse(too_large());
    stream_.expires_after(limits.body_time_max);
    if (header(request_->headers, "Expect") == "100-continue") return invite_body();
    receive_body();
}

/// A client that asked first, as curl does for a large body, would wait a second for this.
void Connection::invite_body() {
    static constexpr std::string_view go_on = "HTTP/1.1 100 Continue\r\n\r\n";
    asio::async_write(stream_, asio::buffer(go_on), [self = shared_from_this()](ErrorCode error, std::size_t) {
        if (error) return self->close();
        self->receive_body();
    });
}

void Connection::receive_body() {
    http::async_read(stream_, buffer_, *parser_, [self = shared_from_this()](ErrorCode error, std::size_t) {
        if (error == http::error::body_limit) return self->refuse(too_large());
        if (error) return self->close();
        self->request_->body = std::move(self->parser_->get().body());
        self->begin_work();
    });
}

/// Answers a request whose body is not read, so that the connection cannot go on when there is one.
void Connection::refuse(Response response) {
    unread_ = !parser_->is_done();
    keep_ = keep_ && !unread_;
    answer(std::move(response));
}

void Connection::begin_work() {
    stream_.expires_never();
    const auto& route = *found_.route;
    if (route.place == Place::at_once) return answer(run(route, [&] { return route.work(*request_); }));
    awaiting_ = true;
    const auto pending = std::make_shared<Pending>(shared_from_this(), number_);
    const bool taken = shared_.workers.post([pending, request = request_, &route] { work_on(route, *request, pending); });
    if (!taken) return pending->give(busy());
    if (route.later) limit_wait(pending);
}

void Connection::limit_wait(const std::shared_ptr<Pending>& pending) {
    heartbeat_.expires_after(found_.route->limits.later_time_max);
    heartbeat_.async_wait([weak = std::weak_ptr(pending)](ErrorCode error) {
        const auto alive = weak.lock();
        if (!error && alive) alive->give(busy());
    });
}

void Connection::answer_later(std::uint64_t request, Response response) {
    if (request != number_ || !awaiting_) return;
    awaiting_ = false;
    ErrorCode ignored;
    heartbeat_.cancel(ignored);
    answer(std::move(response));
}

Connection::Answer Connection::begin_answer(const Response& response) const {
    Answer answer;
    answer.version(11);
    answer.result(static_cast<unsigned>(response.status));
    answer.set(http::field::content_type, response.type);
    for (const auto& [name, value] : shared_.settings.headers) answer.set(name, value);
    for (const auto& [name, value] : response.headers) answer.insert(name, value);
    return answer;
}

void Connection::answer(Response response) {
    if (response.events) return open_stream(std::move(response));
    auto out = begin_answer(response);
    out.keep_alive(keep_ && !shared_.draining);
    out.content_length(response.body.size());
    if (request_->method != "HEAD") out.body() = std::move(response.body);
    write(std::move(out));
}

void Connection::write(Answer out) {
    stream_.expires_after(shared_.settings.write_time_max);
    const bool go_on = out.keep_alive();
    auto kept = std::make_shared<Answer>(std::move(out));
    auto done = [self = shared_from_this(), kept, go_on](ErrorCode error, std::size_t) {
        if (error) return self->close();
        if (self->unread_) return self->read_away(std::make_shared<std::array<char, 4096>>(), 0);
        if (!go_on || self->shared_.draining) return self->close();
        self->read_head();
    };
    if (request_->method != "HEAD") return http::async_write(stream_, *kept, std::move(done));
    auto head = std::make_shared<http::response_serializer<http::string_body>>(*kept);
    http::async_write_header(stream_, *head, [head, done = std::move(done)](ErrorCode error, std::size_t size) mutable {
        done(error, size);
    });
}

void Connection::read_away(std::shared_ptr<std::array<char, 4096>> rest, std::size_t so_far) {
    // Closing on unread bytes would reset the connection, and the answer with it, before it is read.
    if (so_far == 0) {
        ErrorCode ignored;
        stream_.socket().shutdown(asio::ip::tcp::socket::shutdown_send, ignored);
        stream_.expires_after(std::chrono::seconds(2));
    }
    stream_.async_read_some(asio::buffer(*rest), [self = shared_from_this(), rest, so_far](ErrorCode error, std::size_t size) {
        if (error || so_far + size > unread_bytes_max) return self->close();
        self->read_away(rest, so_far + size);
    });
}

// ---- server-sent events ------------------------------------------------------------------------------

void Connection::open_stream(Response response) {
    events_ = response.events;
    response.type = "text/event-stream";
    response.headers.emplace_back("Cache-Control", "no-store");
    response.headers.emplace_back("X-Accel-Buffering", "no"); // nginx would hold events back
    auto out = std::make_shared<Answer>(begin_answer(response));
    out->keep_alive(false);
    auto serializer = std::make_shared<http::response_serializer<http::string_body>>(*out);
    stream_.expires_after(shared_.settings.write_time_max);
    writing_ = true;
    http::async_write_header(stream_, *serializer,
                             [self = shared_from_this(), out, serializer](ErrorCode error, std::size_t) {
        self->writing_ = false;
        if (error) return self->close();
        const auto executor = self->stream_.get_executor();
        self->events_->on_news([weak = self->weak_from_this(), executor] {
            asio::post(executor, [weak] {
                if (const auto alive = weak.lock()) alive->pump();
            });
        });
        self->watch_for_end();
        self->pump();
    });
}

void Connection::watch_for_end() {
    // A reader of events sends nothing more: whatever becomes readable is the end.
    stream_.socket().async_wait(asio::ip::tcp::socket::wait_read, [self = shared_from_this()](ErrorCode) {
        self->events_->end();
        self->close();
    });
}

void Connection::pump() {
    if (writing_) return;
    if (!stream_.socket().is_open()) return;
    auto text = events_->take();
    if (!text.empty()) return write_events(std::move(text));
    if (events_->ended()) return close();
    rest_until_heartbeat();
}

void Connection::rest_until_heartbeat() {
    stream_.expires_never();
    heartbeat_.expires_after(shared_.settings.heartbeat);
    heartbeat_.async_wait([weak = weak_from_this()](ErrorCode error) {
        const auto self = weak.lock();
        if (!error && self && !self->writing_ && self->stream_.socket().is_open()) self->write_events(":\n\n");
    });
}

void Connection::write_events(std::string text) {
    writing_ = true;
    writing_events_ = std::move(text);
    stream_.expires_after(shared_.settings.write_time_max);
    asio::async_write(stream_, asio::buffer(writing_events_), [self = shared_from_this()](ErrorCode error, std::size_t) {
        self->writing_ = false;
        if (error) return self->close();
        self->pump();
    });
}

} // namespace larum::web
