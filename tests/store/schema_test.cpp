#include "support/catch.h"
#include "support/database.h"

#include "core/error.h"

#include <set>

using namespace larum;

namespace {

std::set<std::string> asked(test::TestDatabase& database, const std::string& sql) {
    std::set<std::string> all;
    database.pool().with([&](store::Transaction& t) {
        const auto rows = t.run(sql);
        for (std::size_t row = 0; row < rows.size(); ++row) all.insert(rows.at(row, 0).text());
    });
    return all;
}

} // namespace

// These hold so that the schema can be spread over a cluster of databases by brand (DESIGN I5).

TEST_CASE("every table of a brand has the brand first in its primary key, and only the named ones have no brand", "[store][schema]") {
    test::TestDatabase database;

    const auto brandless =
        asked(database, "SELECT c.relname FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') "
                        "AND coalesce((SELECT a.attname FROM pg_constraint k JOIN pg_attribute a ON a.attrelid = c.oid AND "
                        "a.attnum = k.conkey[1] WHERE k.conrelid = c.oid AND k.contype = 'p'), '') <> 'brand_id'");

    CHECK(brandless == std::set<std::string>{"schema", "daemon", "account", "account_brand", "session", "app", "credential", "raw_webhook", "webhook_unknown"});
    CHECK(asked(database, "SELECT c.relname FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') "
                          "AND NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conrelid = c.oid AND k.contype = 'p')")
              .empty());
}

TEST_CASE("unique keys of a brand's tables hold the brand", "[store][schema]") {
    test::TestDatabase database;

    CHECK(asked(database, "SELECT i.indexrelid::regclass::text FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid "
                          "WHERE c.relnamespace = 'public'::regnamespace AND i.indisunique AND c.relname <> 'brand' "
                          "AND EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'brand_id') "
                          "AND NOT EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'brand_id' "
                          "AND a.attnum = ANY(i.indkey::int2[]))")
              .empty());
}

TEST_CASE("foreign keys stay inside a brand, and posts, decisions and the queue have none", "[store][schema]") {
    test::TestDatabase database;

    CHECK(asked(database, "SELECT k.conrelid::regclass::text FROM pg_constraint k WHERE k.contype = 'f' "
                          "AND k.conrelid IN ('post'::regclass, 'decision'::regclass, 'triage_queue'::regclass)")
              .empty());
    CHECK(asked(database, "SELECT k.conname FROM pg_constraint k WHERE k.contype = 'f' "
                          "AND k.confrelid NOT IN ('account'::regclass) "
                          "AND NOT EXISTS (SELECT FROM generate_subscripts(k.conkey, 1) AS i "
                          "JOIN pg_attribute own ON own.attrelid = k.conrelid AND own.attnum = k.conkey[i] "
                          "JOIN pg_attribute far ON far.attrelid = k.confrelid AND far.attnum = k.confkey[i] "
                          "WHERE own.attname = 'brand_id' AND far.attname = 'brand_id')")
              .empty());
}

TEST_CASE("there are no row triggers of our own, no identity columns and no sequences", "[store][schema]") {
    test::TestDatabase database;

    CHECK(asked(database, "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal").empty());
    CHECK(asked(database, "SELECT attname FROM pg_attribute WHERE attidentity <> ''").empty());
    CHECK(asked(database, "SELECT relname FROM pg_class WHERE relkind = 'S'").empty());
}
