#include "support/catch.h"
#include "support/database.h"

#include "core/error.h"
#include "daemon/store/migrate.h"
#include "daemon/store/slot.h"
#include "daemon/store/store.h"

#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>

using namespace larum;
using namespace larum::store;

namespace {

std::vector<Migration> two_migrations() {
    return {{1, "001_one", "d1", "-- oldest allowed: 1\nCREATE TABLE one (n integer)"},
            {2, "002_two", "d2", "-- oldest allowed: 1\nCREATE TABLE two (n integer)"}};
}

} // namespace

TEST_CASE("migrations are applied once, also by processes that start together", "[store][migrate]") {
    test::EmptyDatabase database;
    std::vector<pid_t> children;
    for (int i = 0; i < 3; ++i) {
        const pid_t child = fork();
        if (child == 0) {
            int version = 0;
            try {
                Pool pool({.url = database.url(), .connections_max = 1});
                version = migrate(pool, two_migrations()).version;
            } catch (const std::exception& error) {
                std::fprintf(stderr, "%s\n", error.what());
            }
            _exit(version == 2 ? 0 : 1);
        }
        children.push_back(child);
    }
    for (const auto child : children) {
        int status = 0;
        waitpid(child, &status, 0);
        CHECK(status == 0);
    }
    Pool pool({.url = database.url()});
    CHECK(migrate(pool, two_migrations()).version == 2);
    CHECK(pool.begin()->run("SELECT count(*) FROM schema").at(0, 0).integer() == 2);
}

TEST_CASE("a migration that was edited after it was applied is refused", "[store][migrate]") {
    test::EmptyDatabase database;
    Pool pool({.url = database.url()});
    auto migrations = two_migrations();
    migrate(pool, migrations);

    migrations[0].digest = "other";

    CHECK_THROWS_WITH(migrate(pool, migrations), Catch::Matchers::Contains("001_one was edited"));
}

TEST_CASE("a failed migration leaves nothing behind and can be tried again", "[store][migrate]") {
    test::EmptyDatabase database;
    Pool pool({.url = database.url()});
    auto migrations = two_migrations();
    migrations[1].sql += "; CREATE TABLE one (n integer)";

    CHECK_THROWS_WITH(migrate(pool, migrations), Catch::Matchers::Contains("002_two failed") &&
                                                     Catch::Matchers::Contains("42P07"));

    CHECK(schema_state(pool).version == 1);
    CHECK(migrate(pool, two_migrations()).version == 2);
}

TEST_CASE("a newer schema is used while it allows this larum, and refused when it does not", "[store][migrate]") {
    test::EmptyDatabase database;
    Pool pool({.url = database.url()});
    auto newer = two_migrations();
    migrate(pool, newer);
    const std::vector<Migration> older = {newer[0]};

    CHECK(migrate(pool, older).version == 2);

    newer.push_back({3, "003_three", "d3", "-- oldest allowed: 3\nCREATE TABLE three (n integer)"});
    migrate(pool, newer);

    CHECK_THROWS_WITH(migrate(pool, older), Catch::Matchers::Contains("at least migration 3") &&
                                                Catch::Matchers::Contains("update larum"));
}

TEST_CASE("every migration of the product says which larum may run beside it", "[store][migrate]") {
    int last = 0;
    for (const auto& migration : all_migrations()) {
        CHECK(migration.version == last + 1);
        CHECK(oldest_allowed(migration) <= migration.version);
        last = migration.version;
    }
}

TEST_CASE("each process has a slot of its own, and its ids never repeat", "[store]") {
    test::TestDatabase database;
    struct Frozen final : Clock {
        Time now() const override { return *parse_time("2026-05-01T00:00:00Z"); }
    } clock;
    Id last = 0;
    {
        const auto first = open_store(database.config(), clock);
        const auto second = open_store(database.config(), clock);
        CHECK(first->slot() != second->slot());
        for (int i = 0; i < 100; ++i) last = first->ids().next();
        CHECK_FALSE(first->trouble());
    }
    // Both have left; after a minute's rest the clock is still where it was.
    database.pool().with([](Transaction& t) { t.script("UPDATE daemon SET heartbeat_until = now() - interval '2 minutes'; "
                                                       "DELETE FROM daemon WHERE slot <> 0"); });
    database.pool().with([](Transaction& t) {
        t.script("INSERT INTO daemon SELECT n, 'x', 0, '0', now() FROM generate_series(1, 1023) AS n");
    });
    const auto third = open_store(database.config(), clock);
    CHECK(third->slot() == 0);
    CHECK(third->ids().next() > last);
}

TEST_CASE("a process whose slot was taken over is told to stop", "[store]") {
    test::TestDatabase database;
    const auto slot = lease_slot(database.pool());
    CHECK(renew_slot(database.pool(), slot, 1));

    database.pool().with([](Transaction& t) { t.script("UPDATE daemon SET holder = 'another'"); });

    CHECK_FALSE(renew_slot(database.pool(), slot, 1));
}

TEST_CASE("a brand keeps its number", "[store]") {
    test::TestDatabase database;
    SystemClock clock;
    BrandId acme = 0, zenit = 0;
    {
        const auto store = open_store(database.config(), clock);
        acme = store->brand("acme");
        zenit = store->brand("zenit");
        CHECK(acme != zenit);
        CHECK(store->brand("acme") == acme);
    }
    CHECK(open_store(database.config(), clock)->brand("zenit") == zenit);
}

TEST_CASE("larum_now tells a test's time when the pool follows its clock", "[store]") {
    test::TestDatabase database;
    struct Hand final : Clock {
        Time at = *parse_time("2026-05-01T00:00:00Z");
        Time now() const override { return at; }
    } clock;
    database.pool().follow(clock);
    CHECK(database.ask("SELECT larum_now()") == "2026-05-01 00:00:00+00");

    clock.at += std::chrono::seconds{9};

    CHECK(database.ask("SELECT larum_now()") == "2026-05-01 00:00:09+00");
}

TEST_CASE("a database refuses an installation key that is not its own", "[store][key]") {
    test::TestDatabase database;
    SystemClock clock;
    auto config = database.config();
    open_store(config, clock);
    test::TemporaryFolder elsewhere;
    config.state_dir = elsewhere.path();

    CHECK_THROWS_WITH(open_store(config, clock), Catch::Matchers::Contains("installation key"));
}

TEST_CASE("the installation key is made once, private, and refused when others may read it", "[store][key]") {
    test::TemporaryFolder folder;
    const auto made = installation_key(folder.path());
    CHECK(installation_key(folder.path()).check() == made.check());
    struct stat found{};
    REQUIRE(stat((folder.path() / "key").c_str(), &found) == 0);
    CHECK((found.st_mode & 0777) == 0600);

    chmod((folder.path() / "key").c_str(), 0644);
    CHECK_THROWS_WITH(installation_key(folder.path()), Catch::Matchers::Contains("chmod 600"));
    chmod((folder.path() / "key").c_str(), 0600);
    std::ofstream(folder.path() / "key") << "short";
    CHECK_THROWS_WITH(installation_key(folder.path()), Catch::Matchers::Contains("64 hexadecimal digits"));
}

TEST_CASE("what is sealed opens only with the same key and for the same purpose", "[store][key]") {
    const InstallationKey key(std::string(32, 'k')), other(std::string(32, 'o'));
    const auto sealed = key.seal("token", "credential:1");
    CHECK(sealed != key.seal("token", "credential:1"));
    CHECK(key.unseal(sealed, "credential:1") == "token");
    CHECK_THROWS_AS(other.unseal(sealed, "credential:1"), Error);
    CHECK_THROWS_AS(key.unseal(sealed, "credential:2"), Error);
    CHECK_THROWS_AS(key.unseal(sealed.substr(1), "credential:1"), Error);
    CHECK_THROWS_AS(key.unseal("", "credential:1"), Error);
    CHECK(key.suppression_hash(1, "email", "a@example.org") != key.suppression_hash(2, "email", "a@example.org"));
    CHECK(key.suppression_hash(1, "email", "a@example.org") != other.suppression_hash(1, "email", "a@example.org"));
}
