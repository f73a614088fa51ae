#include "core/crypto.h"
#include "demo/chat_server.h"
#include "support/catch.h"

#include <nlohmann/json.hpp>

using namespace larum;
using namespace std::chrono_literals;
using demo::ChatServer;
using nlohmann::json;

namespace {

struct FixedClock final : Clock {
    Time now() const override { return *parse_time("2021-02-25T15:02:10Z"); } // 1614265330
};

HttpAnswer send(const std::string& method, const std::string& url, const std::string& body,
                Headers headers = {}) {
    HttpRequest request;
    request.method = method;
    request.url = url;
    request.headers = std::move(headers);
    request.body = body;
    return demo::call_loopback(request);
}

const Headers bot = {{"Authorization", "Bearer xoxb-simulated"}};

json slack(ChatServer& chat, const std::string& method, const json& body, const Headers& headers = bot) {
    return json::parse(send("POST", chat.slack_api() + '/' + method, body.dump(), headers).body);
}

json section(const std::string& text) {
    return {{"type", "section"}, {"text", {{"type", "mrkdwn"}, {"text", text}}}};
}

} // namespace

TEST_CASE("the simulated Slack shows a message and edits it in place", "[demo]") {
    FixedClock clock;
    ChatServer chat(clock);
    const auto first = slack(chat, "chat.postMessage",
                             {{"channel", "C0DEMO"},
                              {"text", "t"},
                              {"blocks", json::array({section("PILNE"), section("druga linia")})}});
    REQUIRE(first["ok"] == true);
    CHECK(first["ts"].is_string());

    const auto edited =
        slack(chat, "chat.update", {{"channel", "C0DEMO"}, {"ts", first["ts"]}, {"text", "wpis usunięty"}});

    CHECK(edited["ok"] == true);
    REQUIRE(chat.messages().size() == 1);
    CHECK(chat.messages()[0].text == "wpis usunięty");
    CHECK(chat.messages()[0].edits == 1);
    CHECK(slack(chat, "chat.update", {{"channel", "C0DEMO"}, {"ts", "1.0"}, {"text", "x"}})["error"] ==
          "message_not_found");
}

TEST_CASE("the simulated Slack says no with status 200, as Slack does", "[demo]") {
    FixedClock clock;
    ChatServer chat(clock);
    CHECK(slack(chat, "chat.postMessage", {{"channel", "C0DEMO"}, {"text", "x"}},
                {{"Authorization", "Bearer no"}})["error"] == "invalid_auth");
    CHECK(slack(chat, "chat.postMessage", {{"channel", "C0GONE"}, {"text", "x"}})["error"] ==
          "channel_not_found");
    chat.archive("D0LEAD");
    CHECK(slack(chat, "chat.postMessage", {{"channel", "D0LEAD"}, {"text", "x"}})["error"] == "is_archived");
    CHECK(slack(chat, "chat.postMessage", {{"channel", "C0DEMO"}, {"text", ""}})["error"] == "no_text");
    CHECK(slack(chat, "chat.postMessage",
                {{"channel", "C0DEMO"},
                 {"blocks", json::array({section(std::string(3001, 'x'))})}})["error"] == "invalid_blocks");
    const json header = {{"type", "header"},
                         {"text", {{"type", "mrkdwn"}, {"text", "only plain text here"}}}};
    CHECK(slack(chat, "chat.postMessage",
                {{"channel", "C0DEMO"}, {"blocks", json::array({header})}})["error"] == "invalid_blocks");
    CHECK(chat.complaints().size() == 2);
    CHECK(chat.messages().empty());
}

TEST_CASE("block limits count letters, not bytes, and look into buttons", "[demo]") {
    const auto body = [](const json& block) { return json{{"blocks", json::array({block})}}.dump(); };
    std::string letters;
    for (int i = 0; i < 3000; ++i) letters += "ż";
    CHECK(demo::check_blocks(body(section(letters))).empty());
    CHECK_FALSE(demo::check_blocks(body(section(letters + "ż"))).empty());
    const auto actions = [](const json& button) {
        return json{{"type", "actions"}, {"elements", json::array({button})}};
    };
    const auto button = [](const std::string& label) {
        return json{{"type", "button"},
                    {"text", {{"type", "plain_text"}, {"text", label}}},
                    {"url", "https://larum.example/"}};
    };
    CHECK(demo::check_blocks(body(actions(button("Moje")))).empty());
    CHECK_FALSE(demo::check_blocks(body(actions(button(std::string(76, 'x'))))).empty());
    CHECK_FALSE(demo::check_blocks(body({{"type", "button"}})).empty());
    CHECK_FALSE(demo::check_blocks(body({{"type", 5}})).empty());
    CHECK_FALSE(demo::check_blocks(R"({"blocks":"x"})").empty());
    CHECK(demo::check_blocks("no json").empty());
}

TEST_CASE("limits, outages and lost answers can be played", "[demo]") {
    FixedClock clock;
    ChatServer chat(clock);
    const json message = {{"channel", "C0DEMO"}, {"text", "x"}};
    chat.limit(1, 30);
    CHECK(slack(chat, "chat.postMessage", message)["ok"] == true);
    const auto limited = send("POST", chat.slack_api() + "/chat.postMessage", message.dump(), bot);
    CHECK(limited.status == 429);
    CHECK(header(limited.headers, "Retry-After") == "30");
    chat.relent();

    chat.answer_next({503, {}, "<html>"});
    CHECK(send("POST", chat.slack_api() + "/chat.postMessage", message.dump(), bot).status == 503);
    CHECK(chat.messages().size() == 1);

    chat.lose_next_answer();
    CHECK(send("POST", chat.slack_api() + "/chat.postMessage", message.dump(), bot).status == 500);
    CHECK(chat.messages().size() == 2);
}

TEST_CASE("the simulated Mattermost takes, edits and refuses posts", "[demo]") {
    FixedClock clock;
    ChatServer chat(clock);
    const Headers token = {{"Authorization", "Bearer simulated-mattermost-token"}};
    const auto made = send("POST", chat.mattermost() + "/api/v4/posts",
                           R"({"channel_id":"care","message":"PILNE"})", token);
    CHECK(made.status == 201);
    const auto id = json::parse(made.body)["id"].get<std::string>();

    CHECK(send("PUT", chat.mattermost() + "/api/v4/posts/" + id + "/patch", R"({"message":"załatwione"})",
               token)
              .status == 200);
    CHECK(send("PUT", chat.mattermost() + "/api/v4/posts/other/patch", R"({"message":"x"})", token).status ==
          404);
    CHECK(
        send("POST", chat.mattermost() + "/api/v4/posts", R"({"channel_id":"care","message":"x"})").status ==
        401);
    CHECK(send("POST", chat.mattermost_hook(), R"({"text":"przez hak"})").body == "ok");
    REQUIRE(chat.messages().size() == 2);
    CHECK(chat.messages()[0].text == "załatwione");
    CHECK_FALSE(chat.messages()[1].can_change);
}

TEST_CASE("the generic webhook takes only what is signed, fresh and new", "[demo]") {
    FixedClock clock;
    ChatServer chat(clock);
    // The published vector of Standard Webhooks.
    const Headers vector = {{"webhook-id", "msg_p5jXN8AQM9LWM0D4loKWxJek"},
                            {"webhook-timestamp", "1614265330"},
                            {"webhook-signature", "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="}};
    CHECK(send("POST", chat.webhook(), R"({"test": 2432232314})", vector).status ==
          400); // signed well, but no message
    CHECK(send("POST", chat.webhook(), R"({"test": 2432232315})", vector).status == 401);

    const auto sign = [](const std::string& id, const std::string& stamp, const std::string& body) {
        const auto key = from_base64("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
        return Headers{
            {"webhook-id", id},
            {"webhook-timestamp", stamp},
            {"webhook-signature", "v1,old v1," + to_base64(hmac_sha256(key, id + '.' + stamp + '.' + body))}};
    };
    const std::string first = R"({"data":{"alert_id":"7","lines":[{"text":"PILNE"}]}})",
                      second = R"({"data":{"alert_id":"7","lines":[{"text":"nowe"}]}})";
    CHECK(send("POST", chat.webhook(), first, sign("msg_7", "1614265330", first)).status == 200);
    CHECK(send("POST", chat.webhook(), first, sign("msg_7", "1614265330", first)).status == 200);
    CHECK(send("POST", chat.webhook(), second, sign("msg_7_2", "1614265331", second)).status == 200);
    CHECK(send("POST", chat.webhook(), second, sign("msg_7_2", "1614260000", second)).status == 400);
    REQUIRE(chat.messages().size() == 1);
    CHECK(chat.messages()[0].text == "nowe");
}

TEST_CASE("a test can wait for what the chat shows", "[demo]") {
    FixedClock clock;
    ChatServer chat(clock);
    std::string told;
    chat.on_change([&](const demo::ChatMessage& message) { told = message.text; });
    slack(chat, "chat.postMessage", {{"channel", "C0DEMO"}, {"text", "PILNE"}});
    CHECK(chat.wait([](const auto& all) { return all.size() == 1; }, 1s));
    CHECK_FALSE(chat.wait([](const auto& all) { return all.size() == 2; }, 1ms));
    CHECK(told == "PILNE");
}
