#include "core/address.h"
#include "core/error.h"
#include "core/http_client.h"
#include "support/catch.h"
#include "support/http_server.h"

using namespace larum;
using namespace larum::test;
using namespace std::chrono_literals;

namespace {

HttpRequest local(const std::string& url) {
    HttpRequest request;
    request.url = url;
    request.private_allowed = true;
    request.timeout = 10s;
    return request;
}

/// The kind and text of the Error that `request` ends in.
std::pair<Error::Kind, std::string> failure(Http& http, const HttpRequest& request) {
    try {
        http.send(request);
    } catch (const Error& error) {
        return {error.kind(), error.what()};
    }
    FAIL("the call did not fail");
    return {};
}

} // namespace

TEST_CASE("addresses that are not public are known in every disguise", "[http]") {
    for (const auto* address : {"127.0.0.1", "10.1.2.3", "172.31.255.255", "192.168.0.1", "169.254.169.254", "0.0.0.0",
                                "100.64.0.1", "100.100.100.200", "168.63.129.16", "224.0.0.1", "255.255.255.255", "::1", "::",
                                "fe80::1", "fc00::1", "fd00:ec2::254", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1",
                                "2002:7f00:1::", "2001::1", "ff02::1", "2001:db8::1", "not an address", "127.1", ""})
        CHECK_FALSE(is_public_address(address));
    for (const auto* address : {"8.8.8.8", "172.32.0.1", "100.128.0.1", "2a00:1450:4001:81b::200e", "::ffff:8.8.8.8"})
        CHECK(is_public_address(address));
}

TEST_CASE("a request arrives as it was meant and its answer comes back whole", "[http]") {
    HttpServer server([](const SeenRequest&) { return Scripted{201, {{"X-Quota", "7"}}, "zażółć"}; });
    const auto http = make_http();
    auto request = local(server.url("/a%2Fb%20c/?q=%C5%82%26&x=1"));
    request.method = "POST";
    request.headers = {{"Authorization", "Bearer t"}, {"Content-Type", "application/json"}};
    request.body = R"({"a":1})";

    const auto answer = http->send(request);

    CHECK(answer.status == 201);
    CHECK(answer.body == "zażółć");
    CHECK(header(answer.headers, "x-quota") == "7");
    const auto seen = server.seen().at(0);
    CHECK(seen.method == "POST");
    CHECK(seen.target == "/a%2Fb%20c/?q=%C5%82%26&x=1");
    CHECK(seen.body == request.body);
    CHECK(header(seen.headers, "authorization") == "Bearer t");
    CHECK(header(seen.headers, "content-type") == "application/json");
    CHECK(header(seen.headers, "host") == "127.0.0.1:" + std::to_string(server.port()));
}

TEST_CASE("a local address is refused unless the request allows it, by number and by name", "[http]") {
    HttpServer server([](const SeenRequest&) { return Scripted{}; });
    const auto http = make_http();
    for (const std::string host : {"127.0.0.1", "localhost", "[::1]", "[::ffff:127.0.0.1]"}) {
        HttpRequest request;
        request.url = "http://" + host + ":" + std::to_string(server.port()) + "/token-in-path";

        const auto [kind, text] = failure(*http, request);

        CHECK(kind == Error::Kind::refused);
        CHECK(text.find("token-in-path") == std::string::npos);
    }
    CHECK(server.connections() == 0);
    CHECK(http->send(local("http://localhost:" + std::to_string(server.port()) + "/")).status == 200);
    CHECK(header(server.seen().at(0).headers, "host") == "localhost:" + std::to_string(server.port()));
}

TEST_CASE("redirects are answers and nobody follows them", "[http]") {
    HttpServer server([](const SeenRequest&) { return Scripted{302, {{"Location", "/other"}}, ""}; });

    const auto answer = make_http()->send(local(server.url("/first")));

    CHECK(answer.status == 302);
    CHECK(header(answer.headers, "location") == "/other");
    CHECK(server.seen().size() == 1);
}

TEST_CASE("an answer of 100 MB ends at its bound", "[http]") {
    using Way = Scripted::Way;
    const auto way = GENERATE(Way::repeat, Way::chunks);
    HttpServer server([way](const SeenRequest&) {
        Scripted answer;
        answer.way = way;
        answer.bytes = 100u << 20;
        return answer;
    });
    auto request = local(server.url("/big"));
    request.body_bytes_max = 1u << 20;

    const auto [kind, text] = failure(*make_http(), request);

    CHECK(kind == Error::Kind::too_large);
    CHECK(text == "127.0.0.1: the answer is longer than 1048576 bytes");
}

TEST_CASE("an answer just at its bound is taken", "[http]") {
    HttpServer server([](const SeenRequest&) { return Scripted{200, {}, std::string(100000, 'x')}; });
    auto request = local(server.url());
    request.body_bytes_max = 100000;

    CHECK(make_http()->send(request).body.size() == 100000);
}

TEST_CASE("a call that cannot be had is unreachable and says only the host", "[http]") {
    using Way = Scripted::Way;
    const auto way = GENERATE(Way::truncate, Way::reset, Way::hang);
    HttpServer server([way](const SeenRequest&) {
        Scripted answer;
        answer.way = way;
        answer.body = "half of this is all you get";
        return answer;
    });
    auto request = local(server.url("/secret-path?access_token=abc"));
    request.timeout = 300ms;

    const auto [kind, text] = failure(*make_http(), request);

    CHECK(kind == Error::Kind::unreachable);
    CHECK(text.find("127.0.0.1") == 0);
    CHECK(text.find("secret") == std::string::npos);
    CHECK(text.find("abc") == std::string::npos);
}

TEST_CASE("a change that was sent and not answered may have happened; one that never left did not", "[http]") {
    HttpServer server([](const SeenRequest&) {
        Scripted answer;
        answer.way = Scripted::Way::hang;
        return answer;
    });
    int closed = 0;
    { closed = HttpServer([](const SeenRequest&) { return Scripted{}; }).port(); }
    const auto post = [](const std::string& url) {
        auto request = local(url);
        request.method = "POST";
        request.body = "{}";
        request.timeout = 300ms;
        return request;
    };
    const auto http = make_http();

    CHECK_THROWS_AS(http->send(post(server.url())), NoAnswer);
    try {
        http->send(post("http://127.0.0.1:" + std::to_string(closed) + "/"));
        FAIL("nobody listens there");
    } catch (const NoAnswer&) {
        FAIL("nothing was sent");
    } catch (const Error& error) {
        CHECK(error.kind() == Error::Kind::unreachable);
    }
}

TEST_CASE("nobody listening and no such name are unreachable", "[http]") {
    int port = 0;
    { port = HttpServer([](const SeenRequest&) { return Scripted{}; }).port(); }
    CHECK(failure(*make_http(), local("http://127.0.0.1:" + std::to_string(port) + "/")).first == Error::Kind::unreachable);
    CHECK(failure(*make_http(), local("http://no-such-host.invalid/")).first == Error::Kind::unreachable);
}

TEST_CASE("what is no callable URL is a config error that does not quote it", "[http]") {
    const auto http = make_http();
    for (const auto* url : {"", "secret", "ftp://example.com/secret", "https://user:secret@example.com/", "http:///secret"}) {
        const auto [kind, text] = failure(*http, local(url));
        CHECK(kind == Error::Kind::config);
        CHECK(text.find("secret") == std::string::npos);
    }
}

TEST_CASE("a header with a line break is never sent", "[http]") {
    HttpServer server([](const SeenRequest&) { return Scripted{}; });
    auto request = local(server.url());
    request.headers = {{"X-Name", "a\r\nX-Other: b"}};

    CHECK(failure(*make_http(), request).first == Error::Kind::bug);
    CHECK(server.seen().empty());
}

TEST_CASE("reading reuses a connection, writing never does", "[http]") {
    HttpServer server([](const SeenRequest&) { return Scripted{200, {}, "ok"}; });
    const auto http = make_http();
    for (int i = 0; i < 3; ++i) http->send(local(server.url()));
    // One, or two where a loaded machine let the first one rest too long.
    const int reading = server.connections();
    CHECK(reading < 3);
    auto write = local(server.url());
    write.method = "POST";
    write.body = "x";
    for (int i = 0; i < 3; ++i) http->send(write);
    CHECK(server.connections() == reading + 3);
}

TEST_CASE("a kept connection that the server closed meanwhile costs no request", "[http]") {
    HttpServer server([](const SeenRequest&) {
        Scripted answer{200, {}, "ok"};
        answer.close = true;
        return answer;
    });
    const auto http = make_http();
    for (int i = 0; i < 3; ++i) CHECK(http->send(local(server.url())).body == "ok");
}
