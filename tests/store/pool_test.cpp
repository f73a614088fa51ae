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
