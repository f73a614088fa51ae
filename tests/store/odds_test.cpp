#include "daemon/store/odds.h"
#include "support/catch.h"
#include "support/database.h"

using namespace larum;
using namespace larum::store;

namespace {

const match::Odds early = match::odds_of(match::Mixture().shares(), 100, {0, 10, 10, 10, 0});
const match::Odds late = match::odds_of(match::Mixture().shares(), 9000, {0, 10, 10, 10, 0});

struct Decided {
    test::TestDatabase database;

    void run(const std::string& sql, const std::vector<Param>& parameters = {}) {
        database.pool().with([&](Transaction& transaction) { transaction.run(sql, parameters); });
    }
    void post(int id) {
        run("INSERT INTO post (brand_id, post_id, platform, realm, native_id, kind, text, text_hash, posted_at, first_seen_at)"
            " VALUES (1, $1, 'x', '', $2, 0, 'words', 7, now(), now())", {id, std::to_string(id)});
    }
    void decision(int post, int revision, std::optional<std::int64_t> odds) {
        run("INSERT INTO decision (brand_id, post_id, revision, decided_at, cause, urgency, rule, odds) VALUES (1, $1, $2, now(), 'new', 0, 'r', $3)",
            {post, revision, odds ? Param(static_cast<long long>(*odds)) : Param(nullptr)});
    }
    std::optional<match::Odds> latest() {
        std::optional<match::Odds> odds;
        database.pool().with([&](Transaction& transaction) { odds = latest_odds(transaction, 1); });
        return odds;
    }
    std::map<std::string, match::Odds> of(const std::vector<Post>& posts) {
        std::map<std::string, match::Odds> odds;
        database.pool().with([&](Transaction& transaction) { odds = odds_of(transaction, 1, posts); });
        return odds;
    }
};

Post named(const std::string& id, const std::string& realm = "") {
    Post post;
    post.platform = "x";
    post.realm = realm;
    post.id = id;
    return post;
}

} // namespace

TEST_CASE("the odds of a brand's newest matched post are where learning goes on", "[store][match]") {
    Decided decided;
    CHECK_FALSE(decided.latest());
    decided.decision(1, 1, match::packed(late));
    decided.decision(2, 1, match::packed(early));
    decided.decision(3, 1, std::nullopt);
    CHECK(decided.latest() == early);
}

TEST_CASE("a post keeps the odds of its last decision, others have none", "[store][match]") {
    Decided decided;
    for (int id = 1; id <= 3; ++id) decided.post(id);
    decided.decision(1, 1, match::packed(early));
    decided.decision(1, 2, match::packed(late));
    decided.decision(2, 1, std::nullopt);
    const auto odds = decided.of({named("1"), named("2"), named("3"), named("4"), named("1", "elsewhere")});
    REQUIRE(odds.size() == 1);
    CHECK(odds.at(odds_name(named("1"))) == late);
    CHECK(decided.of({}).empty());
}
