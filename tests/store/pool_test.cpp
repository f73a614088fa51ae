#include "support/catch.h"
#include "support/database.h"

#include "core/error.h"

using namespace larum;
using namespace larum::store;

TEST_CASE("what goes into the database comes out as it was", "[store]") {
    test::TestDatabase database;
    const std::string hard = "tab\there, back\\slash, \"quotes\", new\nline, {curly}, zażółć";

    database.pool().with([&](Transaction& transaction) {
        const auto row = transaction.run_prepared(
            "SELECT $1::text, $2::bigint, $3::timestamptz, $4::text[], $5::bigint[], $6::bytea, $7::text, $8::float8, $9::bool",
            {hard, 1234567890123456789ll, *parse_time("2026-04-05T22:41:03.25Z"),
             array_of(std::vector<std::string>{hard, "", "NULL"}), array_of(std::vector<std::int64_t>{-1, 2}),
             to_bytea(std::string("\0\xff", 2)), nullptr, 0.1, true});
        CHECK(row.at(0, 0).text() == hard);
        CHECK(row.at(0, 1).integer() == 1234567890123456789ll);
        CHECK(format_time(row.at(0, 2).time()) == "2026-04-05T22:41:03.25Z");
        CHECK(row.at(0, 3).texts() == std::vector<std::string>{hard, "", "NULL"});
        CHECK(row.at(0, 4).integers() == std::vector<std::int64_t>{-1, 2});
        CHECK(from_bytea(row.at(0, 5).view()) == std::string("\0\xff", 2));
        CHECK(row.at(0, 6).null());
        CHECK(row.at(0, 7).number() == 0.1);
        CHECK(row.at(0, 8).yes());
        CHECK_THROWS_AS(row.at(1, 0), Error);
        CHECK_THROWS_AS(row.at(0, 9), Error);
    });
}

TEST_CASE("copied rows come out as they were", "[store]") {
    test::TestDatabase database;
    const std::string hard = "tab\there, back\\slash \\N, new\nline, return\r";

    database.pool().with([&](Transaction& transaction) {
        transaction.script("CREATE TEMP TABLE copied (number bigint, text text) ON COMMIT DROP");
        const auto copy = transaction.copy_into("copied", {"number", "text"});
        for (int i = 0; i < 5000; ++i) copy->row({i, hard});
        copy->row({nullptr, ""});
        copy->finish();
        const auto rows = transaction.run("SELECT count(*), min(text) FILTER (WHERE number = 7), "
                                          "count(*) FILTER (WHERE number IS NULL AND text = '') FROM copied");
        CHECK(rows.at(0, 0).integer() == 5001);
        CHECK(rows.at(0, 1).text() == hard);
        CHECK(rows.at(0, 2).integer() == 1);
    });
}

TEST_CASE("a transaction that is not committed leaves nothing", "[store]") {
    test::TestDatabase database;

    database.pool().begin()->run("INSERT INTO brand (brand_id, name, created_at) VALUES (1, 'acme', now())");

    CHECK(database.ask("SELECT count(*) FROM brand") == "0");
}

TEST_CASE("an error of the database names the state and the constraint, and no value", "[store]") {
    test::TestDatabase database;
    const auto failure = [&](const std::string& sql, const std::vector<Param>& parameters) -> std::string {
        try {
            database.pool().begin()->run(sql, parameters);
        } catch (const DatabaseError& error) {
            CHECK(error.sqlstate().size() == 5);
            return error.what();
        }
        return "no error";
    };
    const std::string person = "Anna \"Ania\" Nowak";

    CHECK(failure("INSERT INTO brand (brand_id, name, created_at) VALUES (1, $1, now()), (2, $1, now())", {person}) ==
          "database: 23505 duplicate key value violates unique constraint \"brand_name_key\"");
    for (const auto* sql : {"SELECT $1::text::integer", "SELECT $1::text::timestamptz", "SELECT $1::text::jsonb", "SELECT $1::text::text[]",
                            "INSERT INTO account_brand SELECT 1, 1, $1", "SELECT $1::text::float8"})
        CHECK_THAT(failure(sql, {person}), !Catch::Matchers::Contains("Nowak") && Catch::Matchers::StartsWith("database: 2"));
    const auto copying = [&]() -> std::string {
        try {
            const auto transaction = database.pool().begin();
            const auto copy = transaction->copy_into("brand", {"brand_id", "name", "created_at"});
            copy->row({person, person, person});
            copy->finish();
        } catch (const DatabaseError& error) {
            return error.what();
        }
        return "no error";
    }();
    CHECK_THAT(copying, Catch::Matchers::Contains("22P02") && !Catch::Matchers::Contains("Nowak"));
    CHECK(database.ask("SELECT 1") == "1");
}

TEST_CASE("a pool hands out no more connections than its bound, and says so", "[store]") {
    test::TestDatabase database;
    Pool pool({.url = database.url(), .connections_max = 1, .wait_max = std::chrono::milliseconds{20}});
    const auto first = pool.begin();

    CHECK_THROWS_WITH(pool.begin(), Catch::Matchers::Contains("all 1 connections are busy"));
}

TEST_CASE("a transaction that conflicts is done again from the start", "[store]") {
    test::TestDatabase database;
    database.ask("INSERT INTO app (app) VALUES ('x') RETURNING 1");
    int runs = 0;

    database.pool().with([&](Transaction& first) {
        first.script("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ");
        first.run("SELECT * FROM app");
        if (++runs == 1) database.ask("UPDATE app SET verified = verified + 1 RETURNING 1");
        first.run("UPDATE app SET verified = verified + 1");
    });

    CHECK(runs == 2);
    CHECK(database.ask("SELECT verified FROM app") == "2");
}

TEST_CASE("connections that were cut while they rested are not handed out again", "[store]") {
    test::TestDatabase database;
    Pool pool({.url = database.url() + " application_name='cut'", .connections_max = 3});
    {
        const auto one = pool.begin(), two = pool.begin();
        one->run("SELECT 1");
        two->run("SELECT 1");
    }
    REQUIRE(database.ask("SELECT count(pg_terminate_backend(pid, 10000)) FROM pg_stat_activity WHERE application_name = 'cut'") == "2");

    CHECK(pool.begin()->run("SELECT 1").at(0, 0).integer() == 1);
}

TEST_CASE("work is begun again when its connection was cut under it", "[store]") {
    test::TestDatabase database;
    Pool pool({.url = database.url() + " application_name='cut'", .connections_max = 3});
    int runs = 0;

    pool.with([&](Transaction& t) {
        t.run("SELECT 1");
        if (++runs == 1) database.ask("SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE application_name = 'cut'");
        t.run("INSERT INTO app (app) VALUES ('once')");
    });

    CHECK(runs == 2);
    CHECK(database.ask("SELECT count(*) FROM app") == "1");
}

TEST_CASE("a database that is away is said by where it should be, without the password", "[store]") {
    Pool pool({.url = "postgresql://larum:geheim@127.0.0.1:1/larum", .connections_max = 1});
    CHECK_THROWS_WITH(pool.begin(), Catch::Matchers::Contains("127.0.0.1") && !Catch::Matchers::Contains("geheim"));

    Pool wrong({.url = "postgresql://larum:geheim@127.0.0.1:port/larum?x", .connections_max = 1});
    CHECK_THROWS_WITH(wrong.begin(), Catch::Matchers::Contains("database.url is no address") && !Catch::Matchers::Contains("geheim"));
}
