// What every app's receiver must do, whatever its platform. The genuine requests are those that the kind's own cases
// expect to be stored, or to ring.
#include "connectors/connector.h"
#include "core/error.h"
#include "support/catch.h"
#include "support/connector_case.h"

#include <algorithm>
#include <cstdlib>
#include <map>
#include <regex>

using namespace larum;
using namespace larum::connectors;
using namespace larum::test;
using namespace std::chrono_literals;
using nlohmann::json;

namespace {

const Time noon = *parse_time("2026-04-05T12:00:00Z");

/// A request that a platform really sends, with when it is sent and the settings it is for.
struct Genuine {
    std::string name;
    WebhookRequest request;
    Time at{};
    std::string app; ///< settings of the app in its case
    bool rings = false;
    bool signs_body = true; ///< else the proof is a word in a header or in the body
};

std::string app_of(const KindGround& ground, const json& one) {
    return one.value("app_instead", ground.contract.value("app", "")) + "\n" + one.value("app", "");
}

/// The genuine requests among the cases of a kind.
std::vector<Genuine> genuine_of(const KindGround& ground) {
    std::vector<Genuine> all;
    for (const auto& [name, one] : cases_of(ground)) {
        auto at = *parse_time(one.value("now", "2026-04-05T12:00:00Z"));
        for (const auto& step : one.at("steps")) {
            if (step.contains("now")) at = *parse_time(step["now"].get<std::string>());
            const auto expected = step.value("expect", json::object());
            const bool rings = expected.value("ring", false);
            if (step.value("do", "poll") != "accept" || (!expected.value("store", false) && !rings)) continue;
            all.push_back({name, request_of(ground, step), at, app_of(ground, one), rings,
                           one.value("signs_body", ground.contract.value("signs_body", true))});
        }
    }
    return all;
}

/// The kind with settings of the app as the case has them, and `more` after them.
std::unique_ptr<Receiver> receiver_of(KindGround ground, const std::string& app, const std::string& more = {}) {
    ground.contract["app"] = app;
    return ground.make_receiver(more);
}

/// Settings of the app with other secrets than the platform signs with; the same when it keeps no secret.
std::string of_stranger(const std::string& app) {
    ::setenv("LARUM_OTHER_SECRET", "another-secret", 1);
    static const std::regex secret("\"(env:LARUM_TEST_SECRET|file:[^\"]*)\"");
    return std::regex_replace(app, secret, "\"env:LARUM_OTHER_SECRET\"");
}

std::string without_old(const std::string& app) {
    static const std::regex old("(^|\n)old_[^\n]*");
    return std::regex_replace(app, old, "$1");
}

/// Calls `check` for every genuine request of every kind, with a fresh receiver.
template <class Check>
void for_each_app(const Check& check) {
    for (const auto& ground : kind_grounds()) {
        const auto* kind = find_kind(ground.kind);
        if (!kind->make_receiver || !ground.contract.contains("app")) continue;
        for (const auto& one : genuine_of(ground)) {
            INFO(ground.kind << ": " << one.name);
            check(ground, one, *receiver_of(ground, one.app));
        }
    }
}

bool is_refused(const Receiver& receiver, const WebhookRequest& request, Time at) {
    const auto answer = receiver.accept(request, at);
    return answer.status == 401 && !answer.store && !answer.ring;
}

std::string without_secret(std::string text) {
    for (auto at = text.find(case_secret); at != text.npos; at = text.find(case_secret)) text.replace(at, case_secret.size(), "x");
    return text;
}

WebhookRequest with_body(WebhookRequest request, std::string body) {
    request.body = std::move(body);
    return request;
}

} // namespace

TEST_CASE("every app takes what its platform sends, and only rings when nothing is signed", "[contract][receivers]") {
    for_each_app([](const KindGround&, const Genuine& one, const Receiver& receiver) {
        const auto answer = receiver.accept(one.request, one.at);
        CHECK(answer.status / 100 == 2);
        CHECK(answer.store != answer.ring);
        CHECK(receiver.body_bytes_max() >= one.request.body.size());
        CHECK(receiver.body_bytes_max() <= 8u << 20);
    });
}

TEST_CASE("every app refuses what lacks a signature", "[contract][receivers]") {
    int asked = 0;
    for_each_app([&](const KindGround&, const Genuine& one, const Receiver& receiver) {
        if (one.rings) return;
        auto bare = one.request;
        std::erase_if(bare.headers, [](const auto& header) { return header.first != "Content-Type"; });
        bare.target = bare.target.substr(0, bare.target.find('?'));
        bare.body = without_secret(bare.body);
        ++asked;
        CHECK(is_refused(receiver, bare, one.at));
    });
    CHECK(asked >= 10);
}

TEST_CASE("every app refuses what is forged", "[contract][receivers]") {
    for_each_app([](const KindGround&, const Genuine& one, const Receiver& receiver) {
        if (one.rings) return;
        // Some header, or the query, carries the proof: spoilt, it is none.
        int refused = 0;
        for (std::size_t i = 0; i < one.request.headers.size(); ++i)
            for (const std::string wrong : {"", "x", "sha256=", "sha256=00"}) {
                auto forged = one.request;
                auto& value = forged.headers[i].second;
                value = wrong.empty() ? value.substr(0, value.size() - 1) + (value.back() == 'a' ? 'b' : 'a') : wrong;
                const auto answer = receiver.accept(forged, one.at);
                if (answer.store) continue;
                CHECK(answer.status == 401);
                ++refused;
            }
        const bool in_body = without_secret(one.request.body) != one.request.body;
        CHECK((refused >= 4 || in_body));
        if (!one.signs_body) return;
        CHECK(is_refused(receiver, with_body(one.request, one.request.body + " "), one.at));
        CHECK(is_refused(receiver, with_body(one.request, one.request.body.substr(0, one.request.body.size() - 1)), one.at));
        CHECK(is_refused(receiver, with_body(one.request, one.request.body.substr(0, one.request.body.size() / 2)), one.at));
        CHECK(is_refused(receiver, with_body(one.request, ""), one.at));
    });
}

TEST_CASE("every app refuses what another app's secret signed", "[contract][receivers]") {
    int asked = 0;
    for_each_app([&](const KindGround& ground, const Genuine& one, const Receiver&) {
        const auto other = of_stranger(one.app);
        if (one.rings || other == one.app) return;
        ++asked;
        CHECK(is_refused(*receiver_of(ground, other), one.request, one.at));
    });
    CHECK(asked >= 10);
}

TEST_CASE("every app takes both secrets while they change", "[contract][receivers]") {
    for_each_app([](const KindGround& ground, const Genuine& one, const Receiver&) {
        if (one.rings) return;
        for (const auto& option : find_kind(ground.kind)->app_options) {
            if (option.name.rfind("old_", 0) != 0) continue;
            const auto current = without_old(one.app);
            if (!receiver_of(ground, current)->accept(one.request, one.at).store) continue; // signed with the old one
            INFO(option.name);
            CHECK(receiver_of(ground, of_stranger(current), option.name + " = \"env:LARUM_TEST_SECRET\"\n")->accept(one.request, one.at).store);
        }
    });
}

TEST_CASE("no app stores, or rings for, a request of somebody who just looks", "[contract][receivers]") {
    for_each_app([](const KindGround&, const Genuine& one, const Receiver& receiver) {
        for (const std::string method : {"GET", "HEAD", "PUT", "DELETE"})
            for (const std::string target : {"/hooks/app", "/hooks/app?", "/hooks/app?hub.mode=subscribe", "/hooks/app?hub.challenge=1", "/hooks/app?crc_token="}) {
                INFO(method << " " << target);
                const auto answer = receiver.accept({method, target, {}, ""}, one.at);
                CHECK(answer.status >= 400);
                CHECK(answer.status < 500);
                CHECK_FALSE(answer.store);
                CHECK_FALSE(answer.ring);
                CHECK(answer.body.find(case_secret) == std::string::npos);
            }
    });
}

TEST_CASE("no app's stored body can do more than be called nonsense", "[contract][receivers]") {
    for_each_app([](const KindGround&, const Genuine& one, const Receiver& receiver) {
        const auto& body = one.request.body;
        for (const auto& kept : {std::string(), std::string("{}"), std::string("[]"), std::string("null"), std::string("\xff\xfe"), std::string(2000, '['),
                                 body.substr(0, body.size() / 2), body + body}) {
            try {
                receiver.entries({kept, "", noon});
            } catch (const Error& error) {
                CHECK(error.kind() == Error::Kind::input);
            }
        }
    });
}

TEST_CASE("every kind that takes webhooks shows a genuine one, and says how its secrets change", "[contract][receivers]") {
    std::map<std::string, std::vector<Genuine>> families; // the kinds of a family have one receiver
    const auto family = [](const Kind& kind) { return kind.webhook_family.empty() ? kind.name : kind.webhook_family; };
    const auto grounds = kind_grounds();
    for (const auto& ground : grounds)
        if (ground.contract.contains("app"))
            for (auto& one : genuine_of(ground)) families[family(*find_kind(ground.kind))].push_back(std::move(one));
    for (const auto& ground : grounds) {
        const auto* kind = find_kind(ground.kind);
        if (!kind->make_receiver) continue;
        INFO(ground.kind);
        const auto& all = families[family(*kind)];
        CHECK_FALSE(all.empty());
        const bool is_signed = std::any_of(all.begin(), all.end(), [](const Genuine& one) { return !one.rings; });
        const bool rotates = std::any_of(kind->app_options.begin(), kind->app_options.end(), [](const auto& option) { return option.name.rfind("old_", 0) == 0; });
        if (is_signed && !rotates) WARN(ground.kind << " has no old_… secret");
        for (const auto& option : kind->app_options) CHECK_FALSE(option.about.empty());
    }
}
