// Lines that are kept open, against real servers on loopback.
#include "core/line_client.h"
#include "support/catch.h"
#include "support/database.h"
#include "support/line_server.h"
#include "support/process.h"

#include <cstdlib>
#include <thread>

using namespace larum;
using namespace larum::test;
using namespace std::chrono_literals;

namespace {

LineRequest to(const std::string& url, LineRequest::Form form = LineRequest::Form::websocket) {
    LineRequest request;
    request.form = form;
    request.url = url;
    request.private_allowed = true;
    request.timeout = 10s;
    return request;
}

/// The next event, however slow the machine.
LineFrame next(OpenLine& line) {
    for (int i = 0; i < 600; ++i)
        if (auto frame = line.next(100ms)) return *frame;
    FAIL("no event came");
    return {};
}

Error lost(OpenLine& line) {
    try {
        for (int i = 0; i < 600; ++i) line.next(100ms);
    } catch (const Error& error) {
        return error;
    }
    FAIL("the line was not lost");
    return Error(Error::Kind::bug, "");
}

template <class Work>
Error failure_of(Work work) {
    try {
        work();
    } catch (const Error& error) {
        return error;
    }
    FAIL("nothing was thrown");
    return Error(Error::Kind::bug, "");
}

/// A self-signed certificate for `name` that this process trusts while it lives.
struct Certificate {
    explicit Certificate(const std::string& name) {
        Process make({"/usr/bin/env", "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
                      "-keyout", key(), "-out", file(), "-subj", "/CN=" + name, "-addext", "subjectAltName=DNS:" + name},
                     folder.path() / "made");
        INFO(make.output());
        REQUIRE(make.wait(60s) == 0);
        ::setenv("SSL_CERT_FILE", file().c_str(), 1);
    }
    ~Certificate() { ::unsetenv("SSL_CERT_FILE"); }
    std::string file() const { return (folder.path() / "cert.pem").string(); }
    std::string key() const { return (folder.path() / "key.pem").string(); }
    TemporaryFolder folder;
};

} // namespace

TEST_CASE("a websocket brings message by message what the platform writes", "[line]") {
    std::string asked, agent, token, first;
    LineServer server([&](LineServer::Peer& peer) {
        asked = peer.target();
        agent = peer.field("User-Agent");
        token = peer.field("Authorization");
        if (!peer.open_websocket()) return;
        first = peer.receive();
        for (const auto* text : {"{\"a\":1}", "", "zażółć"}) peer.send(text);
        peer.wait_for_end();
    });
    auto request = to(server.url("ws", "/subscribe?cursor=5"));
    request.headers = {{"Authorization", "Bearer t"}};
    request.first = "hello";
    const auto line = make_line_client()->open(request, {});
    CHECK(next(*line).data == "{\"a\":1}");
    CHECK(next(*line).data.empty());
    CHECK(next(*line).data == "zażółć");
    CHECK_FALSE(line->next(10ms));
    CHECK(asked == "/subscribe?cursor=5");
    CHECK(agent == "larum/0.1");
    CHECK(token == "Bearer t");
    CHECK(first == "hello");
}

TEST_CASE("server-sent events and lines of an answer that does not end are events", "[line]") {
    LineServer server([](LineServer::Peer& peer) {
        const bool lines = peer.target() == "/lines";
        peer.open_answer(lines ? "application/json" : "text/event-stream");
        for (const auto* text : {":)\n", "event: update\nda", "ta: {\"id\":1}\n\n", "data: two\n\ndata: three\n\n"})
            if (!lines) peer.send(text);
        for (const auto* text : {"{\"id\":", "1}\r\n\r\n", "{\"id\":2}\r\n"})
            if (lines) peer.send(text);
        peer.wait_for_end();
    });
    const auto client = make_line_client();
    const auto stream = client->open(to(server.url("http", "/stream"), LineRequest::Form::event_stream), {});
    const auto one = next(*stream);
    CHECK(one.name == "update");
    CHECK(one.data == "{\"id\":1}");
    CHECK(next(*stream).data == "two");
    CHECK(next(*stream).data == "three");
    const auto lines = client->open(to(server.url("http", "/lines"), LineRequest::Form::lines), {});
    CHECK(next(*lines).data == "{\"id\":1}");
    CHECK(next(*lines).data == "{\"id\":2}");
}

TEST_CASE("a refused handshake tells status, headers and body", "[line]") {
    LineServer server([](LineServer::Peer& peer) {
        peer.refuse(429, {{"Retry-After", "90"}, {"Location", "https://elsewhere.example"}}, "{\"error\":\"slow down\"}");
    });
    for (const auto form : {LineRequest::Form::websocket, LineRequest::Form::event_stream, LineRequest::Form::lines})
        try {
            make_line_client()->open(to(server.url(form == LineRequest::Form::websocket ? "ws" : "http", "/?token=secret"), form), {});
            FAIL("it was opened");
        } catch (const LineRefused& refusal) {
            CHECK(refusal.answer.status == 429);
            CHECK(header(refusal.answer.headers, "retry-after") == "90");
            CHECK(refusal.answer.body == "{\"error\":\"slow down\"}");
            CHECK(std::string(refusal.what()).find("secret") == std::string::npos);
        }
}

TEST_CASE("a redirect is not followed", "[line]") {
    LineServer server([](LineServer::Peer& peer) { peer.refuse(302, {{"Location", "/other"}}, ""); });
    CHECK_THROWS_AS(make_line_client()->open(to(server.url("http"), LineRequest::Form::lines), {}), LineRefused);
}

TEST_CASE("a line that the other side ends or that falls silent is lost", "[line]") {
    LineServer server([](LineServer::Peer& peer) {
        if (peer.target() == "/close" && peer.open_websocket()) return peer.close(1001);
        peer.open_answer("text/event-stream");
        if (peer.target() == "/end") return;
        peer.send(":alive\n\n");
        peer.wait_for_end();
    });
    const auto client = make_line_client();
    CHECK(std::string(lost(*client->open(to(server.url("ws", "/close")), {})).what()) == "127.0.0.1: the other side closed the line (code 1001)");
    const auto ended = lost(*client->open(to(server.url("http", "/end"), LineRequest::Form::event_stream), {}));
    CHECK(ended.kind() == Error::Kind::unreachable);
    auto silent = to(server.url("http", "/silent"), LineRequest::Form::event_stream);
    silent.silence = 1s;
    CHECK(std::string(lost(*client->open(silent, {})).what()) == "127.0.0.1: nothing came for 1 s");
}

TEST_CASE("an event past its bound ends the line and not the memory", "[line]") {
    LineServer server([](LineServer::Peer& peer) {
        const std::string much(200'000, 'x');
        if (peer.target() == "/socket") {
            if (peer.open_websocket()) peer.send(much);
        } else {
            peer.open_answer("application/json");
            while (peer.send(much)) {}
        }
        peer.wait_for_end();
    });
    const auto client = make_line_client();
    for (const auto form : {LineRequest::Form::websocket, LineRequest::Form::lines}) {
        auto request = form == LineRequest::Form::websocket ? to(server.url("ws", "/socket")) : to(server.url("http", "/lines"), form);
        request.frame_bytes_max = 100'000;
        CHECK(lost(*client->open(request, {})).kind() == Error::Kind::too_large);
    }
}

TEST_CASE("a stop from another thread ends the waiting at once", "[line]") {
    LineServer server([](LineServer::Peer& peer) {
        if (peer.target() == "/never") return peer.wait_for_end();
        if (peer.open_websocket()) peer.wait_for_end();
    });
    const auto client = make_line_client();
    std::stop_source stop;
    const auto line = client->open(to(server.url("ws")), stop.get_token());
    std::thread other([&] { stop.request_stop(); });
    CHECK_FALSE(line->next(10min));
    other.join();
    std::stop_source stop_opening;
    std::thread another([&] { stop_opening.request_stop(); });
    auto request = to(server.url("ws", "/never"));
    request.timeout = 10min;
    CHECK(failure_of([&] { client->open(request, stop_opening.get_token()); }).kind() == Error::Kind::stopped);
    another.join();
}

TEST_CASE("private addresses and lines without TLS are refused unless they are meant", "[line]") {
    const auto client = make_line_client();
    const auto refused = [&](const std::string& url, LineRequest::Form form = LineRequest::Form::websocket) {
        LineRequest request;
        request.form = form;
        request.url = url;
        return failure_of([&] { client->open(request, {}); }).kind();
    };
    CHECK(refused("wss://127.0.0.1:1/x") == Error::Kind::refused);
    CHECK(refused("wss://[::1]:1/x") == Error::Kind::refused);
    CHECK(refused("wss://10.1.2.3/") == Error::Kind::refused);
    CHECK(refused("ws://93.184.216.34/") == Error::Kind::refused);
    CHECK(refused("http://93.184.216.34/", LineRequest::Form::lines) == Error::Kind::refused);
}

TEST_CASE("what is no address of a line is a mistake in the config", "[line]") {
    const auto client = make_line_client();
    for (const auto* url : {"https://host/", "wss://", "wss://user:password@host/", "wss://host:99999/", "wss://host:/", "file:///etc/passwd", "", "wss://host/a b"}) {
        const auto error = failure_of([&] { client->open(to(url), {}); });
        INFO(url);
        CHECK(error.kind() == Error::Kind::config);
        CHECK(std::string(error.what()).find("password@") == std::string::npos);
    }
    auto broken = to("ws://127.0.0.1:1/");
    broken.headers = {{"Authorization", "Bearer a\r\nX-Other: b"}};
    CHECK(failure_of([&] { client->open(broken, {}); }).kind() == Error::Kind::bug);
}

TEST_CASE("a closed port is unreachable and names the host only", "[line]") {
    int port;
    {
        LineServer gone([](LineServer::Peer&) {});
        port = gone.port();
    }
    const auto error = failure_of([&] { make_line_client()->open(to("ws://127.0.0.1:" + std::to_string(port) + "/?token=secret"), {}); });
    CHECK(error.kind() == Error::Kind::unreachable);
    CHECK(std::string(error.what()).rfind("127.0.0.1: ", 0) == 0);
    CHECK(std::string(error.what()).find("secret") == std::string::npos);
}

TEST_CASE("lines are encrypted and the certificate is verified for the name", "[line][tls]") {
    const Certificate certificate("localhost");
    LineServer server(
        [](LineServer::Peer& peer) {
            if (peer.target() == "/socket") {
                if (peer.open_websocket()) peer.send("one");
            } else {
                peer.open_answer("application/json");
                peer.send("two\n");
            }
            peer.wait_for_end();
        },
        certificate.file(), certificate.key());
    CHECK(next(*make_line_client()->open(to(server.url("wss", "/socket", "localhost")), {})).data == "one");
    CHECK(next(*make_line_client()->open(to(server.url("https", "/", "localhost"), LineRequest::Form::lines), {})).data == "two");
    // By number it is trusted but not named.
    CHECK(failure_of([&] { make_line_client()->open(to(server.url("wss", "/socket")), {}); }).kind() == Error::Kind::unreachable);
    ::setenv("SSL_CERT_FILE", "/dev/null", 1);
    CHECK(failure_of([&] { make_line_client()->open(to(server.url("wss", "/socket", "localhost")), {}); }).kind() == Error::Kind::unreachable);
}
