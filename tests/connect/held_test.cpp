// A credential that a command has in hand is let go however the command ends.
#include "connect/desk.h"
#include "demo/server.h"
#include "support/catch.h"

#include <condition_variable>
#include <mutex>

using namespace larum;
using namespace larum::test;

namespace {

/// A platform that does not answer until the test is over.
class Silent {
public:
    ~Silent() {
        const std::lock_guard lock(mutex_);
        over_ = true;
        changed_.notify_all();
    }
    std::string url() const { return server_.url(); }
    bool asked() const {
        const std::lock_guard lock(mutex_);
        return asked_;
    }

private:
    HttpAnswer answer() {
        std::unique_lock lock(mutex_);
        asked_ = true;
        changed_.wait(lock, [&] { return over_; });
        return {503, {}, ""};
    }

    mutable std::mutex mutex_;
    std::condition_variable changed_;
    bool asked_ = false, over_ = false;
    demo::Server server_{[this](const demo::Request&) { return answer(); }};
};

/// `larum check --online`, in the middle of its call.
struct Asking {
    Silent platform;
    TestDatabase database;
    TemporaryFolder folder;
    std::unique_ptr<Process> command;

    Asking() {
        std::ofstream(folder.path() / "refresh") << "refresh-0\n";
        std::ofstream(folder.path() / "larum.toml")
            << "state_dir = \"" << (folder.path() / "state").string() << "\"\n[database]\nurl = \"" << database.url()
            << "\"\n[brand.acme]\n[source.mentions]\nbrand = \"acme\"\nkind = \"x\"\nmatching = \"own_data\"\nhost = \"" << platform.url()
            << "\"\nprivate_allowed = true\nuser_id = \"2244\"\nclient_id = \"app\"\nrefresh_token = \"file:" << (folder.path() / "refresh").string() << "\"\n";
        command = std::make_unique<Process>(
            std::vector<std::string>{larum_program(), "check", "--online", "--config", (folder.path() / "larum.toml").string()}, folder.path() / "out");
        INFO(command->output());
        REQUIRE(eventually([&] { return platform.asked(); }));
    }
    /// Seconds of the lease that are left; none: nobody holds it.
    std::string lease() { return database.ask("SELECT extract(epoch FROM lease_until - clock_timestamp())::int FROM credential"); }
};

} // namespace

TEST_CASE("a command that is interrupted lets its credential go at once", "[connect]") {
    for (const int number : {SIGINT, SIGTERM}) {
        Asking asking;
        CHECK_FALSE(asking.lease().empty());
        asking.command->signal(number);
        CHECK(asking.command->wait(std::chrono::seconds{60}) == 128 + number);
        CHECK(asking.lease().empty());
    }
}

TEST_CASE("a command that is killed holds its credential no longer than a dead daemon would", "[connect]") {
    Asking asking;
    asking.command->signal(SIGKILL);
    CHECK(asking.command->wait(std::chrono::seconds{60}) == 128 + SIGKILL);
    const auto left = asking.lease();
    REQUIRE_FALSE(left.empty());
    CHECK(std::stoi(left) <= 8);
}

TEST_CASE("a command that waits long keeps its credential", "[connect]") {
    Asking asking;
    const auto until = [&] { return asking.database.ask("SELECT lease_until FROM credential"); };
    const auto first = until();
    CHECK(eventually([&] { return until() != first; }));
}
