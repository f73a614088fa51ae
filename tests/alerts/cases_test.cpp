#include "alerts/made.h"
#include "support/catch.h"

#include <nlohmann/json.hpp>

#include <filesystem>
#include <fstream>
#include <sstream>

using namespace larum;
using nlohmann::json;

namespace {

const Time now = *parse_time("2026-04-14T10:00:00Z");

json read_case(const std::filesystem::path& file) {
    std::ifstream in(file);
    std::stringstream text;
    text << in.rdbuf();
    return json::parse(text.str());
}

HttpAnswer answer_of(const json& reply) {
    HttpAnswer answer;
    answer.status = reply.value("status", 200);
    const auto headers = reply.value("headers", json::object());
    for (const auto& [name, value] : headers.items()) answer.headers.emplace_back(name, value);
    answer.body = reply.value("body", "");
    return answer;
}

/// Each reply of the case answers one request; the last one answers all that follow.
test::ScriptedHttp::Script script_of(const json& one, std::size_t& at) {
    return [&one, &at](const HttpRequest&) -> HttpAnswer {
        const auto& replies = one.at("replies");
        const auto& reply = replies.at(std::min(at++, replies.size() - 1));
        const auto fails = reply.value("fails", "");
        if (fails == "no_answer") throw NoAnswer("chat.example: no whole answer in time");
        if (fails == "unreachable") throw Error(Error::Kind::unreachable, "chat.example: could not be reached");
        if (fails == "private") throw Error(Error::Kind::refused, "chat.example: not public");
        return answer_of(reply);
    };
}

void check_request(const json& expected, const HttpRequest& request) {
    if (expected.contains("method")) CHECK(request.method == expected["method"]);
    if (expected.contains("url")) CHECK(request.url == expected["url"]);
    const auto headers = expected.value("headers", json::object());
    for (const auto& [name, value] : headers.items()) CHECK(header(request.headers, name) == value);
    for (const auto& part : expected.value("holds", json::array())) {
        INFO(request.body);
        CHECK(request.body.find(part.get<std::string>()) != std::string::npos);
    }
    for (const auto& part : expected.value("lacks", json::array())) {
        INFO(request.body);
        CHECK(request.body.find(part.get<std::string>()) == std::string::npos);
    }
}

void run_case(const std::string& kind, const json& one) {
    std::size_t at = 0;
    test::ScriptedHttp http(script_of(one, at));
    const auto channel = test::make_channel(kind, one.at("table"), http);
    auto message = test::small_message();
    if (one.contains("quote")) message.lines.at(1).text = one["quote"];
    message.revision = one.value("revision", 1);
    message.detail = Detail::masked;

    const auto outcome = channel->send(message, one.value("recipient", ""), one.value("message_id", ""), now);

    const auto& expected = one.at("outcome");
    CHECK(word(outcome.ending) == expected.at("ending").get<std::string>());
    if (expected.contains("message_id")) CHECK(outcome.message_id == expected["message_id"]);
    if (expected.contains("reason")) CHECK(outcome.reason.find(expected["reason"]) != std::string::npos);
    if (expected.contains("after_seconds")) {
        REQUIRE(outcome.not_before);
        CHECK((*outcome.not_before - now) / std::chrono::seconds{1} == expected["after_seconds"]);
    }
    CHECK(outcome.reason.find("very-secret") == std::string::npos);
    const auto requests = one.value("requests", json::array());
    if (!requests.empty()) REQUIRE(http.requests.size() == requests.size());
    for (std::size_t i = 0; i < requests.size(); ++i) check_request(requests[i], http.requests[i]);
}

} // namespace

TEST_CASE("every channel does with the replies it has met what its cases say", "[alerts][cases]") {
    const std::filesystem::path folder = std::filesystem::path(LARUM_SOURCE_DIR) / "tests/alerts";
    int count = 0;
    for (const auto& kind : std::filesystem::directory_iterator(folder)) {
        if (!kind.is_directory()) continue;
        for (const auto& one : std::filesystem::directory_iterator(kind.path())) {
            const auto name = kind.path().filename().string() + "/" + one.path().filename().string();
            INFO("case " << name);
            try {
                run_case(kind.path().filename().string(), read_case(one.path() / "case.json"));
            } catch (const std::exception& error) {
                FAIL(error.what());
            }
            ++count;
        }
    }
    CHECK(count >= 20);
}
