// What is wrong with the settings of Mastodon, X, Telegram, Reddit and Discourse is said before anything is asked.
#include "connectors/connector.h"
#include "core/error.h"
#include "support/catch.h"
#include "support/http_server.h"

#include <cstdlib>

using namespace larum;
using namespace larum::connectors;
using namespace larum::test;

namespace {

std::string lines_of(const config::Problems& problems) {
    std::string all;
    for (const auto& line : problems.lines()) all += line + "\n";
    return all;
}

std::string problems_of(const std::string& kind, const std::string& table) {
    ::setenv("LARUM_TEST_SECRET", "123:very-secret", 1);
    ScriptedHttp http([](const auto&) { return HttpAnswer{}; });
    config::Problems problems;
    find_kind(kind)->make(config::parse_toml(table, "larum.toml"), {"private_allowed"}, problems, {http});
    CHECK(http.requests.empty());
    return lines_of(problems);
}

std::string app_problems_of(const std::string& kind, const std::string& table) {
    ::setenv("LARUM_TEST_SECRET", "123:very-secret", 1);
    config::Problems problems;
    find_kind(kind)->make_receiver(config::parse_toml(table, "larum.toml"), {}, problems);
    return lines_of(problems);
}

struct Wrong {
    std::string kind, table, says;
};

const std::string secret = "\"env:LARUM_TEST_SECRET\"\n";
const std::string mastodon = "account = \"@Acme\"\ntoken = " + secret;
const std::string x = "user_id = \"2244\"\n";
const std::string reddit = "client_id = \"a\"\nclient_secret = " + secret + "user_agent = \"linux:acme:1 (by /u/acme)\"\n";

} // namespace

TEST_CASE("settings of social networks that cannot work are refused with what would be right", "[connectors][settings]") {
    const std::vector<Wrong> all = {
        {"mastodon", mastodon, "host is missing"},
        {"mastodon", mastodon + "host = \"social.example\"", "must begin with https://"},
        {"mastodon", mastodon + "host = \"http://social.example\"", "private_allowed"},
        {"mastodon", mastodon + "host = \"https://social.example/@acme\"", "without a path"},
        {"mastodon", "account = \"acme@social.example\"\nhost = \"https://social.example\"\ntoken = " + secret, "name alone"},
        {"mastodon", mastodon + "host = \"https://social.example\"\npages_max = 0", "1 to 1000"},
        {"x", x, "token or refresh_token is missing"},
        {"x", "user_id = \"@acme\"\ntoken = " + secret, "digits"},
        {"x", x + "refresh_token = " + secret, "client_id is missing"},
        {"x", x + "client_id = \"a\"\nsearch = [\"q\"]\nlive = true\nrefresh_token = " + secret, "live needs token"},
        {"x", x + "live = true\ntoken = " + secret, "live needs search"},
        {"x", x + "daily_budget = -1.0\ntoken = " + secret, "budgets and prices"},
        {"x", x + "search = [\"" + std::string(513, 'q') + "\"]\ntoken = " + secret, "512"},
        {"telegram", "chats = []", "token is missing"},
        {"telegram", "host = \"ftp://x\"\ntoken = " + secret, "must begin with https://"},
        {"reddit", reddit, "what is to be read?"},
        {"reddit", reddit + "subreddits = [\"r/acme\"]", "without r/"},
        {"reddit", reddit + "refresh_token = " + secret, "user is missing"},
        {"reddit", "client_id = \"a\"\nsubreddits = [\"acme\"]\nuser_agent = \"larum\"\nclient_secret = " + secret, "Reddit throttles"},
        {"discourse", "host = \"https://forum.example\"\nposts = false", "what is to be read?"},
        {"discourse", "host = \"https://forum.example/latest\"", "without a path"},
        {"discourse", "hosts = \"https://forum.example\"", "host"},
    };
    for (const auto& one : all) {
        const auto problems = problems_of(one.kind, one.table);
        INFO(one.kind << ": " << one.table << " -> " << problems);
        CHECK(problems.find(one.says) != std::string::npos);
        CHECK(problems.find("very-secret") == std::string::npos);
    }
}

TEST_CASE("settings of social networks that work are taken", "[connectors][settings]") {
    CHECK(problems_of("mastodon", mastodon + "host = \"https://social.example/\"\ntags = [\"#acme\"]").empty());
    CHECK(problems_of("x", x + "token = " + secret).empty());
    CHECK(problems_of("telegram", "token = " + secret).empty());
    CHECK(problems_of("reddit", reddit + "subreddits = [\"acme\"]").empty());
    CHECK(problems_of("discourse", "host = \"https://forum.example/\"").empty());
}

TEST_CASE("webhook apps of social networks need their secret and whom they hear", "[connectors][settings]") {
    CHECK(app_problems_of("x", "").find("secret is missing") != std::string::npos);
    CHECK(app_problems_of("x", "secret = " + secret).empty());
    CHECK(app_problems_of("telegram", "secret = " + secret).find("bot_id is missing") != std::string::npos);
    CHECK(app_problems_of("telegram", "bot_id = \"@bot\"\nsecret = " + secret).find("digits") != std::string::npos);
    CHECK(app_problems_of("telegram", "bot_id = \"123\"\nsecret = " + secret).empty());
    CHECK(app_problems_of("discourse", "secret = " + secret).find("host is missing") != std::string::npos);
    CHECK(app_problems_of("discourse", "host = \"https://forum.example\"\nsecret = " + secret).empty());
}

TEST_CASE("sources with one credential share one budget, others do not", "[connectors][settings]") {
    ::setenv("LARUM_TEST_SECRET", "123:very-secret", 1);
    ScriptedHttp http([](const auto&) { return HttpAnswer{}; });
    const auto credential = [&](const std::string& kind, const std::string& table) {
        config::Problems problems;
        auto made = find_kind(kind)->make(config::parse_toml(table, "larum.toml"), {}, problems, {http});
        CHECK(made.credential.find("very-secret") == std::string::npos);
        return made.credential;
    };
    CHECK(credential("x", x + "token = " + secret) == credential("x", "user_id = \"5\"\ntoken = " + secret));
    CHECK(credential("x", x + "token = " + secret) != credential("x", x + "client_id = \"a\"\nrefresh_token = " + secret));
    CHECK(credential("discourse", "host = \"https://a.example\"") != credential("discourse", "host = \"https://b.example\""));
    CHECK(credential("discourse", "host = \"https://a.example/\"") == credential("discourse", "host = \"https://a.example\""));
    CHECK(credential("telegram", "token = " + secret) == credential("telegram", "chats = [\"@a\"]\ntoken = " + secret));
}
