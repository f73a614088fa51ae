#include "daemon/store/retention.h"
#include "support/catch.h"
#include "support/database.h"

using namespace larum;
using namespace larum::store;

namespace {

constexpr Span day = std::chrono::hours{24};

/// Rows are put where the ids of their time are: retention counts from receipt.
struct Years {
    test::TestDatabase database;
    Time start = *parse_time("2026-02-01T00:00:00Z");
    Id next = 0;

    Years() { ask("INSERT INTO brand (brand_id, name, created_at) VALUES (1, 'acme', now()) RETURNING name"); }

    std::string ask(const std::string& sql) { return database.ask(sql); }

    Id post(Span age, int urgency) {
        const Id id = first_id_at(start - age) + ++next;
        const auto text = to_text(id);
        ask("INSERT INTO post (brand_id, post_id, platform, realm, native_id, kind, author_name, text, text_hash, posted_at, first_seen_at)"
            " VALUES (1, " + text + ", 'x', '', '" + text + "', 0, 'Ann', 'words', 7, now(), now()) RETURNING 1");
        if (urgency >= 0)
            ask("INSERT INTO decision (brand_id, post_id, revision, decided_at, cause, urgency, rule, customer_id, story) VALUES (1, " + text +
                ", 1, now(), 'new', " + std::to_string(urgency) + ", 'r', 5, '{\"contacts\":2,\"candidates\":"
                "[{\"customer_id\":\"5\",\"evidence\":[1]},{\"customer_id\":\"6\",\"evidence\":[2]}]}') RETURNING 1");
        return id;
    }
    bool has_text(Id id) { return ask("SELECT text IS NOT NULL FROM post WHERE post_id = " + to_text(id)) == "t"; }
    std::string story(Id id) { return ask("SELECT story::text FROM decision WHERE post_id = " + to_text(id)); }

    /// A whole walk with small steps.
    int walk(Time now) {
        Retention retention(database.pool(), {{1, {}}}, 2);
        int ticks = 1;
        while (retention.tick(now)) REQUIRE(++ticks < 200);
        CHECK_FALSE(retention.tick(now + day / 2));
        return ticks;
    }
};

} // namespace

TEST_CASE("texts end by the urgency that was decided, counted from receipt", "[retention]") {
    Years years;
    const Id none_young = years.post(6 * day, 0), none_old = years.post(8 * day, 0), undecided = years.post(8 * day, -1);
    const Id watch_young = years.post(20 * day, 1);
    const Id flag = years.post(25 * day, 2), urgent = years.post(26 * day, 3);

    years.ask("UPDATE post SET order_refs = '[\"ZAM/1\"]' RETURNING 1");

    years.walk(years.start);
    CHECK(years.ask("SELECT bool_and((text IS NULL) = (order_refs IS NULL)) FROM post") == "t");
    CHECK(years.has_text(none_young));
    CHECK_FALSE(years.has_text(none_old));
    CHECK_FALSE(years.has_text(undecided));
    CHECK(years.has_text(watch_young));
    CHECK(years.ask("SELECT text_hash || coalesce(author_name, '-') FROM post WHERE post_id = " + to_text(none_old)) == "7-");
    CHECK(years.story(none_old) == "{\"contacts\": 2}");

    years.walk(years.start + 75 * day);
    CHECK_FALSE(years.has_text(watch_young));
    CHECK(years.has_text(flag));

    years.walk(years.start + 400 * day);
    CHECK_FALSE(years.has_text(flag));
    CHECK_FALSE(years.has_text(urgent));
}

TEST_CASE("the latest decision counts, and a walk does nothing the second time", "[retention]") {
    Years years;
    const Id post = years.post(8 * day, 0);
    years.ask("INSERT INTO decision (brand_id, post_id, revision, decided_at, cause, urgency, rule) VALUES (1, " + to_text(post) +
              ", 2, now(), 'contact', 3, 'r') RETURNING 1");
    const Id old = years.post(9 * day, 0);

    years.walk(years.start);
    const auto ended_at = years.ask("SELECT text_ended_at FROM post WHERE post_id = " + to_text(old));
    years.walk(years.start + day);

    CHECK(years.has_text(post));
    CHECK(years.ask("SELECT text_ended_at FROM post WHERE post_id = " + to_text(old)) == ended_at);
}

TEST_CASE("a held post keeps its texts until the hold ends", "[retention]") {
    Years years;
    const Id post = years.post(8 * day, 0);
    years.ask("INSERT INTO post_version (brand_id, post_id, version, text, seen_at) VALUES (1, " + to_text(post) + ", 1, 'before', now()) RETURNING 1");
    years.ask("INSERT INTO hold (brand_id, hold_id, post_id, reason, created_at, ends_at) VALUES (1, 1, " + to_text(post) + ", 'court', now(), '" +
              format_time(years.start + 10 * day) + "') RETURNING 1");

    years.walk(years.start);
    CHECK(years.has_text(post));
    CHECK(years.ask("SELECT count(*) FROM post_version") == "1");

    years.walk(years.start + 11 * day);
    CHECK_FALSE(years.has_text(post));
    CHECK(years.ask("SELECT count(*) FROM post_version") == "0");
}

TEST_CASE("candidates who were not chosen end after thirty days, the chosen one stays", "[retention]") {
    Years years;
    const Id young = years.post(20 * day, 3), old = years.post(31 * day, 3);
    years.ask("INSERT INTO identity (brand_id, identity_id, subject, customer_id, state, probability, evidence, updated_at) VALUES "
              "(1, 1, 'author:a', 5, 'rejected', 0.1, '[{\"field\":\"name\",\"post\":\"Ann\",\"record\":\"Ann\",\"weight\":2}]', '" +
              format_time(years.start - 31 * day) + "') RETURNING 1");

    years.walk(years.start);

    CHECK_THAT(years.story(young), test::contains("\"6\""));
    CHECK(years.story(old) == "{\"contacts\": 2, \"candidates\": [{\"evidence\": [1], \"customer_id\": \"5\"}]}");
    CHECK(years.ask("SELECT state || evidence::text FROM identity") == "rejected[{\"field\": \"name\", \"weight\": 2}]");
}

TEST_CASE("sent alerts become stubs after ninety days and raw bodies end after seven", "[retention]") {
    Years years;
    const auto at = [&](Span age) { return to_text(first_id_at(years.start - age) + ++years.next); };
    const Time later = years.start + 100 * day;
    years.ask("INSERT INTO escalation (brand_id, escalation_id, subject, urgency, post_id, state, opened_at, changed_at) "
              "VALUES (1, 1, 's', 3, 1, 'settled', now(), now()) RETURNING 1");
    years.ask("INSERT INTO alert (brand_id, alert_id, escalation_id, kind, channel, state, due_at, created_at, message_id) VALUES (1, " +
              at(day) + ", 1, 'alert', 'desk', 'delivered', now(), now(), 'm') RETURNING 1");
    years.ask("INSERT INTO alert (brand_id, alert_id, kind, channel, state, due_at, created_at, body) VALUES (1, " + at(-50 * day) +
              ", 'digest', 'desk', 'delivered', now(), now(), '{}') RETURNING 1");
    years.ask("INSERT INTO dead_letter (brand_id, dead_letter_id, kind, reason, body, at) VALUES (1, " + at(day) + ", 'item', 'odd', 'x', now()) RETURNING 1");
    years.ask("INSERT INTO raw_webhook (raw_webhook_id, app, received_at, body) VALUES (" + at(day) + ", 'a', now(), 'x') RETURNING 1");
    years.ask("INSERT INTO raw_webhook (raw_webhook_id, app, received_at, body) VALUES (" + at(-98 * day) + ", 'a', now(), 'x') RETURNING 1");
    years.ask("INSERT INTO audit (brand_id, audit_id, at, what) VALUES (1, " + at(day) + ", now(), 'viewed') RETURNING 1");
    years.ask("INSERT INTO audit (brand_id, audit_id, at, what) VALUES (1, " + at(-50 * day) + ", now(), 'viewed') RETURNING 1");
    years.ask("INSERT INTO day_count (brand_id, day, posts) VALUES (1, '2020-01-01', 3) RETURNING 1");

    years.walk(later);

    CHECK(years.ask("SELECT stub_due_at IS NOT NULL AND text_ended_at IS NULL FROM alert WHERE message_id = 'm'") == "t");
    CHECK(years.ask("SELECT revision FROM escalation") == "2");
    CHECK(years.ask("SELECT body IS NOT NULL FROM alert WHERE kind = 'digest'") == "t");
    CHECK(years.ask("SELECT count(*) FROM dead_letter WHERE body IS NULL") == "1");
    CHECK(years.ask("SELECT count(*) FROM raw_webhook") == "1");
    CHECK(years.ask("SELECT count(*) FROM audit") == "2");
    years.walk(years.start + 370 * day);
    CHECK(years.ask("SELECT count(*) FROM audit") == "1");
    CHECK(years.ask("SELECT posts FROM day_count") == "3");
}
