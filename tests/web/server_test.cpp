#include "core/error.h"
#include "daemon/web/server.h"
#include "support/catch.h"
#include "support/web_client.h"

#include <atomic>
#include <future>
#include <thread>

using namespace larum;
using namespace std::chrono_literals;
using test::Client;
using test::Wire;

namespace {

web::Response text(std::string body) {
    web::Response response;
    response.body = std::move(body);
    return response;
}

/// A server with a few plain routes.
struct House {
    explicit House(web::Settings settings = {}) : server(std::move(settings)) {
        server.route("GET", "/plain", [](const web::Request&) { return text("plain"); }, web::Place::at_once);
        server.route("GET", "/items/{id}", [](const web::Request& r) { return text(r.part("id") + "|" + r.query("q")); });
        server.route("POST", "/items", [](const web::Request& r) { return text(std::to_string(r.body.size())); }, web::Place::worker,
                     {.body_bytes_max = 1000, .body_time_max = 300ms});
        server.route("GET", "/broken", [](const web::Request&) -> web::Response { throw std::runtime_error("a secret detail"); });
        server.route("GET", "/away", [](const web::Request&) -> web::Response { throw Error(Error::Kind::database, "gone"); });
        server.route("GET", "/events", [this](const web::Request&) {
            web::Response response;
            response.events = events;
            return response;
        });
        server.start();
    }
    std::shared_ptr<web::EventStream> events = std::make_shared<web::EventStream>();
    web::Server server;
};

} // namespace

TEST_CASE("a route answers with what its pattern and query say", "[web]") {
    House house;
    Client client(house.server.port());

    CHECK(client.get("/plain").body == "plain");
    CHECK(client.get("/items/a%20b?x=1&q=zwrot+%C5%82").body == "a b|zwrot ł");
    CHECK(client.get("/items/").status == 404);
    CHECK(client.get("/items/1/2").status == 404);
    CHECK(client.get("/nothing").status == 404);
    CHECK(client.get("/../plain").status == 404);
}

TEST_CASE("a method that a path does not know is refused with those it knows", "[web]") {
    House house;
    Client client(house.server.port());

    const auto answer = client.send("DELETE", "/items/1");

    CHECK(answer.status == 405);
    CHECK(header(answer.headers, "Allow") == "GET");
    const auto head = client.send("HEAD", "/plain");
    CHECK(head.status == 200);
    CHECK(head.body.empty());
    CHECK(header(head.headers, "Content-Length") == "5");
}

TEST_CASE("work that throws is answered without its words", "[web]") {
    House house;
    Client client(house.server.port());

    CHECK(client.get("/broken").status == 500);
    CHECK(client.get("/broken").body.find("secret") == std::string::npos);
    CHECK(client.get("/away").status == 503);
}

TEST_CASE("a body over its bound is answered 413, whether its length was told or not", "[web]") {
    House house;
    Client client(house.server.port());

    CHECK(client.send("POST", "/items", std::string(1000, 'a')).body == "1000");
    CHECK(client.send("POST", "/items", std::string(1001, 'a')).status == 413);
    CHECK(client.send("POST", "/items", std::string(300000, 'a')).status == 413);
    Wire wire(house.server.port());
    wire.say("POST /items HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n");
    for (int i = 0; i < 3; ++i) wire.say("200\r\n" + std::string(0x200, 'a') + "\r\n");
    CHECK(wire.hear("\r\n\r\n").find("413") != std::string::npos);
}

TEST_CASE("a header over its bound is answered 431", "[web]") {
    House house;
    Wire wire(house.server.port());

    wire.say("GET /plain HTTP/1.1\r\nHost: x\r\nX-Long: " + std::string(20000, 'a') + "\r\n\r\n");

    CHECK(wire.hear("\r\n\r\n").find("431") != std::string::npos);
}

TEST_CASE("who trickles a header or a body is dropped", "[web]") {
    web::Settings settings;
    settings.header_time_max = 200ms;
    House house(settings);
    Wire header(house.server.port());
    Wire body(house.server.port());
    header.say("GET /plain HTTP/1.1\r\nHo");
    body.say("POST /items HTTP/1.1\r\nHost: x\r\nContent-Length: 900\r\n\r\nab");

    CHECK(header.closed_within(3000));
    CHECK(body.closed_within(3000));
}

TEST_CASE("connections over the cap are closed at once, and there is room again afterwards", "[web]") {
    web::Settings settings;
    settings.connections_max = 2;
    House house(settings);
    {
        Wire one(house.server.port());
        Wire two(house.server.port());
        one.say("GET /plain HTTP/1.1\r\nHost: x\r\n\r\n");
        two.say("GET /plain HTTP/1.1\r\nHost: x\r\n\r\n");
        REQUIRE(one.hear("plain").find("200") != std::string::npos);
        REQUIRE(two.hear("plain").find("200") != std::string::npos);

        Wire three(house.server.port());

        CHECK(three.closed_within(3000));
    }
    while (house.server.connections() > 0) std::this_thread::yield();
    CHECK(Client(house.server.port()).get("/plain").status == 200);
}

TEST_CASE("requests on one connection are answered in turn, pipelined or not", "[web]") {
    House house;
    Wire wire(house.server.port());

    wire.say("GET /items/1 HTTP/1.1\r\nHost: x\r\n\r\nGET /items/2 HTTP/1.1\r\nHost: x\r\n\r\n");

    const auto heard = wire.hear("2|");
    CHECK(heard.find("1|") < heard.find("2|"));
}

TEST_CASE("what is no HTTP is dropped", "[web]") {
    House house;
    Wire wire(house.server.port());

    wire.say("\x16\x03\x01\x02garbage\r\n\r\n");

    CHECK(wire.closed_within(3000));
}

TEST_CASE("an event stream gives what was queued and what comes, and ends on demand", "[web]") {
    web::Settings settings;
    settings.heartbeat = 50ms;
    House house(settings);
    house.events->send("change", "{\"a\":1}");
    Wire wire(house.server.port());
    wire.say("GET /events HTTP/1.1\r\nHost: x\r\n\r\n");
    REQUIRE(wire.hear("data: {\"a\":1}\n\n").find("text/event-stream") != std::string::npos);

    house.events->send("change", "{\"a\":2}");

    CHECK(wire.hear("data: {\"a\":2}\n\n").find("{\"a\":2}") != std::string::npos);
    CHECK(wire.hear("\n:\n\n").find(":\n\n") != std::string::npos);
    house.events->end();
    CHECK(wire.closed_within(3000));
}

TEST_CASE("a reader of events who went away ends the stream", "[web]") {
    House house;
    {
        Wire wire(house.server.port());
        wire.say("GET /events HTTP/1.1\r\nHost: x\r\n\r\n");
        wire.hear("\r\n\r\n");
    }
    while (!house.events->ended()) std::this_thread::yield();
    CHECK_FALSE(house.events->send("change", "{}"));
}

TEST_CASE("a stream that nobody reads is bounded", "[web]") {
    web::EventStream stream;
    std::size_t taken = 0;
    while (stream.send("change", "{}")) ++taken;
    CHECK(taken == web::EventStream::waiting_max);
    CHECK(stream.ended());
}

TEST_CASE("a stop lets the answer under way finish, ends streams and closes idle connections", "[web]") {
    std::promise<void> begun, go_on;
    web::Server server{web::Settings{}};
    const auto events = std::make_shared<web::EventStream>();
    server.route("GET", "/slow", [&](const web::Request&) {
        begun.set_value();
        go_on.get_future().wait();
        return text("done");
    });
    server.route("GET", "/events", [&](const web::Request&) {
        web::Response response;
        response.events = events;
        return response;
    });
    server.start();
    Wire slow(server.port()), idle(server.port()), reader(server.port());
    reader.say("GET /events HTTP/1.1\r\nHost: x\r\n\r\n");
    reader.hear("\r\n\r\n");
    slow.say("GET /slow HTTP/1.1\r\nHost: x\r\n\r\n");
    begun.get_future().wait();

    std::thread stopping([&] { server.stop(10s); });
    CHECK(reader.closed_within(3000));
    CHECK(idle.closed_within(3000));
    go_on.set_value();
    stopping.join();

    CHECK(slow.hear("done").find("done") != std::string::npos);
    CHECK_THROWS_AS(Client(server.port()).get("/slow"), Error);
}

TEST_CASE("requests over what may wait for a worker are answered 503", "[web]") {
    web::Settings settings;
    settings.workers = 1;
    settings.waiting_max = 1;
    std::promise<void> begun, go_on;
    auto wait = go_on.get_future().share();
    std::atomic<bool> first{true};
    web::Server server(settings);
    server.route("GET", "/slow", [&](const web::Request&) {
        if (first.exchange(false)) begun.set_value();
        wait.wait();
        return text("done");
    });
    server.start();
    Wire one(server.port()), two(server.port());
    one.say("GET /slow HTTP/1.1\r\nHost: x\r\n\r\n");
    begun.get_future().wait();
    two.say("GET /slow HTTP/1.1\r\nHost: x\r\n\r\n");

    Wire three(server.port());
    three.say("GET /slow HTTP/1.1\r\nHost: x\r\n\r\n");

    // Two and three race for the one place: exactly one of them is refused.
    const bool three_refused = three.hear("\r\n\r\n").find("503") != std::string::npos;
    go_on.set_value();
    const bool two_refused = two.hear("\r\n\r\n").find("503") != std::string::npos;
    CHECK(three_refused != two_refused);
    CHECK(one.hear("done").find("done") != std::string::npos);
}

TEST_CASE("an address that cannot be had is a config error that names its setting", "[web]") {
    House house;
    const auto start = [](const std::string& listen) {
        web::Settings settings;
        settings.listen = listen;
        settings.setting = "listen.page";
        web::Server server(settings);
        server.start();
    };
    for (const std::string wrong : {"8420", "127.0.0.1:", "127.0.0.1:99999", "127.0.0.1:http", "no.host.here:80"}) {
        INFO(wrong);
        CHECK_THROWS_AS(start(wrong), Error);
    }
    try {
        start("127.0.0.1:" + std::to_string(house.server.port()));
        FAIL("two servers on one port");
    } catch (const Error& error) {
        CHECK(error.kind() == Error::Kind::config);
        CHECK(std::string(error.what()).find("listen.page") != std::string::npos);
    }
}
