#include "core/error.h"
#include "daemon/web/server.h"
#include "support/catch.h"
#include "support/web_client.h"

#include <future>
#include <mutex>
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

/// A server whose answers to POST /kept are given by the test, whenever it likes.
struct Office {
    explicit Office(web::RouteLimits limits = {}) : server(web::Settings{}) {
        server.route_later("POST", "/kept", [this](const web::Request&, web::Reply reply) {
            const std::lock_guard lock(mutex);
            replies.push_back(std::move(reply));
        }, limits);
        server.route_later("POST", "/broken", [](const web::Request&, web::Reply) { throw Error(Error::Kind::database, "gone"); });
        server.route("POST", "/apps/{app}", [](const web::Request& request) { return text(request.body); }, web::Place::worker, of_apps());
        server.start();
    }
    ~Office() { replies.clear(); }

    /// «small» takes 10 bytes, «large» 10,000; there are no others.
    static web::RouteLimits of_apps() {
        web::RouteLimits limits;
        limits.admit = [](const web::Request& head) -> web::Admission {
            if (head.part("app") == "small") return {{}, 10};
            if (head.part("app") == "large") return {{}, 10'000};
            return {web::Response::error(404, "not_found", "No such app."), 0};
        };
        return limits;
    }
    std::size_t waiting() {
        const std::lock_guard lock(mutex);
        return replies.size();
    }
    void wait_for(std::size_t count) {
        while (waiting() < count) std::this_thread::yield();
    }

    web::Server server;
    std::mutex mutex;
    std::vector<web::Reply> replies;
};

const std::string kept = "POST /kept HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nab";

} // namespace

TEST_CASE("more requests than workers wait for one answer of another thread", "[web]") {
    Office office;
    std::vector<std::unique_ptr<Wire>> wires;
    for (int i = 0; i < 20; ++i) {
        wires.push_back(std::make_unique<Wire>(office.server.port()));
        wires.back()->say(kept);
    }
    office.wait_for(20);
    for (auto& reply : office.replies) reply(text("kept"));
    for (auto& wire : wires) CHECK(wire->hear("kept").find("HTTP/1.1 200") == 0);
}

TEST_CASE("a request that nobody answers is answered 500, one that throws as any other", "[web]") {
    Office office;
    Wire forgotten(office.server.port());
    forgotten.say(kept);
    office.wait_for(1);
    office.replies.clear();
    CHECK(forgotten.hear("\r\n\r\n").find("HTTP/1.1 500") == 0);
    CHECK(Client(office.server.port()).send("POST", "/broken", "x").status == 503);
}

TEST_CASE("an answer that takes too long is 503, and coming late it does not answer the next request", "[web]") {
    web::RouteLimits limits;
    limits.later_time_max = 50ms;
    Office office(limits);
    Wire wire(office.server.port());
    wire.say(kept);
    CHECK(wire.hear("\r\n\r\n").find("HTTP/1.1 503") == 0);

    Wire other(office.server.port());
    other.say(kept + kept);
    office.wait_for(3); // the first of them was given up
    office.replies[1](text("of the first"));
    office.replies[2](text("of the second"));
    CHECK(other.hear("second").find("of the first") == std::string::npos);
}

TEST_CASE("only the first of two answers counts", "[web]") {
    Office office;
    Wire wire(office.server.port());
    wire.say(kept);
    office.wait_for(1);
    office.replies[0](text("once"));
    office.replies[0](text("twice"));
    wire.say(kept);
    office.wait_for(2);
    office.replies[1](text("then"));
    CHECK(wire.hear("then").find("twice") == std::string::npos);
}

TEST_CASE("a request is refused by its head alone, before its body comes", "[web]") {
    Office office;
    const auto head = [](const std::string& app, int length) {
        return "POST /apps/" + app + " HTTP/1.1\r\nHost: x\r\nContent-Length: " + std::to_string(length) + "\r\n\r\n";
    };
    const auto answer_to = [&](const std::string& sent) {
        Wire wire(office.server.port());
        wire.say(sent);
        return wire.hear("\r\n\r\n").substr(0, 12);
    };
    CHECK(answer_to(head("nobody", 5)) == "HTTP/1.1 404");
    CHECK(answer_to(head("small", 11)) == "HTTP/1.1 413");
    CHECK(answer_to(head("small", 5) + "abcde") == "HTTP/1.1 200");
    CHECK(answer_to(head("large", 5'000) + std::string(5'000, 'a')) == "HTTP/1.1 200");
    CHECK(answer_to("POST /apps/small HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nb\r\nabcdefghijk\r\n0\r\n\r\n") == "HTTP/1.1 413");
}

TEST_CASE("a client that asks first whether its body is wanted is told", "[web]") {
    Office office;
    Wire wanted(office.server.port());
    wanted.say("POST /apps/large HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n");
    CHECK(wanted.hear("\r\n\r\n") == "HTTP/1.1 100 Continue\r\n\r\n");
    wanted.say("abc");
    CHECK(wanted.hear("abc").find("HTTP/1.1 200") != std::string::npos);

    Wire unwanted(office.server.port());
    unwanted.say("POST /apps/small HTTP/1.1\r\nHost: x\r\nContent-Length: 300\r\nExpect: 100-continue\r\n\r\n");
    CHECK(unwanted.hear("\r\n\r\n").find("HTTP/1.1 413") == 0);
}

TEST_CASE("a stop lets an answer that others give still be given", "[web]") {
    Office office;
    Wire wire(office.server.port());
    wire.say(kept);
    office.wait_for(1);
    std::thread stopping([&] { office.server.stop(10s); });
    office.replies[0](text("kept"));
    stopping.join();
    CHECK(wire.hear("kept").find("HTTP/1.1 200") == 0);
}
