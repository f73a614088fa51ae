// What every connector that calls out must do, whatever its platform.
#include "connectors/connector.h"
#include "core/error.h"
#include "support/catch.h"
#include "support/connector_case.h"
#include "support/http_server.h"

#include <algorithm>
#include <fstream>
#include <sstream>

using namespace larum;
using namespace larum::connectors;
using namespace larum::test;
using namespace std::chrono_literals;

namespace {

const Time now = *parse_time("2026-04-05T12:00:00Z");

/// The first stream of a fresh source, or the one its contract names, asked once of a platform that behaves as
/// `script` says.
PollResult asked(const KindGround& ground, ScriptedHttp& http) {
    const auto made = ground.make(http);
    Session session{ground.contract.contains("session") ? text_of(ground.contract["session"]) : "", false};
    Call call{now, session};
    return made.connector->poll({ground.contract.value("stream", made.connector->streams().at(0).name), "", {}}, call);
}

PollResult asked(const KindGround& ground, const HttpAnswer& answer) {
    ScriptedHttp http([&](const auto&) { return answer; });
    auto result = asked(ground, http);
    CHECK(http.requests.size() == 1); // at most one request a call
    CHECK(result.outcome.reason.find(case_secret) == std::string::npos);
    CHECK((result.outcome.ok() || !result.page.cursor)); // what was not read is not passed
    return result;
}

/// Those that call out when they are polled.
std::vector<KindGround> cases() {
    auto all = kind_grounds();
    std::erase_if(all, [](const KindGround& one) { return !one.contract.value("calls_out", true); });
    return all;
}

} // namespace

TEST_CASE("every connector waits as long as it is told", "[contract]") {
    for (const auto& one : cases()) {
        INFO(one.kind);
        const auto outcome = asked(one, {429, {{"Retry-After", "90"}}, "{}"}).outcome;
        CHECK(outcome.ending == Ending::later);
        CHECK(outcome.not_before.value_or(Time{}) >= now + 90s);
        CHECK(outcome.whole_credential);
    }
}

TEST_CASE("every connector comes again when the platform is down", "[contract]") {
    for (const auto& one : cases())
        for (const int status : {500, 502, 503, 504}) {
            INFO(one.kind << " " << status);
            const auto result = asked(one, {status, {{"Content-Type", "text/html"}}, "<html>Bad gateway " + case_secret + "</html>"});
            CHECK(result.outcome.ending == Ending::later);
            CHECK(result.page.posts.empty());
        }
}

TEST_CASE("every connector takes nonsense for a failure and not for silence", "[contract]") {
    for (const auto& one : cases())
        for (const std::string body : {"", "<html><body>maintenance</body></html>", "{\"data\": [{\"id\": \"1", "[1,2", "\xff\xfe\xff", "null"}) {
            INFO(one.kind << " " << body);
            const auto result = asked(one, {200, {{"Content-Type", "text/html"}}, body});
            CHECK_FALSE(result.outcome.ok());
            CHECK((result.outcome.ending == Ending::later || result.outcome.ending == Ending::broken));
        }
}

TEST_CASE("every connector tells a person when it is refused, or opens a new session", "[contract]") {
    for (const auto& one : cases()) {
        INFO(one.kind);
        // A body that a platform needs to see on a refusal stands in its contract.json («refused»).
        const auto body = one.contract.contains("refused") ? text_of(one.contract["refused"]) : R"({"error":{"code":10,"message":"no permission"}})";
        CHECK(asked(one, {403, {}, body}).outcome.ending == Ending::reauth);
        const auto expired = asked(one, {401, {}, R"({"error":{"code":190,"error_subcode":463,"message":"expired"}})"}).outcome.ending;
        CHECK((expired == Ending::reauth || expired == Ending::again));
    }
}

TEST_CASE("no connector throws when the network fails, and none waits for a too large answer", "[contract]") {
    for (const auto& one : cases())
        for (const auto kind : {Error::Kind::unreachable, Error::Kind::refused, Error::Kind::too_large}) {
            INFO(one.kind);
            ScriptedHttp http([&](const HttpRequest& request) -> HttpAnswer {
                CHECK(request.body_bytes_max <= (16u << 20)); // 100 MB never get in
                CHECK(request.timeout <= 60s);
                throw Error(kind, "host.example: it failed");
            });
            const auto outcome = asked(one, http).outcome;
            CHECK((outcome.ending == Ending::later || outcome.ending == Ending::broken));
            CHECK(outcome.reason.find(case_secret) == std::string::npos);
        }
}

namespace {

/// Asks for a line until the session that it needs is open.
Connector::LineResult line_of(const KindGround& ground, Connector& connector, const std::string& stream) {
    Session session{ground.contract.contains("session") ? text_of(ground.contract["session"]) : "", false};
    Connector::LineResult result;
    for (int tries = 0; tries < 3; ++tries) {
        Call call{now, session};
        result = connector.line({stream, "", {}}, call);
        if (result.outcome.ending != Ending::again) break;
    }
    return result;
}

} // namespace

TEST_CASE("a kind that can be heard live answers for its lines, and no other has one", "[contract]") {
    for (const auto& one : kind_grounds()) {
        INFO(one.kind);
        const auto& kind = *find_kind(one.kind);
        CHECK(one.contract.contains("live") == !kind.live.empty());
        ScriptedHttp http([](const auto&) { return HttpAnswer{500, {}, ""}; });
        const auto made = one.make(http, {}, one.contract.value("live", ""));
        int lines = 0;
        for (const auto& stream : made.connector->streams()) {
            INFO(stream.name);
            const auto answer = line_of(one, *made.connector, stream.name);
            if (!stream.live) {
                CHECK(answer.outcome.ending == Ending::gone);
                continue;
            }
            ++lines;
            CHECK(answer.outcome.ok());
            CHECK((answer.line.url.starts_with("wss://") || answer.line.url.starts_with("https://")));
        }
        CHECK((lines > 0) == !kind.live.empty());
        if (kind.live.empty()) continue;
        CHECK(std::any_of(kind.options.begin(), kind.options.end(), [&](const auto& option) { return option.name == kind.live; }));
    }
}

TEST_CASE("every kind has its settings for these tests and a page for people", "[contract]") {
    const auto source = std::filesystem::path(LARUM_SOURCE_DIR);
    for (const auto* kind : all_kinds()) {
        INFO(kind->name);
        CHECK(std::filesystem::exists(source / "tests/connectors" / kind->name / "contract.json"));
        std::ifstream in(source / "docs/sources" / (kind->name + ".md"));
        CHECK(in.good());
        std::stringstream page;
        page << in.rdbuf();
        const auto text = page.str();
        for (const auto& option : kind->options) {
            INFO(option.name);
            CHECK(text.find("`" + option.name + "`") != std::string::npos);
        }
    }
}

TEST_CASE("every kind says what it gives, needs and may be matched by", "[contract]") {
    for (const auto* kind : all_kinds()) {
        INFO(kind->name);
        CHECK_FALSE(kind->gives.empty());
        CHECK_FALSE(kind->needs.empty());
        CHECK_FALSE(kind->terms.empty());
        CHECK(kind->calls_per_second > 0);
        CHECK(kind->burst >= 1);
        CHECK(kind->interval >= 1s);
        for (const auto& option : kind->options) CHECK_FALSE(option.about.empty());
    }
}
