#include "support/catch.h"
#include "support/database.h"

#include "core/error.h"
#include "daemon/store/backup.h"
#include "daemon/store/migrate.h"
#include "daemon/store/person.h"

#include <cstring>

using namespace larum;
using namespace larum::store;

namespace {

const InstallationKey key(std::string(32, 'k'));

/// A backup in memory.
struct File {
    char* text = nullptr;
    std::size_t size = 0;

    ~File() { std::free(text); }

    void take(Pool& pool) {
        auto* out = open_memstream(&text, &size);
        backup(pool, key, *parse_time("2026-05-01T00:00:00Z"), out);
        std::fclose(out);
    }

    RestoreReport put_back(Pool& pool) const { return put(pool, std::string(text, size)); }

    static RestoreReport put(Pool& pool, std::string content) {
        const std::unique_ptr<std::FILE, int (*)(std::FILE*)> in(fmemopen(content.data(), content.size(), "r"), std::fclose);
        return restore(pool, key, SystemClock(), in.get());
    }
};

const std::string hard_text = "tab\there, back\\slash \\N \\., new\nline, return\r, zażółć";

void fill(Pool& pool) {
    pool.with([](Transaction& t) {
        t.script("INSERT INTO brand (brand_id, name, created_at) VALUES (1, 'acme', now())");
        t.run("INSERT INTO customer (brand_id, customer_id, ref, name, handles) VALUES (1, 10, 'K1', $1, '{a:b}')", {hard_text});
        t.run("INSERT INTO app (app, verified) VALUES ('END of it', 3)");
        t.run("INSERT INTO raw_webhook (raw_webhook_id, app, received_at, body) VALUES (1, 'x', now(), $1)",
              {to_bytea(std::string("\0\xff\n", 3))});
    });
}

void suppress_somebody(Pool& pool, const std::string& hash) {
    pool.with([&](Transaction& t) {
        t.run("INSERT INTO suppression (brand_id, hash, kind, at) VALUES (1, $1, 'email', now())", {to_bytea(hash)});
    });
}

} // namespace

TEST_CASE("a restored store is the one that was backed up", "[store][backup]") {
    test::TestDatabase database, other;
    fill(database.pool());
    File file;
    file.take(database.pool());
    CHECK(std::string(file.text, file.size).find(std::string(32, 'k')) == std::string::npos);

    const auto report = file.put_back(other.pool());

    CHECK(report.rows >= 4);
    CHECK(other.ask("SELECT name FROM customer WHERE ref = 'K1'") == hard_text);
    CHECK(other.ask("SELECT handles::text FROM customer") == "{a:b}");
    CHECK(other.ask("SELECT verified FROM app WHERE app = 'END of it'") == "3");
    CHECK(other.ask("SELECT encode(body, 'hex') FROM raw_webhook") == "00ff0a");
    CHECK(other.ask("SELECT larum_now() IS NOT NULL") == "t");
    CHECK(other.ask("SELECT to_regnamespace('larum_before') IS NULL") == "t");
    CHECK(migrate(other.pool()).version == all_migrations().back().version);
}

TEST_CASE("what changed after the backup is gone, but not the suppression list", "[store][backup]") {
    test::TestDatabase database;
    fill(database.pool());
    suppress_somebody(database.pool(), "before");
    File file;
    file.take(database.pool());
    suppress_somebody(database.pool(), "after");
    database.ask("UPDATE customer SET name = 'changed' RETURNING 1");
    database.ask("INSERT INTO brand (brand_id, name, created_at) VALUES (2, 'zenit', now()) RETURNING 1");
    database.ask("INSERT INTO suppression (brand_id, hash, kind, at) VALUES (2, 'x', 'ref', now()) RETURNING 1");

    const auto report = file.put_back(database.pool());

    CHECK(report.suppressed == 2);
    CHECK(database.ask("SELECT count(*) FROM suppression") == "3");
    CHECK(database.ask("SELECT name FROM customer") == hard_text);
}

TEST_CASE("who was erased or objected after the backup stays so when it is restored", "[store][backup]") {
    test::TestDatabase database;
    auto& pool = database.pool();
    pool.with([](Transaction& t) {
        t.script("INSERT INTO brand (brand_id, name, created_at) VALUES (1, 'acme', now());"
                 "INSERT INTO customer (brand_id, customer_id, ref, name, email) VALUES (1, 10, 'K1', 'Anna Lis', 'anna@lis.example'),"
                 " (1, 11, 'K2', 'Jan Kos', 'jan@kos.example'), (1, 12, 'K3', 'Ola Lis', 'anna@lis.example'), (1, 13, 'K4', 'Ewa Sowa', 'ewa@sowa.example');"
                 "INSERT INTO post (brand_id, post_id, platform, realm, native_id, kind, author_key, author_name, text, posted_at, first_seen_at) VALUES"
                 " (1, 20, 'facebook', '', 'n1', 0, 'facebook:page:u1', 'Iza Wilk', 'erased later', now(), now()),"
                 " (1, 21, 'facebook', '', 'n2', 0, 'facebook:page:u2', 'Jan Bury', 'deleted later', now(), now()),"
                 " (1, 22, 'facebook', '', 'n3', 0, 'facebook:page:u3', 'Jan Sum', 'stays', now(), now())");
    });
    File file;
    file.take(pool);
    SystemClock clock;
    IdMaker ids(clock, 1);
    const Desk desk{1, key, 0, clock.now()};
    pool.with([&](Transaction& t) {
        erase_person(t, ids, desk, {PersonBy::customer, "K1"});
        erase_person(t, ids, desk, {PersonBy::author, "facebook:u1"});
        record_objection(t, ids, desk, "K2");
        t.script("UPDATE post SET text = NULL, deleted_at = now() WHERE post_id = 21");
    });

    const auto report = file.put_back(pool);

    CHECK(report.erased == 2);
    CHECK(report.objected == 1);
    CHECK(database.ask("SELECT string_agg(ref, ' ' ORDER BY ref) FROM customer") == "K2 K3 K4");
    CHECK(database.ask("SELECT string_agg(ref, ' ' ORDER BY ref) FROM customer WHERE do_not_match OR objected_at IS NOT NULL") == "K2 K3");
    CHECK(database.ask("SELECT string_agg(text, ',') FROM post") == "stays");
    CHECK(database.ask("SELECT count(*) FROM post WHERE author_name LIKE 'Iza%'") == "0");
    CHECK(database.ask("SELECT deleted_at IS NOT NULL FROM post WHERE post_id = 21") == "t");
}

TEST_CASE("ids given after the backup are not given again after a restore", "[store][backup]") {
    test::TestDatabase database;
    File file;
    file.take(database.pool());
    database.ask("INSERT INTO daemon VALUES (0, 'x', 77, '0', now() - interval '1 hour') RETURNING 1");

    file.put_back(database.pool());

    CHECK(database.ask("SELECT last_id > 77 FROM daemon WHERE slot = 0") == "t");
}

TEST_CASE("a backup that was cut or changed restores nothing", "[store][backup]") {
    test::TestDatabase database;
    fill(database.pool());
    File file;
    file.take(database.pool());
    database.ask("UPDATE customer SET name = 'now' RETURNING 1");
    const std::string whole(file.text, file.size);
    auto changed = whole;
    changed[changed.find("za\xC5\xBC")] = 'Z';

    CHECK_THROWS_WITH(File::put(database.pool(), whole.substr(0, whole.size() / 2)), Catch::Matchers::Contains("the backup"));
    CHECK_THROWS_WITH(File::put(database.pool(), whole.substr(0, whole.size() - 20)), Catch::Matchers::Contains("cut short"));
    CHECK_THROWS_WITH(File::put(database.pool(), changed), Catch::Matchers::Contains("changed or damaged"));
    CHECK_THROWS_WITH(File::put(database.pool(), "{\"text\":1}\n"), Catch::Matchers::Contains("is none"));
    CHECK_THROWS_WITH(File::put(database.pool(), "\n"), Catch::Matchers::Contains("is none"));

    CHECK(database.ask("SELECT name FROM customer") == "now");
}

TEST_CASE("a backup of a newer larum, of an edited migration or of another key is refused", "[store][backup]") {
    test::TestDatabase database;
    File file;
    file.take(database.pool());
    const std::string whole(file.text, file.size);
    const auto with = [&](const std::string& from, const std::string& to) {
        auto text = whole;
        return text.replace(text.find(from), from.size(), to);
    };
    const auto digest = all_migrations()[0].digest;
    const auto newer = with("[\"" + digest + "\"", "[\"" + digest + "\",\"f\",\"f\",\"f\",\"f\",\"f\",\"f\",\"f\",\"f\"");

    CHECK_THROWS_AS(File::put(database.pool(), with("\"larum_backup\":1", "\"larum_backup\":2")), Error);
    CHECK_THROWS_AS(File::put(database.pool(), newer), Error);
    CHECK_THROWS_WITH(File::put(database.pool(), with(digest, std::string(64, '0'))), Catch::Matchers::Contains("another migration"));
    CHECK_THROWS_WITH(File::put(database.pool(), with(key.check(), "0000000000000000")), Catch::Matchers::Contains("installation key"));
}

TEST_CASE("nothing is restored while a larum works on the database, nor over tables of somebody else", "[store][backup]") {
    test::TestDatabase database;
    File file;
    file.take(database.pool());
    database.ask("INSERT INTO daemon VALUES (0, 'x', 77, '0', now() + interval '8 s') RETURNING 1");
    CHECK_THROWS_WITH(file.put_back(database.pool()), Catch::Matchers::Contains("stop it"));

    test::EmptyDatabase others;
    Pool pool({.url = others.url(), .connections_max = 1});
    pool.with([](Transaction& t) { t.script("CREATE TABLE somebodys (n integer)"); });
    CHECK_THROWS_WITH(file.put_back(pool), Catch::Matchers::Contains("not larum's"));
}

TEST_CASE("a full disk during a backup is said", "[store][backup]") {
    test::TestDatabase database;
    fill(database.pool());
    const std::unique_ptr<std::FILE, int (*)(std::FILE*)> full(std::fopen("/dev/full", "w"), std::fclose);
    REQUIRE(full);
    CHECK_THROWS_WITH(backup(database.pool(), key, Time{}, full.get()), Catch::Matchers::Contains("No space left"));
}
