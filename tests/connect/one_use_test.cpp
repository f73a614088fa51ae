// Refresh tokens that are good for one use: what a command spends must be what larum goes on with.
#include "connect/desk.h"
#include "core/text.h"
#include "demo/server.h"
#include "support/catch.h"

#include <mutex>

using namespace larum;
using namespace larum::test;

namespace {

/// A platform whose refresh tokens are taken once.
class OneUse {
public:
    std::string url() const { return server_.url(); }
    int refused() const {
        const std::lock_guard lock(mutex_);
        return refused_;
    }
    int given() const {
        const std::lock_guard lock(mutex_);
        return given_;
    }

private:
    HttpAnswer answer(const demo::Request& request) {
        const std::lock_guard lock(mutex_);
        if (request.path != "/2/oauth2/token")
            return {200, {}, R"({"data": {"id": "2244", "username": "acme"}})"};
        if (demo::parameter(request.body, "refresh_token") != "refresh-" + std::to_string(given_))
            return ++refused_, HttpAnswer{400, {}, R"({"error": "invalid_grant"})"};
        ++given_;
        return {
            200,
            {},
            R"({"access_token": "a", "expires_in": 7200, "scope": "tweet.read users.read offline.access", "refresh_token": "refresh-)" +
                std::to_string(given_) + "\"}"};
    }

    mutable std::mutex mutex_;
    int given_ = 0;
    int refused_ = 0;
    demo::Server server_{[this](const demo::Request& request) { return answer(request); }};
};

} // namespace

TEST_CASE(
    "a refresh token that is good for one use goes on from a dry run to connect, check and the next source",
    "[connect]") {
    const OneUse platform;
    const TestDatabase database;
    const TemporaryFolder folder;
    const auto config = folder.path() / "larum.toml";
    std::ofstream(config) << "state_dir = \"" << (folder.path() / "state").string()
                          << "\"\n[database]\nurl = \"" << database.url() << "\"\n[brand.acme]\n";
    std::ofstream(folder.path() / "refresh") << "refresh-0\n";
    const auto connect = [&](const std::string& name, const std::string& how = "--yes") {
        return run_larum({"connect", "x", "--config", config.string(), "--name", name, "--matching",
                          "own_data", "--set", "host=" + platform.url(), "--set", "private_allowed=true",
                          "--set", "user_id=2244", "--set", "client_id=app", "--secret",
                          "refresh_token=file:" + (folder.path() / "refresh").string(), how});
    };

    CHECK(connect("mentions", "--dry-run").code == 0);
    const auto first = connect("mentions");
    INFO(first.out);
    CHECK(first.code == 0);
    const auto checked = run_larum({"check", "--online", "--config", config.string()});
    INFO(checked.out);
    CHECK(checked.code == 0);
    CHECK(holds(checked.out, "speaks for acme (2244)"));
    const auto second = connect("searches");
    INFO(second.out);
    CHECK(second.code == 0);
    CHECK(platform.given() == 1);
    CHECK(platform.refused() == 0);
}

TEST_CASE("an account that was named wrong does not cost the refresh token", "[connect]") {
    const OneUse platform;
    const TestDatabase database;
    const TemporaryFolder folder;
    const auto config = folder.path() / "larum.toml";
    std::ofstream(config) << "state_dir = \"" << (folder.path() / "state").string()
                          << "\"\n[database]\nurl = \"" << database.url() << "\"\n[brand.acme]\n";

    const auto ran =
        run_larum({"connect", "x", "--config", config.string(), "--set", "host=" + platform.url(), "--set",
                   "private_allowed=true"},
                  "mentions\n31\nrefresh_token client_id\napp\nrefresh-0\nown_data\n\nuser_id\n2244\nyes\n");

    INFO(ran.out);
    CHECK(ran.code == 0);
    CHECK(holds(ran.out, "another account"));
    CHECK(platform.given() == 1);
    CHECK(platform.refused() == 0);
    CHECK_FALSE(holds(ran.out, "refresh-"));
}
