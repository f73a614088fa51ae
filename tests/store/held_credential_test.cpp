#include "daemon/store/held_credential.h"

#include "support/catch.h"
#include "support/database.h"

using namespace larum;
using namespace larum::test;

namespace {

const Time now = *parse_time("2026-04-05T12:00:00Z");

} // namespace

TEST_CASE("a session that a command changed is what the next one finds, sealed in between", "[store]") {
    TestDatabase database;
    const SystemClock clock;
    const auto store = store::open_store(database.config(), clock);
    {
        store::HeldCredential held(*store, "x", "x:abc", 10, now);
        CHECK(held.session().empty());
        CHECK(held.keep("refresh-2"));
    }
    CHECK(store::HeldCredential(*store, "x", "x:abc", 10, now).session() == "refresh-2");
    CHECK(database.ask("SELECT count(*) FROM credential WHERE position('refresh-2'::bytea IN sealed_session) = 0") == "1");
    CHECK(database.ask("SELECT count(*) FROM credential WHERE lease_until IS NULL") == "1"); // let go
}

TEST_CASE("a credential that was taken over meanwhile keeps the other one's session", "[store]") {
    TestDatabase database;
    const SystemClock clock;
    const auto store = store::open_store(database.config(), clock);
    store::HeldCredential slow(*store, "x", "x:abc", 10, now);
    database.ask("UPDATE credential SET lease_until = larum_now() - interval '1 second' RETURNING 1");
    store::HeldCredential other(*store, "x", "x:abc", 10, now);
    CHECK(other.keep("theirs"));

    CHECK_FALSE(slow.keep("ours"));
    CHECK(other.session().empty());
}
