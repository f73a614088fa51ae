#include "alerts/channel.h"
#include "core/http_client.h"
#include "demo/chat_server.h"
#include "support/catch.h"

#include <cstdlib>

using namespace larum;
using namespace std::chrono_literals;
using alerts::Ending;

namespace {

/// Receivers on loopback are private addresses; the channels' own settings would allow them.
struct PrivateHttp final : Http {
    std::unique_ptr<Http> real = make_http();
    HttpAnswer send(const HttpRequest& request) override {
        auto allowed = request;
        allowed.private_allowed = true;
        return real->send(allowed);
    }
};

struct Desk {
    SystemClock clock;
    demo::ChatServer chat{clock};
    PrivateHttp http;

    std::unique_ptr<alerts::Channel> channel(const std::string& kind, const std::string& toml) {
        setenv("LARUM_TEST_SLACK_TOKEN", chat.settings().slack_token.c_str(), 1);
        setenv("LARUM_TEST_SLACK_HOOK", chat.slack_webhook().c_str(), 1);
        setenv("LARUM_TEST_MATTERMOST_TOKEN", chat.settings().mattermost_token.c_str(), 1);
        setenv("LARUM_TEST_WEBHOOK", chat.webhook().c_str(), 1);
        setenv("LARUM_TEST_WEBHOOK_SECRET", chat.settings().webhook_secret.c_str(), 1);
        config::Problems problems;
        auto made = alerts::find_kind(kind)->make(config::parse_toml(toml, "larum.toml"),
                                                  {"kind", "private_allowed"}, problems, {http});
        REQUIRE(problems.empty());
        return made;
    }
};

alerts::Message alert(const std::string& quote = "Piszę trzeci raz i cisza.") {
    alerts::Message message;
    message.alert_id = "42";
    message.lang = "pl";
    message.brand = "Dębowy Czajnik";
    message.detail = Detail::full;
    message.lines = {{alerts::LineRole::headline, "PILNE · 3. próba", ""},
                     {alerts::LineRole::quote, quote, "https://www.facebook.com/1_2"}};
    message.actions = {{"Moje", "http://127.0.0.1/a/42"}};
    return message;
}

} // namespace

TEST_CASE("slack's messages stand every check and are edited in place", "[demo][alerts]") {
    Desk desk;
    const auto slack = desk.channel(
        "slack", "kind = \"slack\"\nto = \"C0DEMO\"\ntoken = \"env:LARUM_TEST_SLACK_TOKEN\"\napi = \"" +
                     desk.chat.slack_api() + "\"\n");
    const auto hostile = "<!channel> *b* `x` <https://evil.example|klik> & " + std::string(5000, 'z');

    const auto sent = slack->send(alert(hostile), "", "", desk.clock.now());
    REQUIRE(sent.ending == Ending::delivered);
    auto news = alert("Wpis usunięty.");
    news.revision = 2;
    const auto edited = slack->send(news, "", sent.message_id, desk.clock.now());

    CHECK(edited.ending == Ending::delivered);
    CHECK(desk.chat.complaints().empty());
    REQUIRE(desk.chat.messages().size() == 1);
    CHECK(desk.chat.messages()[0].edits == 1);
    CHECK(desk.chat.messages()[0].text.find("Wpis usunięty.") != std::string::npos);
    CHECK(desk.chat.messages()[0].text.find("[Moje]") != std::string::npos);
}

TEST_CASE("what the chats refuse is an outcome", "[demo][alerts]") {
    Desk desk;
    const auto slack =
        desk.channel("slack", "kind = \"slack\"\ntoken = \"env:LARUM_TEST_SLACK_TOKEN\"\napi = \"" +
                                  desk.chat.slack_api() + "\"\n");
    const auto now = desk.clock.now();
    CHECK(slack->send(alert(), "C0NOWHERE", "", now).ending == Ending::refused);
    desk.chat.limit(0, 30);
    const auto later = slack->send(alert(), "C0DEMO", "", now);
    CHECK(later.ending == Ending::later);
    REQUIRE(later.not_before);
    CHECK(*later.not_before >= now + 30s);
    desk.chat.relent();
    desk.chat.answer_next({503, {}, "<html>"});
    CHECK(slack->send(alert(), "C0DEMO", "", now).ending == Ending::later);
    CHECK(desk.chat.messages().empty());
}

TEST_CASE("mattermost and the signed webhook stand their checks", "[demo][alerts]") {
    Desk desk;
    const auto mattermost = desk.channel(
        "mattermost",
        "kind = \"mattermost\"\nto = \"care\"\ntoken = \"env:LARUM_TEST_MATTERMOST_TOKEN\"\nurl = \"" +
            desk.chat.mattermost() + "\"\n");
    const auto posted = mattermost->send(alert("@all *b*"), "", "", desk.clock.now());
    REQUIRE(posted.ending == Ending::delivered);
    CHECK(mattermost->send(alert("nowe"), "", posted.message_id, desk.clock.now()).ending ==
          Ending::delivered);

    const auto webhook =
        desk.channel("webhook", "kind = \"webhook\"\nurl = \"env:LARUM_TEST_WEBHOOK\"\nsecret = "
                                "\"env:LARUM_TEST_WEBHOOK_SECRET\"\nedits = true\n");
    const auto now = desk.clock.now();
    const auto told = webhook->send(alert(), "", "", now);
    REQUIRE(told.ending == Ending::delivered);
    CHECK(webhook->send(alert(), "", "", now).ending == Ending::delivered); // a repetition is taken once
    auto news = alert("nowe");
    news.revision = 2;
    CHECK(webhook->send(news, "", told.message_id, now).ending == Ending::delivered);

    const auto messages = desk.chat.messages();
    REQUIRE(messages.size() == 2);
    CHECK(messages[0].edits == 1);
    CHECK(messages[1].edits == 1);
    CHECK(messages[1].text.find("nowe") != std::string::npos);
    CHECK(desk.chat.complaints().empty());
}
