// What the ledger says after things went wrong: docs/ledger.md.
#include "daemon/intake/upkeep.h"
#include "intake/fakes.h"

using namespace larum;
using namespace larum::test;
using namespace std::chrono_literals;
using connectors::Ending;

namespace {

/// A wall that is read every minute, at 11:00, and what goes wrong with it.
struct Kept {
    TestDatabase database;
    SettableClock clock;
    Daemon daemon{database, clock};
    std::vector<Post> written; ///< not yet read
    connectors::Outcome trouble;

    explicit Kept(std::vector<std::string> names = {"wall"}) : daemon(database, clock, std::move(names)) {
        clock.time = *parse_time("2026-04-05T11:00:00Z");
        for (auto& one : daemon.watched) one.interval = 50s; // at every minute, whatever the spread
        daemon.config.brands[0].playbook.service = {"desk"};
        for (auto& [name, one] : daemon.connectors) {
            one->on_poll = [this](const auto&, auto&) {
                if (!trouble.ok()) return connectors::PollResult{trouble, {}};
                return page(std::exchange(written, {}));
            };
        }
    }
    void until(const std::string& hour) {
        for (const auto end = *parse_time("2026-04-05T" + hour + ":00Z"); clock.time < end; clock.time += 1min) daemon.work();
    }
    void be(Ending ending, const std::string& reason, bool whole_credential = true, std::optional<Time> not_before = {}) {
        trouble = {ending, reason, not_before, whole_credential};
        for (auto& [name, one] : daemon.connectors) one->probe_answer.outcome = ending == Ending::reauth ? trouble : connectors::Outcome{};
    }
    void recover() { be(Ending::ok, {}, false); }

    /// «feed 11:01 11:48 3 fake: revoked», by time.
    std::string gaps(const std::string& source = "wall") {
        return database.ask("SELECT coalesce(string_agg(stream || to_char(from_at AT TIME ZONE 'UTC', ' HH24:MI ')"
                            " || coalesce(to_char(to_at AT TIME ZONE 'UTC', 'HH24:MI'), 'now') || ' ' || recovered"
                            " || CASE WHEN lost THEN ' lost ' ELSE ' ' END || reason, '; ' ORDER BY from_at, stream), '')"
                            " FROM source_gap JOIN source USING (brand_id, source_id) WHERE name = $1",
                            {source});
    }
    std::string told(const std::string& code) {
        return database.ask("SELECT count(*) FROM alert WHERE kind = 'notice' AND body->>'code' = $1", {code});
    }
};

std::string at(const std::string& hour) { return "2026-04-05T" + hour + ":00Z"; }

} // namespace

TEST_CASE("a token that is revoked and given back leaves a gap with its reason and what was recovered", "[intake][ledger]") {
    Kept kept;
    kept.until("11:02");
    kept.be(Ending::reauth, "fake: the token was revoked");
    kept.until("11:20");
    CHECK(kept.gaps() == "feed 11:01 now 0 fake: the token was revoked");
    kept.until("11:47");
    kept.written = {post("1", "a", at("11:05")), post("2", "b", at("11:30")), post("3", "c", at("11:46")), post("4", "d", at("11:00"))};
    kept.recover();
    kept.until("12:10");

    // Dead for three quarters of an hour it is asked every six minutes or so whether it lives again.
    CHECK(kept.gaps().substr(0, 13) == "feed 11:01 11");
    CHECK(kept.gaps().substr(16) == " 3 fake: the token was revoked");
    CHECK(kept.told("credential_dead") == "1");
    CHECK(kept.told("source_back") == "1");
    CHECK(kept.database.ask("SELECT body->>'recovered' FROM alert WHERE body->>'code' = 'source_back'") == "3");
}

TEST_CASE("a dead credential opens a gap of every stream that it read, also of sources that were not asked", "[intake][ledger]") {
    Kept kept({"other wall", "wall"});
    kept.daemon.connectors["wall"]->first_streams = {{"feed", false, {}, {}}, {"tagged", false, {}, {}}};
    kept.until("11:02");
    kept.be(Ending::reauth, "fake: revoked");
    kept.until("11:05");
    CHECK(kept.gaps() == "feed 11:01 now 0 fake: revoked; tagged 11:01 now 0 fake: revoked");
    CHECK(kept.gaps("other wall") == "feed 11:01 now 0 fake: revoked");
    kept.recover();
    kept.until("11:20");
    CHECK(kept.database.ask("SELECT count(*) FROM source_gap WHERE to_at IS NULL") == "0");
    CHECK(kept.database.ask("SELECT count(*) FROM source_gap") == "3");
}

TEST_CASE("a throttle that is longer than ten minutes is a gap from its beginning, a shorter one is none", "[intake][ledger]") {
    Kept kept({"other wall", "wall"});
    kept.until("11:02");
    kept.be(Ending::later, "fake: status 429", true, *parse_time(at("11:40")));
    kept.until("11:05");
    CHECK(kept.gaps() == "feed 11:01 now 0 fake: status 429");
    CHECK(kept.gaps("other wall") == "feed 11:01 now 0 fake: status 429");
    kept.recover();
    kept.until("11:45");
    CHECK(kept.gaps() == "feed 11:01 11:40 0 fake: status 429");
    kept.be(Ending::later, "fake: status 429", true, *parse_time(at("11:50")));
    kept.until("11:47");
    kept.recover();
    kept.until("12:00");
    CHECK(kept.database.ask("SELECT count(*) FROM source_gap") == "2");
}

TEST_CASE("what failed and was tried again only after a quarter of an hour leaves a gap with its reason", "[intake][ledger]") {
    Kept kept;
    kept.until("11:02");
    kept.be(Ending::broken, "fake: the answer made no sense", false);
    kept.until("11:04");
    kept.recover();
    kept.until("11:40");
    CHECK(kept.gaps() == "feed 11:01 11:17 0 fake: the answer made no sense");
}

TEST_CASE("an hour without larum is a gap, and what was written meanwhile is recovered", "[intake][ledger]") {
    Kept kept;
    kept.until("11:10");
    kept.clock.time += 1h;
    kept.written = {post("1", "a", at("11:30")), post("2", "b", at("12:09"))};
    kept.until("12:20");
    CHECK(kept.gaps() == "feed 11:09 12:10 2 the source was not read");
    CHECK(kept.database.ask("SELECT covered_from = '2026-04-05T11:00:00Z' AND covered_to > '2026-04-05T12:15:00Z' FROM stream") == "t");
}

TEST_CASE("a short trouble leaves no gap", "[intake][ledger]") {
    Kept kept;
    kept.until("11:05");
    kept.be(Ending::later, "fake: status 503", false);
    kept.until("11:08");
    kept.recover();
    kept.until("11:30");
    CHECK(kept.gaps().empty());
}

TEST_CASE("what a walk could not reach is lost, and told at once, and once", "[intake][ledger]") {
    Kept kept;
    kept.until("11:10");
    kept.daemon.wall().on_poll = [first = true](const auto&, auto&) mutable {
        auto result = page({post("9", "x", at("11:09"))});
        if (std::exchange(first, false)) result.page.gaps = {{*parse_time(at("11:01")), *parse_time(at("11:08")), "more was written than one walk reads"}};
        return result;
    };
    kept.until("11:40");
    CHECK(kept.gaps() == "feed 11:01 11:08 0 lost more was written than one walk reads");
    CHECK(kept.told("source_gap") == "1");
}

TEST_CASE("a stream of the source's own that is gone is told and stays an open gap", "[intake][ledger]") {
    Kept kept;
    kept.until("11:02");
    kept.be(Ending::gone, "fake: no such wall", false);
    kept.until("11:30");
    CHECK(kept.gaps() == "feed 11:01 now 0 fake: no such wall");
    CHECK(kept.told("source_failing") == "1");
    kept.recover();
    Daemon next(kept.database, kept.clock); // whoever set it right started larum again
    next.wall().on_poll = [](const auto&, auto&) { return page({}); };
    next.work();
    CHECK(kept.gaps() == "feed 11:01 11:30 0 fake: no such wall");
}

TEST_CASE("two daemons write each gap once and tell of it once", "[intake][ledger]") {
    Kept kept;
    Daemon other(kept.database, kept.clock);
    other.config.brands[0].playbook.service = {"desk"};
    other.wall().on_poll = kept.daemon.wall().on_poll;
    const auto both_until = [&](const std::string& hour) {
        for (const auto end = *parse_time(at(hour)); kept.clock.time < end; kept.clock.time += 30s) {
            kept.daemon.work();
            other.work();
        }
    };
    both_until("11:02");
    kept.be(Ending::later, "fake: status 503", false);
    both_until("13:00");
    kept.recover();
    both_until("14:00");
    CHECK(kept.database.ask("SELECT count(*) FROM source_gap") == "1");
    CHECK(kept.told("source_silent") == "1");
    CHECK(kept.told("source_back") == "1");
}

// ---- posts from before -------------------------------------------------------------------------------------

TEST_CASE("posts from long before the connection are read and raise no alert", "[intake][ledger]") {
    Kept kept;
    kept.daemon.watched[0].alert_since = 1h;
    kept.written = {post("old", "x", "2026-04-03T08:00:00Z"), post("young", "x", at("10:30"))};
    kept.daemon.work();
    CHECK(kept.database.ask("SELECT string_agg(native_id, ' ') FROM post WHERE backfilled") == "old");
    CHECK(kept.database.ask("SELECT covered_from = '2026-04-03T08:00:00Z' FROM stream") == "t");
}

// ---- what a credential may ---------------------------------------------------------------------------------

TEST_CASE("a permission that is missing is told once", "[intake][ledger]") {
    Kept kept;
    kept.daemon.wall().probe_answer.missing = {"read_comments"};
    for (int day = 0; day < 4; ++day, kept.clock.time += 25h) kept.daemon.work();
    CHECK(kept.daemon.wall().probes >= 3);
    CHECK(kept.told("permission_missing") == "1");
    CHECK(kept.database.ask("SELECT missing::text FROM source") == "{read_comments}");
}

TEST_CASE("an end of a credential that comes near is told at 14, 7 and 1 days", "[intake][ledger]") {
    Kept kept;
    kept.daemon.wall().probe_answer.expires_at = kept.clock.time + 24h * 20;
    kept.daemon.work();
    intake::Upkeep upkeep(*kept.daemon.store, *kept.daemon.watch);
    std::string days;
    for (int hour = 0; hour < 24 * 20; ++hour, kept.clock.time += 1h) {
        const auto before = kept.told("credential_expires");
        upkeep.tick(kept.clock.time);
        if (kept.told("credential_expires") != before) days += std::to_string(20 - hour / 24) + " ";
    }
    CHECK(days == "14 7 1 ");
}

TEST_CASE("a source that is read too late though nothing is wrong with it is told once", "[intake][ledger]") {
    Kept kept;
    kept.until("11:02");
    intake::Upkeep upkeep(*kept.daemon.store, *kept.daemon.watch);
    for (int minute = 0; minute < 40; ++minute, kept.clock.time += 1min) upkeep.tick(kept.clock.time);
    CHECK(kept.told("source_behind") == "1");
}

namespace {

/// A daemon of two brands that read with one credential: «wall» and «tags» are acme's, «other wall» is zenit's.
struct Shared {
    explicit Shared(Kept& kept) : daemon(kept.database, kept.clock, {"other wall", "tags", "wall"}) {
        daemon.config.brands.resize(2);
        daemon.config.brands[1].name = "zenit";
        for (auto& brand : daemon.config.brands) brand.playbook.service = {"desk"};
        daemon.store = store::open_store(daemon.config, kept.clock);
        daemon.store->pool().follow(kept.clock);
        for (auto& one : daemon.watched) {
            one.brand = &daemon.config.brands[one.name == "other wall" ? 1 : 0];
            one.brand_id = daemon.store->brand(one.brand->name);
            one.interval = 50s;
        }
        for (auto& [name, one] : daemon.connectors)
            one->on_poll = [&kept](const auto&, auto&) { return connectors::PollResult{kept.trouble, {}}; };
    }
    void be(const connectors::Outcome& outcome) {
        for (auto& [name, one] : daemon.connectors) one->probe_answer.outcome = outcome;
    }
    Daemon daemon;
};

/// «acme 1, zenit 1».
std::string told_by_brand(Kept& kept, const std::string& code) {
    return kept.database.ask("SELECT coalesce(string_agg(line, ', ' ORDER BY line), '') FROM (SELECT b.name || ' ' || count(*) AS line FROM alert a JOIN brand b USING (brand_id)"
                             " WHERE a.kind = 'notice' AND a.body->>'code' = $1 GROUP BY b.name) AS lines",
                             {code});
}

} // namespace

TEST_CASE("brands that share a credential are all told at once that it died, each once, and that it lives again", "[intake][ledger]") {
    Kept kept;
    Shared one(kept), two(kept); // two daemons
    const auto until = [&](const std::string& hour) {
        for (const auto end = *parse_time(at(hour)); kept.clock.time < end; kept.clock.time += 1min) {
            one.daemon.work();
            two.daemon.work();
        }
    };
    until("11:02");
    kept.be(Ending::reauth, "fake: the token was revoked");
    one.be(kept.trouble);
    two.be(kept.trouble);
    until("11:03");
    CHECK(told_by_brand(kept, "credential_dead") == "acme 1, zenit 1");
    CHECK(kept.database.ask("SELECT body->>'source' FROM alert JOIN brand USING (brand_id) WHERE name = 'zenit' AND body->>'code' = 'credential_dead'") == "other wall");
    CHECK(kept.gaps("wall") == "feed 11:01 now 0 fake: the token was revoked");
    CHECK(kept.gaps("other wall") == "feed 11:01 now 0 fake: the token was revoked");

    until("11:30");
    kept.recover();
    one.be({});
    two.be({});
    until("12:00");
    CHECK(told_by_brand(kept, "credential_dead") == "acme 1, zenit 1");
    CHECK(told_by_brand(kept, "source_back") == "acme 1, zenit 1");
    CHECK(kept.gaps("other wall").substr(0, 13) == "feed 11:01 11");
}

TEST_CASE("a long rest of a shared credential is told to each brand and stands in each ledger", "[intake][ledger]") {
    Kept kept;
    Shared one(kept);
    one.daemon.work();
    kept.clock.time += 1min;
    kept.be(Ending::later, "fake: the day's quota is used up", true, kept.clock.time + 5h);
    one.daemon.work();
    kept.clock.time += 1min;
    one.daemon.work();
    CHECK(told_by_brand(kept, "source_slow") == "acme 1, zenit 1");
    CHECK(kept.gaps("other wall") == "feed 11:00 now 0 fake: the day's quota is used up");
}
