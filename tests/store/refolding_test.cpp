#include "daemon/store/refolding.h"
#include "daemon/match/keys.h"
#include "support/catch.h"
#include "support/database.h"

using namespace larum;
using namespace larum::store;

namespace {

constexpr int later = 3;
const Time now = *parse_time("2026-04-20T10:00:00Z");

/// A brand with keys of version 2, of which none is what a record has by now.
struct Keys {
    test::TestDatabase database;

    Keys() {
        run("INSERT INTO brand (brand_id, name, folding_version, created_at) VALUES (1, 'acme', 2, now())");
        for (int id = 1; id <= 5; ++id) {
            const auto text = std::to_string(id);
            run("INSERT INTO customer (brand_id, customer_id, ref, name, email) VALUES (1, " + text + ", 'K-" + text + "', 'Anna Nowak', 'anna" + text + "@example.org')");
            run("INSERT INTO customer_key (brand_id, key, customer_id) VALUES (1, -9223372036854775808, " + text + "), (1, 77, " + text + ")");
        }
        run("INSERT INTO service_case (brand_id, case_id, ref, customer_id) VALUES (1, 9, 'SPR-123456', 1)");
        run("INSERT INTO case_key (brand_id, key, case_id) VALUES (1, 78, 9)");
    }

    void run(const std::string& sql) {
        database.pool().with([&](Transaction& transaction) { transaction.run(sql); });
    }
    std::string ask(const std::string& sql) { return database.ask(sql); }
    std::string old_keys() { return ask("SELECT (SELECT count(*) FROM customer_key WHERE key IN (77, -9223372036854775808)) + (SELECT count(*) FROM case_key WHERE key = 78)"); }
    std::string keys_of(int id) { return ask("SELECT count(*) FROM customer_key WHERE customer_id = " + std::to_string(id)); }
    std::string version() { return ask("SELECT folding_version FROM brand"); }
    Refolding walker(int rows = 2) { return Refolding(database.pool(), {1}, later, rows); }

    static int walk(Refolding& refolding) {
        int ticks = 0;
        while (!refolding.done()) {
            refolding.tick(now);
            REQUIRE(++ticks < 100);
        }
        return ticks;
    }
    std::vector<RefoldingState> state() {
        std::vector<RefoldingState> states;
        database.pool().with([&](Transaction& transaction) { states = refolding_state(transaction, later); });
        return states;
    }
};

std::string keys_expected(int id) {
    Customer customer;
    customer.name = "Anna Nowak";
    customer.email = "anna" + std::to_string(id) + "@example.org";
    return std::to_string(match::customer_keys(customer).size());
}

} // namespace

TEST_CASE("keys of an earlier folding are made anew, a few rows a step, and the old ones go last", "[store][match]") {
    Keys keys;
    auto refolding = keys.walker();
    for (int i = 0; i < 3; ++i) refolding.tick(now);
    CHECK(keys.old_keys() == "11");
    CHECK(keys.version() == "2");

    CHECK(Keys::walk(refolding) > 5);
    CHECK(keys.old_keys() == "0");
    CHECK(keys.keys_of(3) == keys_expected(3));
    CHECK(keys.ask("SELECT count(*) FROM case_key") == std::to_string(match::case_keys({9, "SPR-123456"}).size()));
    CHECK(keys.version() == "3");
    CHECK(keys.ask("SELECT count(*) FROM refolding") == "0");
    CHECK(keys.state().empty());
}

TEST_CASE("a walk that was left is gone on with by another daemon, and two at once do no harm", "[store][match]") {
    Keys keys;
    auto alone = keys.walker();
    const int whole = [] { Keys other; auto walker = other.walker(); return Keys::walk(walker); }();
    for (int i = 0; i < 4; ++i) alone.tick(now);
    REQUIRE(keys.state().size() == 1);
    CHECK(keys.state()[0].step == 3);

    auto second = keys.walker(), third = keys.walker();
    int ticks = 4;
    for (; !second.done() || !third.done(); ++ticks) second.tick(now), third.tick(now);
    CHECK(ticks < whole);
    CHECK(keys.version() == "3");
    CHECK(keys.old_keys() == "0");
    CHECK(keys.keys_of(5) == keys_expected(5));
}

TEST_CASE("a brand that somebody is busy with is left for the next step", "[store][match]") {
    Keys keys;
    auto refolding = keys.walker();
    {
        const auto importing = keys.database.pool().begin();
        importing->run("SELECT 1 FROM brand WHERE brand_id = 1 FOR NO KEY UPDATE");
        refolding.tick(now);
        CHECK(keys.ask("SELECT count(*) FROM refolding") == "0");
    }
    refolding.tick(now);
    CHECK(keys.ask("SELECT looked_at FROM refolding") == "2");
}

TEST_CASE("customers who must not be matched get no keys, and lose what they had", "[store][match]") {
    Keys keys;
    keys.run("UPDATE customer SET do_not_match = true WHERE customer_id = 2");
    keys.run("DELETE FROM customer WHERE customer_id = 4");
    auto refolding = keys.walker();
    Keys::walk(refolding);
    CHECK(keys.keys_of(2) == "0");
    CHECK(keys.keys_of(4) == "0");
    CHECK(keys.keys_of(1) == keys_expected(1));
}

TEST_CASE("keys that a later larum made are left alone", "[store][match]") {
    Keys keys;
    keys.run("UPDATE brand SET folding_version = 4");
    auto refolding = keys.walker();
    CHECK(Keys::walk(refolding) == 1);
    CHECK(keys.old_keys() == "11");
    CHECK(keys.version() == "4");
    REQUIRE(keys.state().size() == 1);
    CHECK(keys.state()[0].from == 4);
}
