#include "core/http_client.h"

#include "core/address.h"
#include "core/error.h"

#include <cpprest/containerstream.h>
#include <cpprest/http_client.h>
#include <pplx/threadpool.h>

#include <algorithm>
#include <atomic>
#include <future>
#include <list>
#include <mutex>

namespace larum {

namespace {

using web::http::http_request;
using web::http::http_response;
using web::http::client::http_client;
using web::http::client::http_client_config;

/// Thrown inside the library when a body passes its bound; tells it from other failures there.
struct BodyTooLarge : std::exception {};

/// One thread pool serves all clients of the process. The library would start 40.
void bound_threads(int threads) {
    static std::once_flag once;
    std::call_once(once, [threads] {
        try {
            crossplat::threadpool::initialize_with_threads(static_cast<std::size_t>(std::max(threads, 2)));
        } catch (const std::exception&) {
            // Somebody used the library before us; its own number stands.
        }
    });
}

web::uri parse_url(const std::string& url) {
    try {
        web::uri parsed(url);
        if ((parsed.scheme() == "http" || parsed.scheme() == "https") && !parsed.host().empty() &&
            parsed.user_info().empty())
            return parsed;
    } catch (const web::uri_exception&) {
        // Its text quotes the URL, which may carry a token.
    }
    throw Error(Error::Kind::config, "not a URL that can be called; expected https://host/path without a user in it");
}

void check_header(const std::string& name, const std::string& value) {
    const auto breaks = [](const std::string& text) { return text.find_first_of(std::string_view("\r\n\0", 3)) != text.npos; };
    if (breaks(name) || breaks(value)) throw Error(Error::Kind::bug, "a request header must not hold a line break");
}

/// The first address that may be dialled.
std::string checked_address(const std::string& host, bool private_allowed) {
    const auto addresses = resolve(host);
    for (const auto& address : addresses)
        if (private_allowed || is_public_address(address)) return address;
    throw Error(Error::Kind::refused,
                host + ": its address is private or local; set private_allowed where that is meant");
}

std::string without_brackets(std::string host) {
    if (host.size() > 2 && host.front() == '[') host = host.substr(1, host.size() - 2);
    return host;
}

web::uri base_of(const web::uri& url, const std::string& host) {
    web::uri_builder base;
    base.set_scheme(url.scheme());
    base.set_host(host.find(':') == std::string::npos ? host : "[" + host + "]");
    if (!url.is_port_default()) base.set_port(url.port());
    return base.to_uri();
}

/// The state of one call, shared with the library's threads: a call given up on may still be winding down.
struct Exchange {
    concurrency::streams::container_buffer<std::vector<std::uint8_t>> body;
    pplx::cancellation_token_source stop;
    std::promise<HttpAnswer> done;
    std::size_t body_bytes_max = 0;
    std::atomic<bool> too_large = false;
    std::atomic<bool> sent = false;
};

HttpAnswer answer_of(const http_response& response, const std::vector<std::uint8_t>& body) {
    HttpAnswer answer;
    answer.status = response.status_code();
    for (const auto& [name, value] : response.headers()) answer.headers.emplace_back(name, value);
    answer.body.assign(body.begin(), body.end());
    return answer;
}

http_request request_of(const HttpRequest& asked, const web::uri& url, const std::string& agent,
                        const std::shared_ptr<Exchange>& exchange) {
    http_request request(asked.method);
    auto resource = url.resource();
    request.set_request_uri(resource.is_empty() ? web::uri("/") : resource);
    request.headers().add("User-Agent", agent);
    for (const auto& [name, value] : asked.headers) {
        check_header(name, value);
        request.headers().remove(name);
        request.headers().add(name, value);
    }
    if (!asked.body.empty()) {
        const auto type = header(asked.headers, "Content-Type");
        request.set_body(asked.body, type.empty() ? "application/octet-stream" : type);
    }
    // The library takes the name to verify from this header, port and all: hence none with https.
    const bool port_told = !url.is_port_default() && url.scheme() == "http";
    request.headers().remove("Host");
    request.headers().add("Host", url.host() + (port_told ? ":" + std::to_string(url.port()) : ""));
    request.set_response_stream(exchange->body.create_ostream());
    request.set_progress_handler([exchange](web::http::message_direction::direction way, utility::size64_t size) {
        if (way == web::http::message_direction::upload) exchange->sent = true;
        if (way != web::http::message_direction::download || size <= exchange->body_bytes_max) return;
        exchange->too_large = true;
        throw BodyTooLarge();
    });
    return request;
}

class CpprestHttp final : public Http {
public:
    explicit CpprestHttp(const HttpSettings& settings) : settings_(settings) { bound_threads(settings.threads); }

    HttpAnswer send(const HttpRequest& asked) override {
        const auto url = parse_url(asked.url);
        const auto host = without_brackets(url.host());
        const auto exchange = std::make_shared<Exchange>();
        exchange->body_bytes_max = asked.body_bytes_max;
        const auto client = client_for(asked, url, host);
        start(*client, request_of(asked, url, settings_.user_agent, exchange), exchange);
        return finish(asked, host, exchange);
    }

private:
    std::shared_ptr<http_client> client_for(const HttpRequest& asked, const web::uri& url, const std::string& host) {
        const auto base = base_of(url, settings_.proxy.empty() ? checked_address(host, asked.private_allowed) : host);
        if (asked.method != "GET") return make_client(base);
        const std::lock_guard lock(mutex_);
        const auto key = base.to_string();
        const auto found = std::find_if(clients_.begin(), clients_.end(), [&](const Kept& one) { return one.key == key; });
        if (found != clients_.end())
            clients_.splice(clients_.begin(), clients_, found);
        else
            clients_.push_front({key, make_client(base)});
        if (clients_.size() > static_cast<std::size_t>(settings_.hosts_max)) clients_.pop_back();
        return clients_.front().client;
    }

    std::shared_ptr<http_client> make_client(const web::uri& base) const {
        http_client_config config;
        config.set_max_redirects(0); // it would send Authorization along
        config.set_timeout(std::chrono::minutes{5}); // of silence; the call's own deadline is kept by `finish`
        if (!settings_.proxy.empty()) config.set_proxy(web::web_proxy(web::uri(settings_.proxy)));
        return std::make_shared<http_client>(base, config);
    }

    static void start(http_client& client, const http_request& request, const std::shared_ptr<Exchange>& exchange) {
        client.request(request, exchange->stop.get_token())
            .then([](const http_response& response) { return response.content_ready(); })
            .then([exchange](const pplx::task<http_response>& task) {
                try {
                    const auto response = task.get();
                    exchange->done.set_value(answer_of(response, exchange->body.collection()));
                } catch (...) {
                    exchange->done.set_exception(std::current_exception());
                }
            });
    }

    static HttpAnswer finish(const HttpRequest& asked, const std::string& host, const std::shared_ptr<Exchange>& exchange) {
        auto answer = exchange->done.get_future();
        if (answer.wait_for(asked.timeout) != std::future_status::ready) {
            exchange->stop.cancel();
            unreachable(asked, *exchange, host + ": no whole answer in time");
        }
        try {
            auto got = answer.get();
            if (got.body.size() > asked.body_bytes_max) throw BodyTooLarge();
            return got;
        } catch (const BodyTooLarge&) {
        } catch (const std::exception& error) {
            // The library's words name neither path nor query.
            if (!exchange->too_large) unreachable(asked, *exchange, host + ": " + error.what());
        }
        throw Error(Error::Kind::too_large,
                    host + ": the answer is longer than " + std::to_string(asked.body_bytes_max) + " bytes");
    }

    /// What was sent and changes something may have been carried out; reading again harms nobody.
    [[noreturn]] static void unreachable(const HttpRequest& asked, const Exchange& exchange, const std::string& text) {
        if (exchange.sent && asked.method != "GET") throw NoAnswer(text);
        throw Error(Error::Kind::unreachable, text);
    }

    struct Kept {
        std::string key;
        std::shared_ptr<http_client> client;
    };
    HttpSettings settings_;
    std::mutex mutex_;
    std::list<Kept> clients_; ///< most recently used first
};

} // namespace

std::unique_ptr<Http> make_http(const HttpSettings& settings) { return std::make_unique<CpprestHttp>(settings); }

} // namespace larum
