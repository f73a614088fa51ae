#include "daemon/web/connection.h"

#include "core/error.h"

#include <future>
#include <thread>

namespace larum::web {

namespace asio = boost::asio;
using asio::ip::tcp;

namespace {

tcp::endpoint endpoint_of(const std::string& listen, const std::string& setting) {
    const auto wrong = [&](const std::string& why) {
        return Error(Error::Kind::config, setting + " = \"" + listen + "\": " + why + "; right would be \"127.0.0.1:8420\"");
    };
    const auto colon = listen.rfind(':');
    if (colon == std::string::npos) throw wrong("the port is missing");
    auto host = listen.substr(0, colon);
    const auto port_text = listen.substr(colon + 1);
    if (host.size() > 2 && host.front() == '[' && host.back() == ']') host = host.substr(1, host.size() - 2);
    if (host == "localhost") host = "127.0.0.1";
    if (port_text.empty() || port_text.size() > 5 || port_text.find_first_not_of("0123456789") != std::string::npos ||
        std::stoi(port_text) > 65535)
        throw wrong("the port is no number from 0 to 65535");
    boost::system::error_code error;
    const auto address = asio::ip::make_address(host, error);
    if (error) throw wrong("the host is no IP address");
    return {address, static_cast<unsigned short>(std::stoi(port_text))};
}

} // namespace

struct Server::Impl {
    explicit Impl(const Settings& settings) : shared(settings), io(1), acceptor(io) {}

    void accept() {
        acceptor.async_accept([this](boost::system::error_code error, tcp::socket socket) {
            if (error == asio::error::operation_aborted || !acceptor.is_open()) return;
            if (error) return rest();
            if (shared.open.size() < shared.settings.connections_max)
                std::make_shared<Connection>(std::move(socket), shared)->start();
            accept();
        });
    }

    /// Out of file descriptors: trying again at once would spin.
    void rest() {
        pause.expires_after(std::chrono::milliseconds(100));
        pause.async_wait([this](boost::system::error_code error) {
            if (!error) accept();
        });
    }

    void drain(std::promise<void>& closed) {
        shared.draining = true;
        boost::system::error_code ignored;
        acceptor.close(ignored);
        pause.cancel();
        if (shared.open.empty()) return closed.set_value();
        shared.all_closed = [&closed] { closed.set_value(); };
        const auto open = shared.open; // drain() may end one and change the set
        for (auto* connection : open)
            if (shared.open.count(connection) > 0) connection->drain();
    }

    Shared shared;
    asio::io_context io;
    // A connection whose work runs on a worker has nothing under way here, and must still be answered.
    asio::executor_work_guard<asio::io_context::executor_type> going{io.get_executor()};
    tcp::acceptor acceptor;
    asio::steady_timer pause{io};
    std::thread thread;
    std::atomic<int> port{0};
};

Server::Server(Settings settings) : impl_(std::make_unique<Impl>(settings)) {}

Server::~Server() { stop(Span::zero()); }

void Server::route(std::string method, std::string pattern, Work work, Place place, RouteLimits limits) {
    impl_->shared.routes.add({std::move(method), std::move(pattern), std::move(work), place, std::move(limits), {}});
}

void Server::route_later(std::string method, std::string pattern, LaterWork work, RouteLimits limits) {
    impl_->shared.routes.add({std::move(method), std::move(pattern), {}, Place::worker, std::move(limits), std::move(work)});
}

void Server::start() {
    const auto& settings = impl_->shared.settings;
    const auto endpoint = endpoint_of(settings.listen, settings.setting);
    boost::system::error_code error;
    impl_->acceptor.open(endpoint.protocol(), error);
    if (!error) impl_->acceptor.set_option(tcp::acceptor::reuse_address(true), error);
    if (!error) impl_->acceptor.bind(endpoint, error);
    if (!error) impl_->acceptor.listen(asio::socket_base::max_listen_connections, error);
    if (error)
        throw Error(Error::Kind::config, settings.setting + ": cannot listen on " + settings.listen + ": " +
                                             error.message() + "; choose another address there");
    impl_->port = impl_->acceptor.local_endpoint().port();
    impl_->accept();
    impl_->thread = std::thread([this] { impl_->io.run(); });
}

int Server::port() const { return impl_->port; }

std::size_t Server::connections() const { return impl_->shared.count; }

void Server::stop(Span grace) {
    if (!impl_->thread.joinable()) return;
    auto closed = std::make_shared<std::promise<void>>();
    const auto all_closed = closed->get_future();
    asio::post(impl_->io, [this, closed] { impl_->drain(*closed); });
    all_closed.wait_for(grace);
    impl_->io.stop();
    impl_->thread.join();
    // Both hold connections, which must be gone before what they share.
    impl_->shared.all_closed = nullptr;
    impl_->shared.workers.stop();
}

Headers page_headers() {
    return {{"Content-Security-Policy",
             "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
             "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"},
            {"X-Content-Type-Options", "nosniff"},
            {"X-Frame-Options", "DENY"},
            {"Referrer-Policy", "no-referrer"},
            {"Cross-Origin-Opener-Policy", "same-origin"},
            {"Cross-Origin-Resource-Policy", "same-origin"},
            {"Permissions-Policy", "camera=(), microphone=(), geolocation=(), payment=()"}};
}

} // namespace larum::web
