#include "connectors/facebook/graph_fixture.h"
#include "connectors/shared/graph.h"
#include "core/http_client.h"

using namespace larum;
using namespace larum::test;
using namespace std::chrono_literals;
using connectors::Ending;
using demo::Wall;

TEST_CASE("a throttled page rests as long as the platform says, in minutes, for the whole credential",
          "[facebook]") {
    GraphFixture f("facebook");
    f.graph.throttle(80001, 17);

    const auto outcome = f.poll("feed").outcome;

    CHECK(outcome.ending == Ending::later);
    CHECK(outcome.whole_credential);
    CHECK(outcome.not_before == f.clock.at + 17min);
    CHECK(outcome.reason ==
          "facebook: code 80001: the page's request limit is reached (trace AsimulatedTrace)");
}

TEST_CASE("the usage headers tell how much of the budget is used, and rest before the block", "[facebook]") {
    GraphFixture f("facebook");
    f.graph.allow_calls(4);
    CHECK(f.poll("feed").page.used == Approx(0.25));
    f.poll("feed");
    f.poll("feed");

    const auto last = f.poll("feed");

    CHECK(last.outcome.ok());
    CHECK(last.page.used == Approx(1.0));
    CHECK(last.outcome.not_before == f.clock.at + 1min);
    CHECK(last.outcome.whole_credential);
}

TEST_CASE("a dead token stops the credential and says what to do", "[facebook]") {
    struct Case {
        int subcode;
        const char* says;
    };
    const auto one =
        GENERATE(Case{463, "expired"}, Case{460, "password"}, Case{458, "removed"}, Case{492, "role"},
                 Case{467, "no longer valid"}, Case{459, "confirm"}, Case{0, "refused"});
    GraphFixture f("facebook");
    f.graph.break_token(one.subcode);

    const auto outcome = f.poll("feed").outcome;

    CHECK(outcome.ending == Ending::reauth);
    CHECK(outcome.whole_credential);
    CHECK(outcome.reason.find(one.says) != std::string::npos);
    CHECK(outcome.reason.find(f.graph.settings().token) == std::string::npos);
}

TEST_CASE("an expiring token works until its time", "[facebook]") {
    GraphFixture f("facebook");
    f.graph.expire_token_at(f.clock.at + 1h);
    CHECK(f.poll("feed").outcome.ok());
    f.clock.at += 2h;
    CHECK(f.poll("feed").outcome.ending == Ending::reauth);
}

TEST_CASE("a missing permission stops the stream that needs it, not the others", "[facebook]") {
    GraphFixture f("facebook");
    f.graph.miss_permission("tagged");

    const auto tagged = f.poll("tagged").outcome;

    CHECK(tagged.ending == Ending::reauth);
    CHECK_FALSE(tagged.whole_credential);
    CHECK(f.poll("feed").outcome.ok());
}

TEST_CASE("a refused proof is told as such, not as a bad parameter", "[facebook]") {
    GraphFixture f("facebook");
    setenv("LARUM_TEST_GRAPH_SECRET", "ffffffffffffffffffffffffffffffff", 1);
    f.made = f.make("facebook", f.toml, f.problems);

    const auto outcome = f.poll("feed").outcome;

    CHECK(outcome.ending == Ending::reauth);
    CHECK(outcome.reason.find("appsecret_proof") != std::string::npos);
}

TEST_CASE("answers that are no answers are tried again", "[facebook]") {
    struct Case {
        HttpAnswer answer;
        Ending ending;
        const char* says;
    };
    const auto one = GENERATE(
        Case{{200, {{"Content-Type", "text/html"}}, "<!DOCTYPE html><html><body>Sorry</body></html>"},
             Ending::later,
             "HTML"},
        Case{{502, {}, "<html>Bad Gateway</html>"}, Ending::later, "502"},
        Case{{503, {{"Retry-After", "90"}}, ""}, Ending::later, "503"},
        Case{{200, {}, ""}, Ending::later, "ends in the middle"},
        Case{{200, {}, "{\"data\":[{\"id\":\"1_2\",\"mess"}, Ending::later, "ends in the middle"},
        Case{{200, {}, "certainly not"}, Ending::broken, "neither"},
        Case{{301, {{"Location", "http://127.0.0.1/"}}, ""}, Ending::broken, "redirect"},
        Case{{500, {}, R"({"error":{"message":"x","code":1,"is_transient":true}})"}, Ending::later, "code 1"},
        Case{{400, {}, R"({"error":{"message":"x","code":2635}})"}, Ending::broken, "2635"},
        Case{{400, {}, R"({"error":{"message":"x","code":100}})"}, Ending::broken, "parameter"},
        Case{{400, {}, R"({"error":{"message":"x","code":424242}})"}, Ending::later, "does not know"});
    GraphFixture f("facebook");
    const auto post = f.graph.post({"1", "Jan"}, "zostaje", Wall::visitors, f.clock.at - 1h);
    f.graph.answer_next(one.answer);

    const auto read = f.poll("feed");

    CHECK(read.outcome.ending == one.ending);
    CHECK(read.outcome.reason.find(one.says) != std::string::npos);
    if (one.answer.status == 503) CHECK(read.outcome.not_before == f.clock.at + 90s);
    // Nothing is lost: the next read finds it.
    CHECK(find(f.poll("feed").page.posts, post));
}

TEST_CASE("a truncated answer and an unreachable host keep the cursor", "[facebook]") {
    GraphFixture f("facebook");
    const auto post = f.graph.post({"1", "Jan"}, "zostaje", Wall::visitors, f.clock.at - 1h);
    f.graph.truncate_next();
    CHECK(f.poll("feed").outcome.ending == Ending::later);
    f.http.unreachable = true;
    const auto away = f.poll("feed").outcome;
    CHECK(away.ending == Ending::later);
    CHECK_FALSE(away.whole_credential);

    f.http.unreachable = false;
    CHECK(find(f.poll("feed").page.posts, post));
}

TEST_CASE("one item that makes no sense is set aside, the page is kept", "[facebook]") {
    GraphFixture f("facebook");
    f.graph.answer_next({200, {}, R"({"data":[
        {"id":"1_2","created_time":"2026-08-02T09:00:00+0000","message":"dobry"},
        {"created_time":"2026-08-02T09:00:00+0000","message":"bez id"},
        {"id":"1_3","created_time":"wczoraj","message":"bez czasu"},
        {"id":"1_4","created_time":"2026-08-02T09:00:00+0000","message":{"to":"nie tekst"}},
        {"id":98765432109876543,"created_time":"2026-08-02T09:30:00+0000"},
        "nie obiekt"
    ],"paging":{}})"});

    const auto page = f.poll("feed").page;

    REQUIRE(page.posts.size() == 2);
    CHECK(page.posts[0].text == "dobry");
    CHECK(page.posts[1].id == "98765432109876543");
    REQUIRE(page.rejected.size() == 4);
    CHECK(page.rejected[1].find("created_time") != std::string::npos);
    CHECK(page.rejected[1].find('\t') != std::string::npos);
}

TEST_CASE("broken JSON, half characters and zero bytes in one item cost that item at most", "[facebook]") {
    GraphFixture f("facebook");
    const std::string broken =
        R"({"data":[{"id":"1_1","created_time":"2026-08-02T09:00:00+0000","message":"ucięta \ud83d"},)"
        R"({"id":"1_2","created_time":"2026-08-02T09:01:00+0000","message":"zero \u0000 bajt"},)"
        R"({"id":"1_3","created_time":"2026-08-02T09:02:00+0000","message":"zły )"
        "\xff"
        R"( bajt"},)"
        R"({"id":"1_4","created_time":"2026-08-02T09:03:00+0000","message":"cudzysłów \\" },)"
        R"({"id":"1_5","created_time":"2026-08-02T09:04:00+0000",,},)"
        R"({"id":"1_6","created_time":"2026-08-02T09:05:00+0000","message":"para \ud83d\ude21 cała"}],"paging":{}})";
    f.graph.answer_next({200, {}, broken});

    const auto page = f.poll("feed").page;

    REQUIRE(page.posts.size() == 5);
    CHECK(find(page.posts, "1_1")->text == "ucięta \xEF\xBF\xBD");
    CHECK(find(page.posts, "1_2")->text == "zero \xEF\xBF\xBD bajt");
    CHECK(find(page.posts, "1_3")->text == "zły \xEF\xBF\xBD bajt");
    CHECK(find(page.posts, "1_6")->text == "para 😡 cała");
    REQUIRE(page.rejected.size() == 1);
    CHECK(page.rejected[0].find("1_5") != std::string::npos);
}

TEST_CASE("a page served by another Graph version is said so", "[facebook]") {
    GraphFixture f("facebook");
    f.graph.serve_version("v27.0");
    const auto outcome = f.poll("feed").outcome;
    CHECK(outcome.ok());
    CHECK(outcome.reason.find("another version") != std::string::npos);
    CHECK(f.probe().outcome.ending == Ending::broken);
}

TEST_CASE("an answer without end is cut off by its bound and tried again", "[facebook]") {
    struct Endless final : Http {
        HttpAnswer send(const HttpRequest& request) override {
            CHECK(request.body_bytes_max <= (8u << 20));
            throw Error(Error::Kind::too_large, "graph.example: the answer is longer than 8388608 bytes");
        }
    } http;
    GraphFixture f("facebook");
    auto made = connectors::find_kind("facebook")
                    ->make(config::parse_toml(f.toml, "larum.toml"), source_keys(), f.problems, {http});
    connectors::Session session;
    connectors::Call call{f.clock.at, session};

    CHECK(made.connector->poll({"feed", {}, {}}, call).outcome.ending == Ending::later);
}

TEST_CASE("the real client reads the simulated page", "[facebook]") {
    GraphFixture f("facebook");
    f.graph.post({"1", "Jan"}, "Zażółć", Wall::visitors, f.clock.at - 1h);
    const auto http = make_http();
    auto made = connectors::find_kind("facebook")
                    ->make(config::parse_toml(f.toml, "larum.toml"), source_keys(), f.problems, {*http});
    connectors::Session session;
    connectors::Call call{f.clock.at, session};

    const auto read = made.connector->poll({"feed", {}, {}}, call);

    INFO(read.outcome.reason);
    REQUIRE(read.page.posts.size() == 1);
    CHECK(read.page.posts[0].text == "Zażółć");
    CHECK(made.connector->recheck(read.page.posts, call).posts.size() == 1);
}

TEST_CASE("whatever arrives is an answer, an outcome or rejected items, never a crash", "[facebook]") {
    const Time now = *parse_time("2026-08-02T10:00:00Z");
    const std::string page =
        R"({"data":[{"id":"1_1","created_time":"2026-08-02T09:00:00+0000","message":"a \"b\" \ud83d\ude21 [x] {y}",)"
        R"("from":{"id":"7","name":"Jan"}},{"id":"1_2","created_time":"2026-08-02T09:01:00+0000"}],"paging":{"next":"https://x/?after=1"}})";
    connectors::graph::Access access;
    for (std::size_t length = 0; length < page.size(); ++length)
        CHECK(connectors::graph::understand(access, {200, {}, page.substr(0, length)}, now).outcome.ending ==
              Ending::later);
    // Every single byte replaced by what hurts parsers most.
    for (std::size_t at = 0; at < page.size(); ++at)
        for (const char hurt : {'"', '\\', '{', ']', '\0', '\xff'}) {
            auto hurt_page = page;
            hurt_page[at] = hurt;
            CHECK_NOTHROW(
                connectors::graph::understand(access, {200, {{"X-App-Usage", hurt_page}}, hurt_page}, now));
        }
    CHECK_NOTHROW(connectors::graph::understand(access, {200, {}, std::string(100000, '[')}, now));
    CHECK_NOTHROW(
        connectors::graph::understand(access, {200, {}, "{\"data\":" + std::string(100000, '[')}, now));
}

TEST_CASE("a page that stopped sending webhooks is told, nothing else stops", "[facebook]") {
    GraphFixture f("facebook", "webhooks = true\n");
    REQUIRE(f.problems.empty());
    const auto streams = f.made.connector->streams();
    REQUIRE(streams.back().name == "subscription");
    CHECK(streams.back().interval == Span(10min));

    const auto unsubscribed = f.poll("subscription").outcome;

    CHECK(unsubscribed.ending == Ending::reauth);
    CHECK_FALSE(unsubscribed.whole_credential);
    CHECK(unsubscribed.reason.find("subscribed_apps") != std::string::npos);

    demo::Server listener([](const demo::Request& request) {
        return HttpAnswer{200, {}, demo::parameter(request.query, "hub.challenge")};
    });
    REQUIRE(f.graph.subscribe(listener.url() + "/hooks/meta"));
    CHECK(f.poll("subscription").outcome.ok());
}

TEST_CASE("the probe says whose token it is, what it may and how long", "[facebook]") {
    GraphFixture f("facebook");
    auto probe = f.probe();
    CHECK(probe.outcome.ok());
    CHECK(probe.account == f.graph.settings().page_id);
    CHECK(probe.missing.empty());
    CHECK(probe.expires_at == f.clock.at + 24h * 60); // the data-access clock; the token itself has no end

    f.graph.miss_permission("comments");
    CHECK(f.probe().missing == std::vector<std::string>{"pages_read_user_content"});

    f.graph.use_token_type("USER");
    probe = f.probe();
    CHECK(probe.outcome.ending == Ending::reauth);
    CHECK(probe.outcome.reason.find("user's token") != std::string::npos);

    f.graph.use_token_type("PAGE");
    f.graph.break_token(492);
    CHECK(f.probe().outcome.reason.find("role") != std::string::npos);
}

TEST_CASE("without an app id the probe asks who the token speaks for", "[facebook]") {
    GraphFixture f("facebook");
    f.toml.replace(f.toml.find("app_id"), std::string("app_id = \"1234567890\"").size(), "");
    f.made = f.make("facebook", f.toml, f.problems);
    CHECK(f.probe().outcome.ok());

    f.toml.replace(f.toml.find("page = \""), std::string("page = \"102938475610293").size(), "page = \"777");
    f.made = f.make("facebook", f.toml, f.problems);
    CHECK(f.probe().outcome.ending == Ending::reauth);
    CHECK(f.problems.empty());
}

TEST_CASE("settings that cannot work are named with what would be right", "[facebook]") {
    struct Case {
        const char* from;
        const char* to;
        const char* says;
    };
    const auto one = GENERATE(Case{"private_allowed = true", "private_allowed = false", "https://"},
                              Case{"page = \"102938475610293\"", "page = \"@strona\"", "digits"},
                              Case{"page = \"102938475610293\"", "pages_max = 0\npage = \"1\"", "1 to 1000"},
                              Case{"app_id = \"1234567890\"", "app_idd = \"1\"", "app_id"},
                              Case{"host = \"http://", "host = \"ftp://", "https://"});
    GraphFixture f("facebook");
    f.toml.replace(f.toml.find(one.from), std::string(one.from).size(), one.to);

    f.make("facebook", f.toml, f.problems);

    REQUIRE_FALSE(f.problems.empty());
    CHECK(f.problems.lines()[0].find(one.says) != std::string::npos);
    CHECK(f.problems.lines()[0].starts_with("larum.toml:"));
}

TEST_CASE("the position of the next page leaves host and token behind", "[facebook]") {
    const auto position = connectors::graph::position_of(
        "https://evil.example/v1.0/1/"
        "feed?access_token=SECRET&appsecret_proof=P&limit=25&until=1785312004&__paging_token=enc%2BA%3D%3D");
    CHECK(connectors::graph::write_query(position) == "until=1785312004&__paging_token=enc%2bA%3d%3d");
}

TEST_CASE("every code of the table leads to one reaction", "[facebook]") {
    const Time now = *parse_time("2026-08-02T10:00:00Z");
    const auto ending = [&](int code, int subcode = 0) {
        return connectors::graph::outcome_of("facebook", code, subcode, now).ending;
    };
    for (const int code : {1, 2, 4, 17, 32, 341, 613, 80001, 80002, 80006, 80008, 368, 0, -5, 424242})
        CHECK(ending(code) == Ending::later);
    for (const int code : {3, 10, 102, 190, 200, 210, 299}) CHECK(ending(code) == Ending::reauth);
    for (const int code : {12, 100, 506, 2635}) CHECK(ending(code) == Ending::broken);
    CHECK(ending(100, 33) == Ending::gone);
    CHECK(connectors::graph::outcome_of("facebook", 368, 0, now).not_before == now + 3h);
    CHECK(connectors::graph::outcome_of("facebook", 613, 1996, now).not_before == now + 5min);
    CHECK_FALSE(connectors::graph::outcome_of("facebook", 2, 0, now).not_before);
}
