// The recorded cases of connectors against the platforms' official contracts: Prism stands between the connector and
// the recorded answers and checks both.
#include "contract/prism/prism.h"
#include "demo/server.h"
#include "support/catch.h"
#include "support/connector_case.h"
#include "support/http_server.h"

#include <mutex>

using namespace larum;
using namespace larum::test;

namespace {

/// Answers of the case, served on loopback behind Prism.
class Behind {
public:
    Behind() : server_([this](const SeenRequest&) { return next(); }) {}
    std::string url() const { return server_.url(""); }
    void put(const HttpAnswer& answer) {
        const std::lock_guard lock(mutex_);
        answer_ = answer;
    }

private:
    Scripted next() {
        const std::lock_guard lock(mutex_);
        Scripted made;
        made.status = answer_.status;
        made.headers = answer_.headers;
        made.body = answer_.body;
        return made;
    }
    std::mutex mutex_;
    HttpAnswer answer_;
    HttpServer server_;
};

/// Sends to Prism what the connector sends to the platform, without the base path, which Prism does not serve.
class ThroughPrism final : public Http {
public:
    ThroughPrism(std::function<HttpAnswer(const HttpRequest&)> answer, Behind& behind, std::string prism, std::string base)
        : answer_(std::move(answer)), behind_(behind), prism_(std::move(prism)), base_(std::move(base)) {}
    HttpAnswer send(const HttpRequest& request) override {
        behind_.put(answer_(request));
        auto onward = request;
        if (onward.url.starts_with(prism_ + base_)) onward.url = prism_ + onward.url.substr(prism_.size() + base_.size());
        const auto answer = demo::call_loopback(onward);
        INFO(request.method << " " << request.url << " was answered " << answer.status << " " << answer.body.substr(0, 1000));
        const bool violated = header(answer.headers, "Content-Type").find("problem+json") != std::string::npos &&
                              answer.body.find("stoplight.io/prism") != std::string::npos;
        CHECK_FALSE(violated);
        return answer;
    }

private:
    std::function<HttpAnswer(const HttpRequest&)> answer_;
    Behind& behind_;
    std::string prism_, base_;
};

std::filesystem::path specs() { return std::filesystem::path(LARUM_SOURCE_DIR) / "../shared/specs"; }

} // namespace

TEST_CASE("what connectors ask and what they were answered is what the platforms' contracts say", "[contract][prism]") {
    for (const auto& ground : kind_grounds()) {
        const auto spec = ground.contract.value("spec", nlohmann::json::object());
        if (spec.empty()) continue;
        INFO(ground.kind);
        Behind behind;
        Prism prism(specs() / spec.at("file").get<std::string>(), behind.url());
        if (!prism.why().empty()) {
            WARN("skipped: " << ground.kind << ": " << prism.why());
            continue;
        }
        int checked = 0;
        for (const auto& [name, one] : cases_of(ground)) {
            if (!one.value("contract", false)) continue;
            INFO("case " << ground.kind << "/" << name);
            try {
                run_connector_case(
                    ground, one,
                    [&](auto answer) { return std::make_unique<ThroughPrism>(answer, behind, prism.url(), spec.value("base", "")); }, prism.url());
            } catch (const std::exception& error) {
                FAIL_CHECK(error.what());
            }
            ++checked;
        }
        CHECK(checked > 0);
    }
}
