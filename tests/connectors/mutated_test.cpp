// What platforms send is never to be trusted in its shape: the recorded answers with one value of another
// kind.
#include "connectors/connector.h"
#include "support/catch.h"
#include "support/connector_case.h"
#include "support/http_server.h"

#include <algorithm>
#include <random>
#include <set>

using namespace larum;
using namespace larum::connectors;
using namespace larum::test;
using nlohmann::json;

namespace {

constexpr int mutations_each = 25;
const Time now = *parse_time("2026-04-05T12:00:00Z");

/// `whole` with one value, or one branch, replaced by something that nobody expects there.
json mutated(json whole, std::mt19937& random) {
    static const std::vector<json> strange = {nullptr,
                                              true,
                                              0,
                                              -1,
                                              9223372036854775807LL,
                                              1e300,
                                              "",
                                              "x",
                                              "9999-99-99T99:99:99Z",
                                              json::array(),
                                              json::object(),
                                              json::array({1}),
                                              {{"a", 1}},
                                              "\xc5\x82\xf0\x9f\x99\x82"};
    const auto leaves = whole.flatten();
    if (leaves.empty()) return strange[random() % strange.size()];
    auto leaf = leaves.begin();
    std::advance(leaf, static_cast<long>(random() % leaves.size()));
    auto path = leaf.key();
    for (auto up = random() % 3; up > 0 && path.find('/', 1) != path.npos; --up) path.resize(path.rfind('/'));
    whole[json::json_pointer(path)] = strange[random() % strange.size()];
    return whole;
}

/// Polls as the step does, but answered by `body`, from `cursor`.
void poll_answered(const KindGround& ground, const json& one, const json& step, const json& body,
                   const std::string& cursor) {
    INFO(ground.kind << " was answered "
                     << body.dump(-1, ' ', false, json::error_handler_t::replace).substr(0, 2000));
    ScriptedHttp http([&](const auto&) {
        return HttpAnswer{200,
                          {{"Content-Type", "application/json"}},
                          body.dump(-1, ' ', false, json::error_handler_t::replace)};
    });
    const auto made = ground.make(http, {}, one.value("table", ""));
    const auto session_text =
        one.contains("session") ? one["session"] : ground.contract.value("session", json(""));
    Session session{text_of(session_text), false};
    Call call{now, session};
    const auto first = ground.contract.value("stream", made.connector->streams().at(0).name);
    PollResult result;
    REQUIRE_NOTHROW(result = made.connector->poll({step.value("stream", first), cursor, {}}, call));
    CHECK(std::is_sorted(result.page.posts.begin(), result.page.posts.end(),
                         [](const Post& a, const Post& b) { return a.posted_at < b.posted_at; }));
    CHECK((result.outcome.ok() || !result.page.cursor));
    for (const auto& post : result.page.posts) {
        CHECK_FALSE(post.id.empty());
        CHECK_FALSE(post.platform.empty());
        CHECK((!post.rating || (*post.rating >= 1 && *post.rating <= 5)));
    }
}

/// Calls `with(ground, case, step)` for every recorded poll that was answered well. Gives the kinds that had one.
template <class With> std::set<std::string> each_good_poll(With with) {
    std::set<std::string> kinds;
    for (const auto& ground : kind_grounds())
        for (const auto& [name, one] : cases_of(ground)) {
            if (one.contains("table_instead")) continue;
            INFO("case " << name);
            for (const auto& step : one["steps"]) {
                const bool polls = step.value("do", "poll") == "poll" && step.contains("answer") &&
                                   step["answer"].contains("body");
                if (polls && step["answer"]["body"].is_structured() &&
                    step["answer"].value("status", 200) == 200) {
                    with(ground, one, step);
                    kinds.insert(ground.kind);
                }
            }
        }
    return kinds;
}

constexpr std::size_t json_kinds = 15; ///< at least: those that poll and are answered JSON

} // namespace

TEST_CASE("no connector falls over an answer of which one value is of another kind",
          "[connectors][mutated]") {
    std::mt19937 random(20260405);
    const auto kinds = each_good_poll([&](const auto& ground, const json& one, const json& step) {
        const auto cursor = step.contains("cursor") ? text_of(step["cursor"]) : std::string();
        for (int i = 0; i < mutations_each; ++i)
            poll_answered(ground, one, step, mutated(step["answer"]["body"], random), cursor);
    });
    CHECK(kinds.size() >= json_kinds);
}

TEST_CASE("no connector falls over a cursor that makes no sense", "[connectors][mutated]") {
    const auto kinds = each_good_poll([](const auto& ground, const json& one, const json& step) {
        for (const std::string cursor :
             {"x", "{", "[]", "null", "7", "{\"mark\":1,\"position\":[],\"pages\":\"many\",\"born\":false}",
              "{\"position\":\"\",\"begun\":\"never\",\"seen\":-9,\"note\":1e9}", "9999999999999999999999"})
            poll_answered(ground, one, step, step["answer"]["body"], cursor);
    });
    CHECK(kinds.size() >= json_kinds);
}
