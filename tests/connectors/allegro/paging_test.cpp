#include "connectors/connector.h"
#include "support/catch.h"
#include "support/connector_case.h"
#include "support/http_server.h"

#include <nlohmann/json.hpp>

using namespace larum;
using namespace larum::connectors;
using namespace larum::test;

namespace {

KindGround ground() {
    for (auto& one : kind_grounds())
        if (one.kind == "allegro") return one;
    throw std::runtime_error("no cases of allegro");
}

/// A list of open issues as long as `count`, served a page of 100 at a time.
HttpAnswer issues(const HttpRequest& request, int count) {
    const auto at = request.url.find("offset=");
    const int offset = std::atoi(request.url.c_str() + at + 7);
    auto all = nlohmann::json::array();
    for (int i = offset; i < std::min(offset + 100, count); ++i)
        all.push_back({{"id", "i" + std::to_string(i)}, {"openedDate", "2026-04-01T10:00:00Z"}, {"buyer", {{"id", "1"}, {"login", "a"}}}});
    return {200, {}, nlohmann::json{{"issues", all}}.dump()};
}

} // namespace

TEST_CASE("all open issues of Allegro are read page by page, and a list without end is a gap", "[allegro]") {
    const int count = GENERATE(250, 100000);
    ScriptedHttp http([&](const HttpRequest& request) { return issues(request, count); });
    const auto made = ground().make(http);
    Session session{ground().contract["session"].dump(), false};
    Stream stream{"issues", "", {}};
    std::size_t read = 0, gaps = 0;
    int calls = 0;
    for (bool more = true; more && calls < 100; ++calls) {
        Call call{*parse_time("2026-04-05T12:00:00Z"), session};
        const auto result = made.connector->poll(stream, call);
        REQUIRE(result.outcome.ok());
        read += result.page.posts.size();
        gaps += result.page.gaps.size();
        stream.cursor = *result.page.cursor;
        more = result.page.more;
    }
    CHECK(calls == (count == 250 ? 3 : 50));
    CHECK(read == (count == 250 ? 250u : 5000u));
    CHECK(gaps == (count == 250 ? 0u : 1u));
}
