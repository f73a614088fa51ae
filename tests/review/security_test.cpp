#include "core/crypto.h"
#include "daemon/review/password.h"
#include "support/catch.h"
#include "support/review_house.h"
#include "support/web_client.h"

#include <nlohmann/json.hpp>

using namespace larum;
using namespace std::chrono_literals;
using nlohmann::json;
using test::Client;
using test::ReviewHouse;
using test::story_password;

namespace {

Client signed_in(ReviewHouse& house, const std::string& name) {
    Client client(house.port());
    REQUIRE(client.sign_in(name, story_password).status == 201);
    return client;
}

/// The pattern with real ids of the story, or ids of nothing.
std::string path_of(std::string pattern, const ReviewHouse& house) {
    const auto put = [&pattern](const std::string& name, const std::string& value) {
        if (const auto at = pattern.find(name); at != std::string::npos) pattern.replace(at, name.size(), value);
    };
    const bool post = pattern.find("/posts/") != std::string::npos;
    put("{brand}", "blawatek");
    put("{id}", to_text(post ? house.story.posts.at("anna") : house.story.escalations.at("anna")));
    return pattern;
}

} // namespace

TEST_CASE("access matrix: every route of the API refuses who may not, before it does anything", "[review][security]") {
    ReviewHouse house;
    Client nobody(house.port());
    auto viewer = signed_in(house, "Ola");
    auto reviewer = signed_in(house, "Jan");
    auto stranger = signed_in(house, "Obcy");
    const auto before = house.database.ask("SELECT (SELECT count(*) FROM audit) + (SELECT count(*) FROM label) + (SELECT sum(revision) FROM escalation)");

    for (const auto& route : review::api_routes()) {
        const auto path = path_of(route.pattern, house);
        INFO(route.method << ' ' << path);
        const auto ask = [&](Client& client) { return client.write(route.method, path).status; };
        CHECK(ask(nobody) == 401);
        if (route.need == review::Need::account) continue;
        CHECK(ask(stranger) == 404);
        if (route.need == review::Need::reviewer || route.need == review::Need::admin) CHECK(ask(viewer) == 403);
        if (route.need == review::Need::admin) CHECK(ask(reviewer) == 403);
    }
    CHECK(nobody.get("/api/events").status == 401);
    CHECK(house.database.ask("SELECT (SELECT count(*) FROM audit) + (SELECT count(*) FROM label) + (SELECT sum(revision) FROM escalation)") == before);
}

TEST_CASE("another brand's posts, queue and sources are not there", "[review][security]") {
    ReviewHouse house;
    auto stranger = signed_in(house, "Obcy");

    CHECK(json::parse(stranger.get("/api/queue").body)["items"].empty());
    CHECK(stranger.get("/api/queue?brand=blawatek").status == 404);
    CHECK(json::parse(stranger.get("/api/sources").body)["sources"].empty());
    CHECK(json::parse(stranger.get("/api/dead-letters").body)["letters"].empty());
    // A foreign id below one's own brand leads nowhere either.
    const auto post = to_text(house.story.posts.at("anna"));
    CHECK(stranger.get("/api/brands/kobalt/posts/" + post).status == 404);
    CHECK(stranger.write("POST", "/api/brands/kobalt/escalations/" + to_text(house.story.escalations.at("anna")) + "/acknowledge").status == 404);
}

TEST_CASE("only hashes of a session are kept, and its cookie is strict", "[review][security]") {
    ReviewHouse house;
    Client client(house.port());

    const auto answer = client.sign_in("Jan", story_password);

    const auto set = header(answer.headers, "Set-Cookie");
    CHECK(set.rfind("__Host-larum=", 0) == 0);
    for (const auto* flag : {"; Path=/", "; Secure", "; HttpOnly", "; SameSite=Strict"}) CHECK(set.find(flag) != std::string::npos);
    const auto token = client.cookie.substr(client.cookie.find('=') + 1);
    CHECK(token.size() >= 43);
    const auto hashes = house.database.ask("SELECT encode(token_hash, 'hex') || encode(csrf_hash, 'hex') FROM session");
    CHECK(hashes.size() == 128);
    CHECK(hashes.find(to_hex(token)) == std::string::npos);
    CHECK(hashes.find(client.csrf) == std::string::npos);
    CHECK(house.database.ask("SELECT password_hash FROM account WHERE name = 'Jan'").rfind("$argon2id$v=19$m=19456,t=2,p=1$", 0) == 0);
}

TEST_CASE("a session is new at every sign-in, and the one before ends", "[review][security]") {
    ReviewHouse house;
    auto client = signed_in(house, "Jan");
    const auto before = client.cookie;

    REQUIRE(client.sign_in("Jan", story_password).status == 201);

    CHECK(client.cookie != before);
    client.cookie = before;
    CHECK(client.get("/api/session").status == 401);
}

TEST_CASE("a write without the page's own token is refused", "[review][security]") {
    ReviewHouse house;
    auto client = signed_in(house, "Jan");
    auto other = signed_in(house, "Ewa");
    const auto path = "/api/brands/blawatek/escalations/" + to_text(house.story.escalations.at("anna")) + "/acknowledge";

    CHECK(client.send("POST", path, "{}", {{"Content-Type", "application/json"}}).status == 403);
    client.csrf = other.csrf;
    CHECK(client.write("POST", path).status == 403);
    CHECK(house.database.ask("SELECT state FROM escalation WHERE escalation_id = $1", {house.story.escalations.at("anna")}) == "open");
}

TEST_CASE("another site's form cannot sign anybody in", "[review][security]") {
    ReviewHouse house;
    Client client(house.port());
    const json body = {{"name", "Jan"}, {"password", story_password}};

    CHECK(client.send("POST", "/api/session", body.dump(), {{"Content-Type", "text/plain"}}).status == 403);
    CHECK(client.send("POST", "/api/session", body.dump(), {{"Content-Type", "application/json"}, {"Sec-Fetch-Site", "cross-site"}}).status == 403);
}

TEST_CASE("sessions end by idling, by age, and at sign-out", "[review][security]") {
    ReviewHouse house;
    auto idle = signed_in(house, "Jan");
    auto busy = signed_in(house, "Jan");
    auto leaving = signed_in(house, "Ola");

    CHECK(leaving.write("DELETE", "/api/session").status == 200);
    CHECK(leaving.get("/api/session").status == 401);
    for (int i = 0; i < 3; ++i) {
        house.clock.turn(7h);
        CHECK(busy.get("/api/session").status == 200);
    }
    CHECK(idle.get("/api/session").status == 401);
    house.clock.turn(4h);
    CHECK(busy.get("/api/session").status == 401);
    house.review.tick(house.clock.now());
    CHECK(house.database.ask("SELECT count(*) FROM session") == "0");
}

TEST_CASE("disabling an account ends its sessions and its event streams", "[review][security]") {
    ReviewHouse house;
    auto client = signed_in(house, "Jan");
    test::Wire stream(house.port());
    stream.say("GET /api/events HTTP/1.1\r\nHost: x\r\nCookie: " + client.cookie + "\r\n\r\n");
    REQUIRE(stream.hear("event: hello").find("200 OK") != std::string::npos);
    house.review.tick(house.clock.now());

    house.database.pool().with([&](store::Transaction& tx) { store::disable_account(tx, house.story.accounts.at("jan"), house.clock.now()); });
    house.review.tick(house.clock.now());

    CHECK(stream.closed_within(5000));
    CHECK(client.get("/api/session").status == 401);
    CHECK(client.sign_in("Jan", story_password).status == 401);
}

TEST_CASE("an open page hears of what changes in its brands only", "[review]") {
    ReviewHouse house;
    auto jan = signed_in(house, "Jan");
    auto stranger = signed_in(house, "Obcy");
    const auto open = [&](test::Wire& wire, const Client& client) {
        wire.say("GET /api/events HTTP/1.1\r\nHost: x\r\nCookie: " + client.cookie + "\r\n\r\n");
        wire.hear("event: hello");
    };
    test::Wire own(house.port()), foreign(house.port());
    open(own, jan);
    open(foreign, stranger);
    CHECK_FALSE(house.review.tick(house.clock.now()));

    jan.write("POST", "/api/brands/blawatek/escalations/" + to_text(house.story.escalations.at("anna")) + "/acknowledge");

    CHECK(house.review.tick(house.clock.now()));
    CHECK_FALSE(house.review.tick(house.clock.now()));
    CHECK(own.hear(to_text(house.story.escalations.at("anna"))).find("event: change") != std::string::npos);
    house.review.live().end_all();
    CHECK(foreign.hear({}).find("event: change") == std::string::npos);
}

TEST_CASE("guessing a password is slowed down for the account and for the address", "[review][security]") {
    ReviewHouse house;
    Client client(house.port());
    for (int i = 0; i < review::SignInLimits::account_tries_max; ++i) CHECK(client.sign_in("Jan", "wrong guess").status == 401);

    const auto refused = client.sign_in("Jan", story_password);

    CHECK(refused.status == 429);
    CHECK(std::stoi(header(refused.headers, "Retry-After")) > 800);
    CHECK(client.sign_in("Ewa", story_password).status == 201);
    house.clock.turn(16min);
    CHECK(client.sign_in("Jan", story_password).status == 201);
}

TEST_CASE("tables of sign-in tries are bounded, and addresses have a bound of their own", "[review][security]") {
    review::SignInLimits limits;
    const Time now{};
    for (int i = 0; i < review::SignInLimits::address_tries_max; ++i)
        CHECK(limits.count("name" + std::to_string(i), "192.0.2.1", now) == Span::zero());
    CHECK(limits.count("another", "192.0.2.1", now) > Span::zero());
    CHECK(limits.count("another", "192.0.2.2", now) == Span::zero());
    for (int i = 0; i < 20000; ++i) limits.count("n" + std::to_string(i), "a" + std::to_string(i), now);
    CHECK(limits.count("another", "192.0.2.1", now) == Span::zero());
}

TEST_CASE("an unknown name and a wrong password are answered alike", "[review][security]") {
    ReviewHouse house;
    Client client(house.port());

    const auto unknown = client.sign_in("Nikt", "wrong guess");
    const auto wrong = client.sign_in("Jan", "wrong guess");

    CHECK(unknown.status == 401);
    CHECK(unknown.body == wrong.body);
    CHECK(client.send("POST", "/api/session", "[]", {{"Content-Type", "application/json"}}).status == 400);
    CHECK(client.send("POST", "/api/session", R"({"name":1,"password":2})", {{"Content-Type", "application/json"}}).status == 400);
    CHECK(client.send("POST", "/api/session", std::string(5000, 'x'), {{"Content-Type", "application/json"}}).status == 413);
}

TEST_CASE("a changed password ends the account's other sessions", "[review][security]") {
    ReviewHouse house;
    auto here = signed_in(house, "Jan");
    auto elsewhere = signed_in(house, "Jan");
    const auto change = [&](const char* old, const char* wanted) {
        return here.write("PUT", "/api/account/password", json({{"old", old}, {"new", wanted}}).dump()).status;
    };

    CHECK(change("not this one", "nowe dlugie haslo") == 403);
    CHECK(change(story_password, "short") == 400);
    CHECK(change(story_password, "nowe dlugie haslo") == 200);

    CHECK(here.get("/api/session").status == 200);
    CHECK(elsewhere.get("/api/session").status == 401);
    CHECK(Client(house.port()).sign_in("Jan", "nowe dlugie haslo").status == 201);
}

TEST_CASE("every answer of the page carries the strict headers", "[review][security]") {
    ReviewHouse house;
    Client client(house.port());

    for (const auto* path : {"/", "/api/session", "/nothing"}) {
        const auto answer = client.get(path);
        INFO(path);
        const auto policy = header(answer.headers, "Content-Security-Policy");
        CHECK(policy.find("default-src 'none'") != std::string::npos);
        CHECK(policy.find("unsafe") == std::string::npos);
        CHECK(header(answer.headers, "X-Content-Type-Options") == "nosniff");
        CHECK(header(answer.headers, "Referrer-Policy") == "no-referrer");
    }
    const auto page = client.get("/").body;
    CHECK(page.find("<style") == std::string::npos);
    CHECK(page.find("style=") == std::string::npos);
}
