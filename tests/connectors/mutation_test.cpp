// Recorded answers with one thing changed: a platform may write anything, and a connector takes it without a throw.
#include "core/error.h"
#include "support/catch.h"
#include "support/connector_case.h"
#include "support/http_server.h"

#include <algorithm>
#include <random>

using namespace larum;
using namespace larum::connectors;
using namespace larum::test;
using nlohmann::json;

namespace {

const Time now = *parse_time("2026-04-05T12:00:00Z");
constexpr int changes_each = 12;

void places_in(json& value, std::vector<json*>& places) {
    places.push_back(&value);
    if (value.is_structured())
        for (auto& member : value) places_in(member, places);
}

/// `body` with one value somewhere in it replaced by one of another kind, or gone.
json changed(json body, std::mt19937& chance) {
    std::vector<json*> places;
    places_in(body, places);
    auto& place = *places[chance() % places.size()];
    static const std::vector<json> others = {nullptr, true, -1, 1e300, 18446744073709551615ull, "", "x", "-9223372036854775809", "2026-13-45T99:99:99Z", "\xC5",
                                             json::array(), json::object(), json::array({nullptr}), json{{"id", nullptr}}};
    if (place.is_object() && !place.empty() && chance() % 2)
        place.erase(std::next(place.begin(), static_cast<long>(chance() % place.size())));
    else
        place = others[chance() % others.size()];
    return body;
}

std::string written(const json& body) { return body.dump(-1, ' ', false, json::error_handler_t::ignore); }

void check_page(const PollResult& result) {
    if (!result.outcome.ok()) CHECK_FALSE(result.page.cursor);
    CHECK(result.outcome.reason.find(case_secret) == std::string::npos);
    for (const auto& post : result.page.posts) {
        CHECK_FALSE(post.id.empty());
        CHECK_FALSE(post.platform.empty());
    }
    CHECK(std::is_sorted(result.page.posts.begin(), result.page.posts.end(), [](const Post& a, const Post& b) { return a.posted_at < b.posted_at; }));
}

/// Runs a step against a changed answer; what was recorded of it no longer holds, what holds for all does.
void run(const KindGround& ground, const json& one, const json& step, std::mt19937& chance) {
    const auto does = step.value("do", "poll");
    const bool answered = step.contains("answer") && step["answer"].contains("body") && step["answer"]["body"].is_structured();
    if (does == "entries") {
        const auto receiver = ground.make_receiver(one.value("app", ""));
        const auto body = step.contains("body") ? json::parse(text_of(step["body"]), nullptr, false) : json();
        if (body.is_discarded()) return;
        try {
            receiver->entries({written(changed(body, chance)), step.value("note", ""), now});
        } catch (const Error& error) {
            CHECK(error.kind() == Error::Kind::input);
        }
        return;
    }
    if (does != "hear" && !answered) return;
    const auto body = answered ? written(changed(step["answer"]["body"], chance)) : std::string();
    ScriptedHttp http([&](const auto&) { return HttpAnswer{step["answer"].value("status", 200), {{"Content-Type", "application/json"}}, body}; });
    const auto made = ground.make(http, {}, one.value("table", ""));
    const auto session_text = one.contains("session") ? one["session"] : ground.contract.value("session", json(""));
    Session session{text_of(session_text), false};
    Call call{step.contains("now") ? *parse_time(step["now"].get<std::string>()) : now, session};
    Stream stream{step.value("stream", ground.contract.value("stream", made.connector->streams().at(0).name)), step.contains("cursor") ? text_of(step["cursor"]) : "", {}};
    if (does == "poll") check_page(made.connector->poll(stream, call));
    if (does == "probe") made.connector->probe(call);
    if (does == "line") made.connector->line(stream, call);
    if (does == "recheck") {
        std::vector<Post> known;
        for (const auto& post : step.at("known")) known.push_back({.platform = post.value("platform", ""), .id = post.value("id", ""), .text = post.value("text", "")});
        made.connector->recheck(known, call);
    }
    if (does == "hear" && step.contains("data")) {
        const auto data = json::parse(text_of(step["data"]), nullptr, false);
        if (data.is_structured()) made.connector->hear(stream, {step.value("event", ""), written(changed(data, chance))}, now);
    }
    CHECK(http.requests.size() <= 1);
}

} // namespace

TEST_CASE("every connector takes a recorded answer with one thing changed in it", "[contract][mutation]") {
    std::mt19937 chance(20260405);
    for (const auto& ground : kind_grounds())
        for (const auto& [name, one] : cases_of(ground))
            for (const auto& step : one.at("steps"))
                for (int i = 0; i < changes_each; ++i) {
                    INFO(ground.kind << "/" << name << ": " << step.value("do", "poll") << ", change " << i);
                    try {
                        run(ground, one, step, chance);
                    } catch (const std::exception& error) {
                        FAIL_CHECK(error.what());
                    }
                }
}
