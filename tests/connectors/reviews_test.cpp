// What sources of reviews, and YouTube, refuse in their settings, and the tools that they share.
#include "connectors/connector.h"
#include "connectors/shared/google.h"
#include "connectors/shared/newest_first.h"
#include "connectors/shared/sweep.h"
#include "connectors/shared/youtube_budget.h"
#include "core/jwt.h"
#include "support/catch.h"
#include "support/connector_case.h"
#include "support/http_server.h"

#include <nlohmann/json.hpp>

#include <filesystem>
#include <fstream>
#include <iterator>

using namespace larum;
using namespace larum::connectors;
using namespace larum::test;
using namespace std::chrono_literals;

namespace {

const Time now = *parse_time("2026-04-05T12:00:00Z");

/// Everything that is wrong with a source's settings, a line each.
std::string wrong(const std::string& kind, const std::string& table) {
    ::setenv("LARUM_TEST_SECRET", case_secret.c_str(), 1);
    ScriptedHttp http([](const HttpRequest&) { return HttpAnswer{}; });
    config::Problems problems;
    find_kind(kind)->make(config::parse_toml(table, kind), {"private_allowed"}, problems, {http});
    std::string all;
    for (const auto& line : problems.lines()) all += line + "\n";
    CHECK(all.find(case_secret) == std::string::npos);
    return all;
}

bool tells(const std::string& problems, const std::string& part) {
    INFO(problems);
    return problems.find(part) != std::string::npos;
}

const std::string secret = "\"env:LARUM_TEST_SECRET\"\n";

std::string read_file(const std::string& name) {
    std::ifstream in(std::filesystem::path(LARUM_SOURCE_DIR) / "tests/connectors" / name);
    return {std::istreambuf_iterator<char>(in), {}};
}

/// The public half of the key in google_play/test-only-service-account.json.
const std::string public_key = "-----BEGIN PUBLIC KEY-----\n"
                               "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAsvUG2erdG5efj5YItBIx\n"
                               "5giASA5hkWZEelOSeXrQVKGa/A066oKAVOmBkzforgt+7jIbRs8e+cji9R0kOX8s\n"
                               "T6FsGtZ8Ejzvf66VE0gk3WPYuT6+HkiPhIVZBdho23KXxgNNtZmOPSRKM9Vu5woU\n"
                               "LwkAEaVl/iRcbz23zYnhsp3sJ+Of6mOkyXjtSmWSJxvyJBQK6vNiFOoWjeMtRUAc\n"
                               "RCq3tghbKXWll2x9BdE9iEmQlFgz+XOha+5mN+854Mo1nZvWs53rq9QDh5UjW8Lx\n"
                               "8a4GggACYtI+k89WucYmvKqanlYvsO+aj7QdPIpETitOmkkpgp1jaxDn2nGPpHB4\n"
                               "vwIDAQAB\n"
                               "-----END PUBLIC KEY-----\n";

} // namespace

TEST_CASE("a token that a service account signs is good for its public key and no other", "[jwt]") {
    const auto account =
        google::read_service_account(config::Secret(read_file("google_play/test-only-service-account.json")));
    REQUIRE(account);
    CHECK(account->email == "larum@acme-test-only.iam.gserviceaccount.com");
    const auto token =
        jwt::sign(jwt::Algorithm::rs256, {{"kid", "k1"}}, {{"iss", "larum"}}, account->private_key.reveal());
    const auto verified = jwt::verify_rs256(token, public_key);
    REQUIRE(verified);
    CHECK(nlohmann::json::parse(verified->claims)["iss"] == "larum");
    CHECK(nlohmann::json::parse(*jwt::header_of(token))["kid"] == "k1");

    auto forged = token;
    forged[token.find('.') + 3] ^= 1;
    CHECK_FALSE(jwt::verify_rs256(forged, public_key));
    CHECK_FALSE(jwt::verify_rs256(token, "no key"));
    CHECK_FALSE(jwt::verify_rs256(token, "-----BEGIN CERTIFICATE-----\nbroken\n-----END CERTIFICATE-----\n"));
    CHECK_FALSE(jwt::verify_rs256(token.substr(0, token.rfind('.')), public_key));
    CHECK_FALSE(jwt::verify_rs256("", public_key));
}

TEST_CASE("a token for Apple carries both numbers of its signature and is another each time", "[jwt]") {
    const auto key = read_file("app_store/test-only-key.p8");
    const auto one = jwt::sign(jwt::Algorithm::es256, {{"kid", "k1"}}, {{"iss", "i"}}, key);
    const auto two = jwt::sign(jwt::Algorithm::es256, {{"kid", "k1"}}, {{"iss", "i"}}, key);
    CHECK(one.size() - one.rfind('.') - 1 == 86); // 64 bytes as base64 without padding
    CHECK(one.substr(0, one.rfind('.')) == two.substr(0, two.rfind('.')));
    CHECK(one != two);
    CHECK_FALSE(jwt::verify_rs256(one, public_key));
}

TEST_CASE("a YouTube source without anything to read, or with two ways in, is refused", "[youtube]") {
    CHECK(tells(wrong("youtube", "api_key = " + secret), "channel or search is needed"));
    CHECK(tells(wrong("youtube", "search = [\"acme\"]\n"), "give either api_key, or client_id"));
    CHECK(tells(wrong("youtube", "search = [\"acme\"]\nclient_id = \"c\"\n"),
                "give either api_key, or client_id"));
    CHECK(tells(wrong("youtube", "search = [\"acme\"]\nclient_id = \"c\"\napi_key = " + secret),
                "give either api_key, or client_id"));
    CHECK(tells(wrong("youtube", "channel = \"@acme\"\napi_key = " + secret), "begins with UC"));
    CHECK(tells(wrong("youtube", "channel = \"UC1\"\nsearches = 0\napi_key = " + secret), "at least 1"));
    CHECK(tells(wrong("youtube", "channel = \"UC1\"\nhost = \"http://127.0.0.1:1\"\napi_key = " + secret),
                "must begin with https://"));
    CHECK(wrong("youtube", "channel = \"UC1\"\napi_key = " + secret).empty());
}

TEST_CASE("Google Business ids are digits, and a push that is verified needs to know whose it may be",
          "[google_business]") {
    const std::string way_in = "client_id = \"c\"\nclient_secret = " + secret + "refresh_token = " + secret;
    CHECK(tells(wrong("google_business", "account = \"accounts/1\"\nlocations = [\"2\"]\n" + way_in),
                "account must be digits"));
    CHECK(tells(wrong("google_business", "account = \"1\"\nlocations = [\"locations/2\"]\n" + way_in),
                "ids of digits only"));
    CHECK(tells(wrong("google_business", "account = \"1\"\nlocations = []\n" + way_in), "at least one"));
    CHECK(tells(wrong("google_business", "account = \"1\"\nlocations = [\"2\"]\nsweep = \"5m\"\n" + way_in),
                "at least 1h"));
    CHECK(wrong("google_business", "account = \"1\"\nlocations = [\"2\"]\n" + way_in).empty());

    config::Problems problems;
    find_kind("google_business")
        ->make_receiver(config::parse_toml("certificates = \"/x.json\"\n", "app"), {}, problems);
    REQUIRE(problems.lines().size() == 1);
    CHECK(tells(problems.lines()[0], "needs audience and emails"));
}

TEST_CASE("a key that cannot sign is told when the config is read, and never quoted",
          "[google_play][app_store]") {
    CHECK(tells(wrong("google_play", "package = \"com.acme.app\"\nservice_account = " + secret),
                "no key file of a service account"));
    ::setenv("LARUM_TEST_ACCOUNT",
             ("{\"client_email\":\"a@b\",\"private_key\":\"" + case_secret + "\"}").c_str(), 1);
    CHECK(tells(
        wrong("google_play", "package = \"com.acme.app\"\nservice_account = \"env:LARUM_TEST_ACCOUNT\"\n"),
        "no RSA key in PEM form"));
    const std::string key = "issuer = \"i\"\nkey_id = \"k\"\nkey = " + secret;
    CHECK(tells(wrong("app_store", "apps = [\"1\"]\n" + key), "no EC key in PEM form"));
    CHECK(tells(wrong("app_store", "apps = [\"com.acme.app\"]\n" + key), "not bundle ids"));
    CHECK(tells(wrong("app_store", "apps = [\"1\"]\nterritories = [\"pl\"]\n" + key),
                "three letters such as POL"));
}

TEST_CASE("a Trustpilot source names its company by id and signs in one way", "[trustpilot]") {
    const std::string unit = "business_unit = \"46d6a890000064000500e0c3\"\napi_key = " + secret;
    CHECK(
        tells(wrong("trustpilot", "business_unit = \"acme.example\"\napi_key = " + secret), "not a domain"));
    CHECK(tells(wrong("trustpilot", unit + "username = \"a@acme.example\"\n"),
                "username and password go together"));
    CHECK(tells(wrong("trustpilot", unit + "username = \"a@acme.example\"\npassword = " + secret),
                "username needs api_secret"));
    CHECK(wrong("trustpilot", unit).empty());
}

TEST_CASE("two sources with one credential share one budget, and its digest does not show it", "[contract]") {
    ScriptedHttp http([](const HttpRequest&) { return HttpAnswer{}; });
    for (const auto& ground : kind_grounds()) {
        INFO(ground.kind);
        const auto one = ground.make(http).credential, two = ground.make(http).credential;
        CHECK(one == two);
        CHECK(one.find(case_secret) == std::string::npos);
    }
}

TEST_CASE("a sweep reads a list to its depth, page by page, and then begins at the top", "[sweep]") {
    Page page;
    Sweep first("", {24h, 10}, now);
    CHECK(first.position().empty());
    CHECK_FALSE(first.advance({now - 1h, now - 2h}, "p2", page));
    CHECK(page.more);

    Sweep second(*page.cursor, {24h, 10}, now + 1s);
    CHECK(second.position() == "p2");
    CHECK(second.seen() == 2);
    Page last;
    CHECK(second.advance({now - 25h}, "p3", last));
    CHECK_FALSE(last.more);
    CHECK(last.gaps.empty());

    Sweep again(*last.cursor, {24h, 10}, now + 1h);
    CHECK(again.position().empty());
    CHECK(again.seen() == 0);
    CHECK(again.last() == now);
}

TEST_CASE("a list that is longer than its sweep is a gap, and nonsense for a cursor begins anew", "[sweep]") {
    Page page;
    Sweep walk(
        R"({"position":"p9","begun":"2026-04-05T11:59:00Z","oldest":"2026-04-05T00:00:00Z","pages":9,"seen":900})",
        {24h, 10}, now);
    CHECK_FALSE(walk.advance({now - 13h}, "p10", page));
    CHECK_FALSE(page.more);
    REQUIRE(page.gaps.size() == 1);
    CHECK(page.gaps[0].from == *parse_time("2026-04-04T11:59:00Z"));
    CHECK(page.gaps[0].to == now - 13h);
    for (const std::string nonsense :
         {"x", "[]", "{\"position\":7}", "{\"position\":\"p\",\"pages\":-5,\"begun\":\"soon\"}"}) {
        Sweep anew(nonsense, {24h, 10}, now);
        Page read;
        CHECK(anew.advance({now}, "", read));
    }
}

TEST_CASE("a walk that begins anew keeps its mark, and does so within its bound", "[newest_first]") {
    std::string cursor =
        R"({"born":"2026-04-01T00:00:00Z","mark":"2026-04-04T00:00:00Z","position":"dead","pages":3})";
    for (int tries = 0; tries < 3; ++tries) {
        Page page;
        NewestFirst walk(cursor, {10min, 24h, 7}, now);
        walk.restart(page);
        CHECK_FALSE(page.more);
        cursor = *page.cursor;
    }
    NewestFirst walk(cursor, {10min, 24h, 7}, now);
    CHECK(walk.position().empty());
    CHECK(walk.floor() == *parse_time("2026-04-03T23:50:00Z"));
    Page page;
    walk.advance({now - 1h}, "p2", page);
    REQUIRE(page.gaps.size() == 1); // six tries before, and this is the seventh page
    CHECK_FALSE(page.more);
}

TEST_CASE("a day of Google's quotas begins at midnight in California, also when its clocks change",
          "[google]") {
    CHECK(google::day(*parse_time("2026-04-06T06:59:59Z")) == "2026-04-05");
    CHECK(google::next_day(*parse_time("2026-04-06T06:59:59Z")) == *parse_time("2026-04-06T07:00:00Z"));
    CHECK(google::next_day(*parse_time("2026-03-08T09:00:00Z")) ==
          *parse_time("2026-03-09T07:00:00Z")); // 23 hours
    CHECK(google::next_day(*parse_time("2026-11-01T08:00:00Z")) ==
          *parse_time("2026-11-02T08:00:00Z")); // 25 hours
}

TEST_CASE("searches of a day are counted by its day and take turns over it", "[youtube]") {
    const youtube::Budget::Limits limits{10'000, 2, 15min};
    Session session;
    youtube::Budget(session, limits, now).count_search(session);
    CHECK(session.changed);
    CHECK(youtube::Budget(session, limits, now + 1min).next_search() == now + 15min);
    CHECK(youtube::Budget(session, limits, now + 1min).searches_left());
    youtube::Budget(session, limits, now + 15min).count_search(session);
    CHECK_FALSE(youtube::Budget(session, limits, now + 30min).searches_left());
    CHECK(youtube::Budget(session, limits, *parse_time("2026-04-06T07:00:00Z")).searches_left());
    CHECK(youtube::Budget({"nonsense", false}, limits, now).searches_left());
}
