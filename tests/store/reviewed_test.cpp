#include "daemon/store/reviewed.h"

#include "daemon/store/suppression.h"
#include "support/catch.h"
#include "support/database.h"

#include <algorithm>

using namespace larum;
using namespace larum::store;

namespace {

/// Posts 1 to 9 of one brand, and what people said of them.
struct Reviewed {
    test::TestDatabase database;
    InstallationKey key{std::string(32, 'k')};

    Reviewed() {
        database.pool().with([](Transaction& transaction) {
            transaction.script(R"(
                INSERT INTO brand (brand_id, name, created_at) VALUES (1, 'acme', now()), (2, 'other', now());
                INSERT INTO customer (brand_id, customer_id, ref, name, objected_at) VALUES (1, 11, 'K-1', 'Ola Wrzos', now());
                INSERT INTO post (brand_id, post_id, platform, realm, native_id, kind, author_key, author_name, parent_native_id, text,
                                  posted_at, first_seen_at, edited_at, deleted_at, own)
                SELECT CASE WHEN n = 9 THEN 2 ELSE 1 END, n, 'rss', 'feed', 'p' || n, 0, 'rss::a' || n, 'Author ' || n,
                    CASE WHEN n = 1 THEN 'top' END, CASE WHEN n <> 4 THEN 'words ' || n END, now(), now(),
                    CASE WHEN n = 6 THEN now() END, CASE WHEN n = 5 THEN now() END, n = 7
                FROM generate_series(1, 9) n;
                INSERT INTO identity (brand_id, identity_id, subject, customer_id, state, probability, evidence, updated_at) VALUES
                    (1, 1, 'author:rss::a8', 11, 'confirmed', 1, '[]', now());
                INSERT INTO label (brand_id, label_id, post_id, kind, value, at)
                SELECT CASE WHEN n = 9 THEN 2 ELSE 1 END, n, n, 'verdict', '{"complaint": true}', now() - interval '1 hour'
                FROM generate_series(4, 9) n;
                INSERT INTO label (brand_id, label_id, post_id, kind, value, at) VALUES
                    (1, 21, 1, 'settlement', '{"outcome": "solved"}', now()),
                    (1, 22, 1, 'verdict', '{"repeat_contact": true, "topic": "delivery"}', now()),
                    (1, 23, 2, 'dismissal', '{"reason": "not_complaint"}', now()),
                    (1, 24, 3, 'dismissal', '{"reason": "duplicate"}', now());
            )");
        });
    }

    std::vector<ReviewedPost> read(int most = 100) {
        std::vector<ReviewedPost> posts;
        database.pool().with([&](Transaction& transaction) { posts = reviewed_posts(transaction, 1, key, most); });
        return posts;
    }
};

} // namespace

TEST_CASE("what people corrected, settled and dismissed is read as labels", "[train][store]") {
    Reviewed house;

    const auto posts = house.read();

    REQUIRE(posts.size() == 2);
    CHECK(posts[0].text == "words 2");
    CHECK(posts[0].said.complaint == false);
    CHECK(posts[1].said.complaint == true);
    CHECK(posts[1].said.repeat_contact == true);
    CHECK(posts[1].said.topic == Topic::delivery);
    CHECK_FALSE(posts[1].said.broken_promise.has_value());
    CHECK(posts[1].author_key == "rss::a1");
    CHECK(posts[1].author_name == "Author 1");
    CHECK(posts[1].thread == "rss:feed:top");
    CHECK(house.read(1).size() == 1);
}

TEST_CASE("whoever is on the suppression list is not learned from", "[train][store]") {
    Reviewed house;
    house.database.pool().with([&](Transaction& transaction) {
        suppress(transaction, 1, Suppressor(house.key, 1).of_author("rss::a2"), *parse_time("2026-04-01T00:00:00Z"));
    });

    const auto posts = house.read();

    REQUIRE(posts.size() == 1);
    CHECK(posts[0].text == "words 1");
}
