#include "support/catch.h"
#include "support/database.h"

#include "core/error.h"
#include "daemon/store/cluster.h"
#include "daemon/store/pq.h"
#include "daemon/store/server_files.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <thread>

using namespace larum;
using namespace larum::store;
namespace fs = std::filesystem;

namespace {

/// A state folder that the server account may enter, with a runtime folder beside it.
struct Place {
    test::TemporaryFolder folder;
    fs::path state = folder.path() / "state";
    Cluster::Places places{.programs = "/usr/lib/postgresql", .runtime = folder.path(), .keep = Keep::for_now};

    Place() { fs::permissions(folder.path(), fs::perms::owner_all | fs::perms::group_exec | fs::perms::others_exec); }
    fs::path data() const { return state / "postgres" / "data"; }
};

std::string ask(const std::string& url, const std::string& sql) {
    Pool pool({.url = url, .connections_max = 1});
    return pool.begin()->run(sql).at(0, 0).text();
}

/// Whether the server ends soon after what was done to it.
bool is_gone(const fs::path& data) {
    for (int tries = 0; tries < 600; ++tries) {
        if (!running_server(data)) return true;
        std::this_thread::sleep_for(std::chrono::milliseconds{50});
    }
    return false;
}

} // namespace

TEST_CASE("the private server is there while somebody uses it, with no more rights than needed", "[store][cluster]") {
    Place place;
    {
        Cluster first(place.state, place.places);
        CHECK(ask(first.url(), "SELECT current_user || current_database()") == "larumlarum");
        CHECK(ask(first.url(), "SELECT rolsuper::text FROM pg_roles WHERE rolname = current_user") == "false");
        CHECK(ask(first.url(), "SHOW data_checksums") == "on");
        CHECK(ask(first.url(), "SHOW jit") == "off");
        CHECK(ask(first.url(), "SHOW listen_addresses").empty());
        CHECK(ask(first.url(), "SHOW lc_collate") == "C");
        CHECK((fs::status(place.data()).permissions() & fs::perms(077)) == fs::perms::none);
        {
            Cluster second(place.state, place.places);
            CHECK(second.url() == first.url());
        }
        CHECK(ask(first.url(), "SELECT 1") == "1");
        ask(first.url(), "SELECT 1");
        Pool(PoolSettings{.url = first.url()}).with([](Transaction& t) { t.script("CREATE TABLE kept AS SELECT 7 AS n"); });
    }
    CHECK_FALSE(running_server(place.data()));
    Cluster again(place.state, place.places);
    CHECK(ask(again.url(), "SELECT n FROM kept") == "7");
}

TEST_CASE("processes that start at once get one private server, and its last user ends it", "[store][cluster]") {
    Place place;
    std::vector<pid_t> children;
    for (int i = 0; i < 3; ++i) {
        const pid_t child = fork();
        if (child == 0) {
            int status = 1;
            try {
                Cluster cluster(place.state, place.places);
                status = ask(cluster.url(), "SELECT 1") == "1" ? 0 : 2;
            } catch (const std::exception& error) {
                std::fprintf(stderr, "%s\n", error.what());
            }
            _exit(status);
        }
        children.push_back(child);
    }
    for (const auto child : children) {
        int status = 0;
        waitpid(child, &status, 0);
        CHECK(status == 0);
    }
    CHECK_FALSE(running_server(place.data()));
}

TEST_CASE("a server whose user was killed is adopted and ended in order", "[store][cluster]") {
    Place place;
    int ready[2];
    REQUIRE(pipe(ready) == 0);
    const pid_t child = fork();
    if (child == 0) {
        try {
            Cluster cluster(place.state, place.places);
            if (write(ready[1], "x", 1) == 1) pause();
        } catch (const std::exception&) {
        }
        _exit(1);
    }
    char byte = 0;
    REQUIRE(read(ready[0], &byte, 1) == 1);
    kill(child, SIGKILL);
    waitpid(child, nullptr, 0);
    close(ready[0]);
    close(ready[1]);
    const auto orphan = running_server(place.data());
    REQUIRE(orphan);
    {
        Cluster next(place.state, place.places);
        CHECK(running_server(place.data())->pid == orphan->pid);
        CHECK(ask(next.url(), "SELECT 1") == "1");
    }
    CHECK_FALSE(running_server(place.data()));
}

TEST_CASE("a server that was killed comes back with all that was committed", "[store][cluster]") {
    Place place;
    Cluster cluster(place.state, place.places);
    Pool pool({.url = cluster.url(), .connections_max = 2});
    pool.with([](Transaction& t) { t.script("CREATE TABLE kept AS SELECT 7 AS n"); });

    kill(running_server(place.data())->pid, SIGKILL);
    REQUIRE(is_gone(place.data()));
    pool.rest(); // a session of the killed server may live a moment longer
    cluster.revive();

    std::string kept;
    pool.with([&](Transaction& t) { kept = t.run("SELECT n FROM kept").at(0, 0).text(); });
    CHECK(kept == "7");
}

TEST_CASE("a pid file whose number is another process's by now does not stop the start", "[store][cluster]") {
    Place place;
    { Cluster made(place.state, place.places); }
    std::ofstream(place.data() / "postmaster.pid") << getpid() << "\n" << place.data().string() << "\n1\n5432\n/nowhere\n\n1 1\nready\n";

    Cluster cluster(place.state, place.places);

    CHECK(ask(cluster.url(), "SELECT 1") == "1");
}

TEST_CASE("data of another major version are left alone, and the error says what to do", "[store][cluster]") {
    Place place;
    { Cluster made(place.state, place.places); }
    std::ofstream(place.data() / "PG_VERSION") << "13\n";

    CHECK_THROWS_WITH(Cluster(place.state, place.places), Catch::Matchers::Contains("made by PostgreSQL 13") &&
                                                              Catch::Matchers::Contains("larum db backup"));
}

TEST_CASE("without server programs the error names the package and the setting", "[store][cluster]") {
    Place place;
    place.places.programs = place.folder.path();

    CHECK_THROWS_WITH(Cluster(place.state, place.places),
                      Catch::Matchers::Contains("apt-get install postgresql") && Catch::Matchers::Contains("database.url"));
}
