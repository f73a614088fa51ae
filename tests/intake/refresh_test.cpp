#include "daemon/intake/upkeep.h"
#include "intake/fakes.h"

using namespace larum;
using namespace larum::test;
using namespace std::chrono_literals;

namespace {

std::string column(Daemon& daemon, const std::string& sql) {
    std::string text;
    daemon.store->pool().with([&](store::Transaction& transaction) { text = transaction.run(sql).at(0, 0).text(); });
    return text;
}

/// A platform that wants its posts looked at again within a day.
struct Demanding {
    TestDatabase database;
    SettableClock clock;
    Daemon daemon{database, clock};

    Demanding() {
        daemon.kind.refresh_within = 24h;
        daemon.wall().on_poll = [this](const auto&, auto&) { return std::exchange(first, false) ? page({post("1"), post("2")}, "c") : page({}); };
        daemon.wall().on_recheck = [this](std::span<const Post> known) {
            looked += known.size();
            connectors::RecheckResult result;
            if (refused) result.outcome = {connectors::Ending::later, "fake: money", clock.time + 48h, true};
            if (!refused) result.posts = {post("2")};
            for (const auto& one : known)
                if (!refused && one.id == "1") result.deletions.push_back({"fake", "", "1", clock.time});
            return result;
        };
        daemon.work();
    }
    bool first = true, refused = false;
    std::size_t looked = 0;
};

} // namespace

TEST_CASE("posts are looked at again in time where the platform wants it, and deletions follow", "[intake][refresh]") {
    Demanding demanding;
    CHECK(demanding.looked == 0);
    demanding.clock.time += 13h;
    demanding.daemon.work();
    CHECK(demanding.looked == 2);
    CHECK(column(demanding.daemon, "SELECT count(*) FROM post WHERE native_id = '1' AND deleted_at IS NOT NULL AND text IS NULL") == "1");
    CHECK(column(demanding.daemon, "SELECT count(*) FROM post WHERE native_id = '2' AND text IS NOT NULL") == "1");
    demanding.clock.time += 13h;
    demanding.daemon.work();
    CHECK(demanding.looked == 3); // the deleted one is left alone
}

TEST_CASE("a post that nobody could look at in time loses its text", "[intake][refresh]") {
    Demanding demanding;
    demanding.refused = true;
    demanding.clock.time += 13h;
    demanding.daemon.work();
    demanding.daemon.work();
    CHECK(demanding.looked == 2);
    intake::Upkeep upkeep(*demanding.daemon.store, *demanding.daemon.watch);
    upkeep.tick(demanding.clock.time);
    CHECK(column(demanding.daemon, "SELECT count(*) FROM post WHERE text IS NOT NULL") == "2");
    demanding.clock.time += 12h;
    upkeep.tick(demanding.clock.time);
    CHECK(column(demanding.daemon, "SELECT count(*) FROM post WHERE text IS NOT NULL") == "0");
    CHECK(column(demanding.daemon, "SELECT count(*) FROM post_refresh") == "0");
}
