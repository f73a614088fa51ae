#include "connectors/connector.h"
#include "support/catch.h"
#include "support/http_server.h"

#include <nlohmann/json.hpp>

#include <cstdlib>

using namespace larum;
using namespace larum::connectors;
using namespace larum::test;
using nlohmann::json;

namespace {

/// A server that knows one session, «a1» refreshed by «r1» to «a2», and answers questions as the test says.
struct Sky {
    explicit Sky(std::function<json(const HttpRequest&)> answer_question) : question(std::move(answer_question)), http([this](const HttpRequest& r) { return answer(r); }) {
        ::setenv("LARUM_TEST_SKY", "app-password-x", 1);
        config::Problems problems;
        const auto table = config::parse_toml("service = \"https://pds.example/\"\nidentifier = \"acme.example\"\npassword = \"env:LARUM_TEST_SKY\"\nsearch = [\"acme\"]\n", "test");
        connector = find_kind("bluesky")->make(table, {}, problems, {http}).connector;
        REQUIRE(problems.empty());
    }
    HttpAnswer answer(const HttpRequest& request) {
        const auto token = header(request.headers, "Authorization");
        const auto tokens = [](const char* access, const char* refresh) {
            return HttpAnswer{200, {}, json{{"accessJwt", access}, {"refreshJwt", refresh}, {"did", "did:plc:brand"}}.dump()};
        };
        if (request.url.find("createSession") != std::string::npos) return login_status == 200 ? tokens("a1", "r1") : HttpAnswer{login_status, {}, R"({"error":"AuthenticationRequired","message":"bad app-password-x"})"};
        if (request.url.find("refreshSession") != std::string::npos) return token == "Bearer r1" && refreshes ? tokens("a2", "r2") : HttpAnswer{400, {}, R"({"error":"ExpiredToken"})"};
        if (token != "Bearer " + living) return {400, {}, R"({"error":"ExpiredToken","message":"Token has expired"})"};
        return {200, {{"RateLimit-Limit", "3000"}, {"RateLimit-Remaining", "2400"}}, question(request).dump()};
    }
    /// Calls until something other than `again` comes, as the scheduler does.
    PollResult poll(const std::string& name = "notifications") {
        stream.name = name;
        for (int i = 0;; ++i) {
            Call call{now, session};
            const auto before = http.requests.size();
            auto result = connector->poll(stream, call);
            CHECK(http.requests.size() - before == 1);
            if (result.page.cursor) stream.cursor = *result.page.cursor;
            if (result.outcome.ending != Ending::again || i == 4) return result;
        }
    }
    std::string living = "a1";
    bool refreshes = true;
    int login_status = 200;
    std::function<json(const HttpRequest&)> question;
    ScriptedHttp http;
    std::unique_ptr<Connector> connector;
    Session session;
    Stream stream;
    Time now = *parse_time("2026-04-05T12:00:00Z");
};

json item(const std::string& key, const std::string& at, const std::string& did = "did:plc:ania") {
    return {{"uri", "at://" + did + "/app.bsky.feed.post/" + key}, {"cid", "c"}, {"author", {{"did", did}, {"handle", "ania.example"}, {"displayName", "Ania"}}},
            {"reason", "mention"}, {"indexedAt", at}, {"isRead", false},
            {"record", {{"text", "trzeci raz, zażółć " + key}, {"createdAt", at}, {"langs", {"pl"}}}}};
}

std::string at(int minute) { return "2026-04-05T11:" + std::string(minute < 10 ? "0" : "") + std::to_string(minute) + ":00.000Z"; }

} // namespace

TEST_CASE("a session is opened once and used on", "[bluesky]") {
    Sky sky([](const auto&) { return json{{"notifications", json::array()}}; });
    CHECK(sky.poll().outcome.ok());
    CHECK(sky.poll().outcome.ok());
    CHECK(sky.http.requests.size() == 3);
    CHECK(sky.http.requests[0].url == "https://pds.example/xrpc/com.atproto.server.createSession");
    CHECK(*sky.poll().page.used == Approx(0.2));
}

TEST_CASE("an expired session is refreshed, an ended one opened anew, a revoked one told", "[bluesky]") {
    Sky sky([](const auto&) { return json{{"notifications", json::array()}}; });
    sky.poll();
    sky.living = "a2";
    CHECK(sky.poll().outcome.ok());
    CHECK(sky.session.state.find("r2") != std::string::npos);
    sky.living = "a1"; // the second refresh is refused
    CHECK(sky.poll().outcome.ok());
    sky.living = "none";
    sky.refreshes = false;
    sky.login_status = 401;
    const auto dead = sky.poll().outcome;
    CHECK(dead.ending == Ending::reauth);
    CHECK(dead.reason.starts_with("bluesky: status 401 AuthenticationRequired"));
}

TEST_CASE("mentions and replies become posts, oldest first", "[bluesky]") {
    auto reply = item("2", at(30));
    reply["record"]["reply"] = {{"parent", {{"uri", "at://did:plc:brand/app.bsky.feed.post/9"}}}};
    reply["record"]["facets"] = {{{"features", {{{"$type", "app.bsky.richtext.facet#link"}, {"uri", "https://acme.example/zam"}}}}}};
    Sky sky([&](const HttpRequest& request) {
        CHECK(request.url.find("reasons=mention&reasons=reply&reasons=quote") != std::string::npos);
        return json{{"notifications", {reply, item("1", at(20))}}};
    });
    const auto page = sky.poll().page;
    REQUIRE(page.posts.size() == 2);
    CHECK(page.posts[0].text == "trzeci raz, zażółć 1");
    CHECK(page.posts[0].kind == PostKind::mention);
    CHECK(page.posts[0].author.id == "did:plc:ania");
    CHECK(page.posts[0].author.handle == "ania.example");
    CHECK(page.posts[0].url == "https://bsky.app/profile/ania.example/post/1");
    CHECK(page.posts[1].kind == PostKind::comment);
    CHECK(page.posts[1].parent_id == "at://did:plc:brand/app.bsky.feed.post/9");
    CHECK(page.posts[1].attachments.at(0).url == "https://acme.example/zam");
    CHECK_FALSE(page.posts[1].own);
}

TEST_CASE("a walk goes back to where the last began and the mark moves only when it is complete", "[bluesky]") {
    std::map<std::string, json> pages;
    std::vector<std::string> asked;
    Sky sky([&](const HttpRequest& request) {
        const auto cursor = request.url.find("&cursor=");
        asked.push_back(cursor == std::string::npos ? "" : request.url.substr(cursor + 8));
        return pages.at(asked.back());
    });
    pages[""] = {{"notifications", {item("1", at(10))}}};
    CHECK_FALSE(sky.poll().page.more);
    pages[""] = {{"notifications", {item("5", at(50)), item("4", at(45))}}, {"cursor", "p2"}};
    pages["p2"] = {{"notifications", {item("3", at(40)), item("2", at(30))}}, {"cursor", "p3"}};
    pages["p3"] = {{"notifications", {item("1", at(10)), item("0", "2026-04-05T10:30:00Z")}}, {"cursor", "p4"}};
    CHECK(sky.poll().page.more);
    CHECK(sky.stream.cursor.find("11:50") == sky.stream.cursor.find("newest") + 9 + std::string("2026-04-05T").size()); // seen, not yet passed
    CHECK(sky.poll().page.more);
    CHECK_FALSE(sky.poll().page.more);
    CHECK(asked == std::vector<std::string>{"", "", "p2", "p3"});
    CHECK(json::parse(sky.stream.cursor)["mark"] == "2026-04-05T11:50:00Z");
}

TEST_CASE("a walk past its bound is a recorded gap", "[bluesky]") {
    Sky sky([n = 0](const HttpRequest&) mutable {
        ++n;
        return json{{"notifications", {item(std::to_string(n), at(59 - n))}}, {"cursor", "p" + std::to_string(n)}};
    });
    sky.now = *parse_time("2026-04-05T12:00:00Z");
    PollResult last;
    for (int i = 0; i < 50; ++i) last = sky.poll();
    CHECK_FALSE(last.page.more);
    REQUIRE(last.page.gaps.size() == 1);
    CHECK(format_time(last.page.gaps[0].to) == "2026-04-05T11:09:00Z");
}

TEST_CASE("the brand's own answers are its own, reposts are nobody's news", "[bluesky]") {
    auto answer = item("7", at(40), "did:plc:brand");
    Sky sky([&](const HttpRequest& request) {
        CHECK(request.url.find("getAuthorFeed") != std::string::npos);
        CHECK(request.url.find("actor=did%3Aplc%3Abrand") != std::string::npos);
        answer.erase("reason");
        return json{{"feed", {{{"post", answer}}, {{"post", item("8", at(41))}, {"reason", {{"$type", "app.bsky.feed.defs#reasonRepost"}}}}}}};
    });
    const auto page = sky.poll("own").page;
    REQUIRE(page.posts.size() == 1);
    CHECK(page.posts[0].own);
}

TEST_CASE("known posts that getPosts no longer gives are deleted", "[bluesky]") {
    Sky sky([&](const HttpRequest& request) {
        CHECK(request.url.find("getPosts?uris=at%3A%2F%2Fdid%3Aplc%3Aania%2Fapp.bsky.feed.post%2F1&uris=") != std::string::npos);
        auto view = item("2", at(30));
        view.erase("reason");
        view["likeCount"] = 7;
        return json{{"posts", {view}}};
    });
    sky.session.state = R"({"access":"a1","refresh":"r1","did":"did:plc:brand"})";
    std::vector<Post> known(2);
    known[0].id = "at://did:plc:ania/app.bsky.feed.post/1";
    known[1].id = "at://did:plc:ania/app.bsky.feed.post/2";
    Call call{sky.now, sky.session};
    const auto result = sky.connector->recheck(known, call);
    REQUIRE(result.deletions.size() == 1);
    CHECK(result.deletions[0].id == known[0].id);
    REQUIRE(result.posts.size() == 1);
    CHECK(result.posts[0].metrics.likes == std::optional<std::int64_t>(7));
}

TEST_CASE("an item that makes no sense is set aside and the others are kept", "[bluesky]") {
    Sky sky([](const HttpRequest&) {
        return json{{"notifications", {item("1", at(10)), {{"uri", 5}}, {{"uri", "at://x/y/z"}, {"author", {{"did", "did:plc:x"}}}, {"indexedAt", "soon"}}, "text", nullptr}}};
    });
    const auto page = sky.poll().page;
    CHECK(page.posts.size() == 1);
    CHECK(page.rejected.size() == 4);
}
