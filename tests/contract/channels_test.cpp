#include "alerts/made.h"
#include "alerts/shared/tame.h"
#include "core/text.h"
#include "support/catch.h"

using namespace larum;
using namespace larum::test;
using namespace std::chrono_literals;
using alerts::Ending;

namespace {

const Time now = *parse_time("2026-04-14T10:00:00Z");

/// Every channel over HTTP, in each of its ways.
const std::pair<const char*, const char*> ways[] = {
    {"slack", "token = \"env:LARUM_TEST_SECRET\"\nto = \"C0\"\n"},
    {"slack", "webhook = \"env:LARUM_TEST_URL\"\n"},
    {"mattermost", "url = \"https://chat.example\"\ntoken = \"env:LARUM_TEST_SECRET\"\nto = \"c\"\n"},
    {"mattermost", "webhook = \"env:LARUM_TEST_URL\"\n"},
    {"webhook", "url = \"env:LARUM_TEST_URL\"\nsecret = \"env:LARUM_TEST_SIGN\"\n"},
};

alerts::Outcome send(const std::pair<const char*, const char*>& way, const ScriptedHttp::Script& script) {
    ScriptedHttp http(script);
    return make_channel(way.first, way.second, http)->send(small_message(), "", "", now);
}

const std::string hostile[] = {
    "<!channel> <!here> <@U123> <https://evil.example|click me>",
    "@here @channel @everyone @all ](http://evil.example) ![x](http://evil.example/p.png)",
    "```\n*_~`>#|\\[](){}```",
    "\xE2\x80\xAE" "gnihtemos\xE2\x80\x8B\xEF\xBB\xBF\xF3\xA0\x81\x81",
    "line\r\nBcc: everybody@example.org\r\n\r\n.\r\nDATA",
    std::string(10000, 'W'),
    std::string("nul\0nul", 7) + "\xFF\xFE\xC0\x80 broken",
    "👩‍👩‍👧‍👦🏳️‍🌈 Z\xCC\x80\xCC\x81\xCC\x82\xCC\x83\xCC\x84\xCC\x85\xCC\x86",
    "",
    "   \n\t ",
};

} // namespace

TEST_CASE("every channel obeys Retry-After", "[alerts][contract]") {
    for (const auto& way : ways) {
        INFO(way.first);
        const auto outcome = send(way, [](const auto&) { return HttpAnswer{429, {{"Retry-After", "42"}}, ""}; });
        CHECK(outcome.ending == Ending::later);
        REQUIRE(outcome.not_before);
        CHECK(*outcome.not_before == now + 42s);
    }
}

TEST_CASE("every channel tries again after a fault of the other side, and not after a refusal", "[alerts][contract]") {
    for (const auto& way : ways) {
        INFO(way.first);
        for (const int status : {408, 500, 502, 503, 504})
            CHECK(send(way, [status](const auto&) { return HttpAnswer{status, {}, "<html>"}; }).ending == Ending::later);
        for (const int status : {301, 400, 401, 403, 404, 410, 413})
            CHECK(send(way, [status](const auto&) { return HttpAnswer{status, {}, "{}"}; }).ending == Ending::refused);
        CHECK(send(way, [](const auto&) -> HttpAnswer { throw Error(Error::Kind::unreachable, "away"); }).ending == Ending::later);
        CHECK(send(way, [](const auto&) -> HttpAnswer { throw NoAnswer("gone"); }).ending == Ending::unknown);
        CHECK(send(way, [](const auto&) -> HttpAnswer { throw Error(Error::Kind::too_large, "100 MB"); }).ending == Ending::unknown);
    }
}

TEST_CASE("no channel calls a page of HTML a delivery", "[alerts][contract]") {
    for (const auto& way : ways) {
        if (std::string(way.first) == "webhook") continue; // any 2xx is its success
        INFO(way.first);
        const auto outcome = send(way, [](const auto&) { return HttpAnswer{200, {}, "<!doctype html><title>Sign in</title>"}; });
        CHECK(outcome.ending == Ending::later);
    }
}

TEST_CASE("no reason tells a secret, an address or a word of the other side", "[alerts][contract]") {
    for (const auto& way : ways)
        for (const int status : {200, 400, 401, 403, 429, 500}) {
            const auto outcome = send(way, [status](const auto&) {
                return HttpAnswer{status, {}, R"({"ok":false,"error":"xoxb-very-secret","message":"I have called three times"})"};
            });
            INFO(way.first << ' ' << outcome.reason);
            for (const auto* secret : {"very-secret", "chat.example", "three times", "whsec", "xoxb"})
                CHECK(outcome.reason.find(secret) == std::string::npos);
        }
}

TEST_CASE("hostile text never loses an alert, nor leaves its line", "[alerts][contract]") {
    for (const auto& way : ways)
        for (const auto& text : hostile) {
            ScriptedHttp http([](const auto&) { return HttpAnswer{500, {}, ""}; });
            auto message = small_message();
            for (auto& line : message.lines) line.text = text;
            message.lines.push_back({alerts::LineRole::who, text, ""});
            make_channel(way.first, way.second, http)->send(message, "", "", now);
            REQUIRE(http.requests.size() == 1);
            CHECK(text::is_valid_utf8(http.requests.front().body));
            CHECK(http.requests.front().body.size() < 60000);
        }
}

TEST_CASE("tamed text is one line that mentions nobody", "[alerts][contract]") {
    using alerts::tame;
    for (const auto& text : hostile) {
        const auto tamed = tame(text);
        CHECK(text::is_valid_utf8(tamed));
        CHECK(text::code_points(tamed) <= 1000);
        CHECK(tamed.find_first_of(std::string("\r\n\t\0", 4)) == std::string::npos);
        for (const auto* bad : {"@here", "@channel", "@everyone", "://", "\xE2\x80\xAE", "\xE2\x80\x8B"})
            CHECK(tamed.find(bad) == std::string::npos);
    }
    CHECK(tame("👩‍👩‍👧‍👦 ok") == "👩‍👩‍👧‍👦 ok");
    CHECK(tame("Zażółć  gęślą\njaźń") == "Zażółć gęślą jaźń");
    CHECK(tame("a", 0).empty());
}

TEST_CASE("wrong settings of a channel are said where they stand", "[alerts][contract]") {
    ScriptedHttp http([](const auto&) { return HttpAnswer{}; });
    for (const auto& [kind, toml] : {std::pair{"slack", "to = \"C0\"\n"}, {"slack", "token = \"env:LARUM_TEST_SECRET\"\nwebhook = \"env:LARUM_TEST_URL\"\n"},
                                     {"slack", "tokn = \"x\"\nwebhook = \"env:LARUM_TEST_URL\"\n"}, {"mattermost", "token = \"env:LARUM_TEST_SECRET\"\n"},
                                     {"webhook", ""}, {"email", "server = \"smtp.example.org\"\nfrom = \"a@b.example\"\n"},
                                     {"email", "server = \"smtp.example.org:25\"\nfrom = \"a@b.example\\r\\nBcc: c@d.example\"\n"},
                                     {"log", "path = \"/tmp/x\"\n"}}) {
        INFO(kind << ": " << toml);
        CHECK_THROWS_AS(make_channel(kind, toml, http), Error);
    }
}

TEST_CASE("the log takes links only", "[alerts][contract]") {
    ScriptedHttp http([](const auto&) { return HttpAnswer{}; });
    const auto log = make_channel("log", "", http);
    auto message = small_message();
    CHECK(log->send(message, "", "", now).ending == Ending::refused);
    message.detail = Detail::link;
    CHECK(log->send(message, "", "", now).ending == Ending::delivered);
}
