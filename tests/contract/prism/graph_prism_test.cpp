#include "connectors/facebook/graph_fixture.h"
#include "connectors/shared/graph.h"
#include "contract/prism/prism.h"

#include <unistd.h>

using namespace larum;
using namespace larum::test;
using namespace std::chrono_literals;
using connectors::Ending;
using demo::Wall;

namespace larum::test {

Prism::Prism(const std::filesystem::path& contract, const std::string& upstream) {
    const auto program = std::filesystem::path(LARUM_SOURCE_DIR) /
                         "tests/contract/prism/node_modules/@stoplight/prism-cli/dist/index.js";
    if (specs().empty() || !std::filesystem::exists(contract))
        why_ = "no ../shared/specs beside the sources";
    else if (!std::filesystem::exists(program))
        why_ = "Prism is not installed; run npm ci in tests/contract/prism";
    if (!why_.empty()) return;
    output_ = std::filesystem::temp_directory_path() / ("larum-prism-" + std::to_string(getpid()) + ".log");
    std::vector<std::string> arguments = {"/usr/bin/env", "node", program.string(),
                                          upstream.empty() ? "mock" : "proxy", contract.string()};
    if (!upstream.empty()) arguments.push_back(upstream);
    arguments.insert(arguments.end(), {"-h", "127.0.0.1", "-p", "0", "--errors"});
    process_ = std::make_unique<Process>(arguments, output_);
    const std::string listening = "Prism is listening on ";
    if (!eventually([&] { return log().find(listening) != std::string::npos || !process_->running(); }) ||
        !process_->running()) {
        why_ = "Prism did not start: " + log().substr(0, 200);
        return;
    }
    const auto text = log();
    const auto begin = text.find("http://127.0.0.1:", text.find(listening));
    url_ = text.substr(
        begin, text.find_first_not_of("0123456789", begin + std::string("http://127.0.0.1:").size()) - begin);
}

Prism::~Prism() {
    process_.reset();
    std::error_code ignored; // there is no file where Prism was never started
    std::filesystem::remove(output_, ignored);
}

} // namespace larum::test

namespace {

std::filesystem::path contract() { return specs() / "meta/graph-derived/facebook-page.derived.openapi.json"; }

/// A connector that calls `host` instead of the simulated page.
void move_to(GraphFixture& f, const std::string& kind, const std::string& host) {
    const auto begin = f.toml.find("host = \"");
    f.toml.replace(begin, f.toml.find('\n', begin) - begin, "host = \"" + host + "\"");
    f.made = f.make(kind, f.toml, f.problems);
    REQUIRE(f.problems.empty());
}

} // namespace

TEST_CASE("what larum asks of the Graph API is what its contract takes", "[contract][facebook][messenger]") {
    Prism prism(contract());
    if (!prism.why().empty()) {
        WARN("skipped: " << prism.why());
        return;
    }
    GraphFixture facebook("facebook"), messenger("messenger");
    move_to(facebook, "facebook", prism.url());
    move_to(messenger, "messenger", prism.url());
    for (const char* stream : {"feed", "visitor_posts", "tagged", "comments:102938475610293_444"}) {
        INFO(stream);
        const auto read = facebook.poll(stream, 1);
        INFO(read.outcome.reason);
        CHECK(read.outcome.ok());
        CHECK(read.page.posts.size() == 1);
        CHECK(read.page.rejected.empty());
    }
    CHECK(messenger.poll("conversations", 1).outcome.ok());
    CHECK(messenger.poll("messages:t_1", 1).outcome.ok());
    Post known;
    known.id = "102938475610293_444";
    CHECK(facebook.recheck({known}).outcome.ok());
    // The mock's token is of no type that works; the question was in order, which is what is asked here.
    CHECK(facebook.probe().outcome.reason.find("code") == std::string::npos);
}

TEST_CASE("the contract's error examples lead to the right endings", "[contract][facebook]") {
    Prism prism(contract());
    if (!prism.why().empty()) {
        WARN("skipped: " << prism.why());
        return;
    }
    struct Preferring final : Http {
        std::string example;
        HttpAnswer send(const HttpRequest& request) override {
            auto preferring = request;
            preferring.headers.emplace_back("Prefer", "code=400, example=" + example);
            return demo::call_loopback(preferring);
        }
    } http;
    const Time now = *parse_time("2026-08-02T10:00:00Z");
    connectors::graph::Access access;
    access.host = prism.url();
    access.token = config::Secret("t");
    access.app_secret = config::Secret("s");
    const auto ending = [&](const char* example) {
        http.example = example;
        return connectors::graph::call(http, access, connectors::graph::get(access, "/1/feed", {}), now)
            .outcome.ending;
    };
    CHECK(ending("token_expired") == Ending::reauth);
    CHECK(ending("permission") == Ending::reauth);
    CHECK(ending("page_limit_user_token") == Ending::later);
    CHECK(ending("page_limit_page_token") == Ending::later);
    CHECK(ending("invalid_parameter") == Ending::broken);
}

TEST_CASE("the simulated page answers what the contract promises", "[contract][facebook][messenger]") {
    GraphFixture facebook("facebook");
    Prism prism(contract(), facebook.graph.url());
    if (!prism.why().empty()) {
        WARN("skipped: " << prism.why());
        return;
    }
    const demo::Person jan{"7392015648120394", "Jan Przykład"};
    const auto post = facebook.graph.post(jan, "Zażółć", Wall::visitors, facebook.clock.at - 2h);
    facebook.graph.attach_photo(post, "https://photos.example/1.jpg");
    facebook.graph.post(facebook.graph.page(), "Własny", Wall::page, facebook.clock.at - 1h);
    facebook.graph.post(jan, "@Strona", Wall::tagged, facebook.clock.at - 1h);
    const auto comment = facebook.graph.comment(post, {}, "ukryty", {}, facebook.clock.at - 1h);
    facebook.graph.comment(post, jan, "odpowiedź", comment, facebook.clock.at - 30min);
    facebook.graph.message(jan, "Dzień dobry", facebook.clock.at - 1h);
    facebook.graph.allow_calls(100);
    move_to(facebook, "facebook", prism.url());

    for (const auto& stream :
         {std::string("feed"), std::string("visitor_posts"), std::string("tagged"), "comments:" + post}) {
        INFO(stream);
        const auto read = facebook.poll(stream);
        INFO(read.outcome.reason << '\n' << prism.log());
        CHECK(read.outcome.ok());
        CHECK_FALSE(read.page.posts.empty());
    }
    CHECK(facebook.probe().outcome.ok());
    facebook.made = facebook.make("messenger", facebook.toml, facebook.problems);
    CHECK(facebook.poll("conversations").page.contacts.size() == 1);
    facebook.graph.break_token(463);
    CHECK(facebook.poll("conversations").outcome.ending == Ending::reauth);
}
