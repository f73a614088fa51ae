#include "core/error.h"
#include "daemon/match/keys.h"
#include "daemon/store/import.h"
#include "daemon/store/person.h"
#include "daemon/store/suppression.h"
#include "support/catch.h"
#include "support/database.h"

#include <nlohmann/json.hpp>

#include <fstream>

using namespace larum;
using namespace larum::store;

namespace {

/// Anna Lis, a customer with a case, two contacts and a post that a person confirmed to be hers; Jan Kos, for whom
/// she was thought of; and a post by a hidden author.
struct House {
    test::TestDatabase database;
    test::TemporaryFolder folder;
    SystemClock clock;
    IdMaker ids{clock, 1};
    InstallationKey key{std::string(32, 'k')};
    Desk desk{1, key, 0, clock.now()};

    House() {
        Case matter;
        matter.ref = "C-100200";
        database.pool().with([&](Transaction& transaction) {
            transaction.script(rows);
            for (const auto made : match::case_keys(matter)) transaction.run("INSERT INTO case_key (brand_id, key, case_id) VALUES (1, $1, 21)", {made});
        });
        import();
    }

    static constexpr const char* rows = R"(
        INSERT INTO brand (brand_id, name, created_at) VALUES (1, 'acme', now());
        INSERT INTO customer (brand_id, customer_id, ref, name, email, phone) VALUES
            (1, 11, 'K-1', 'Anna Lis', 'anna@lis.example', '600700800'), (1, 12, 'K-2', 'Jan', 'jan@kos.example', '');
        INSERT INTO service_case (brand_id, case_id, ref, customer_id, subject) VALUES (1, 21, 'C-100200', 11, 'sofa of Anna');
        INSERT INTO contact (brand_id, contact_id, ref, customer_id, case_id, author_key, channel, direction, at, summary) VALUES
            (1, 31, 'T-1', 11, NULL, NULL, 0, 0, now(), 'Anna phoned'), (1, 32, 'T-2', NULL, 21, NULL, 1, 0, now(), 'Anna wrote'),
            (1, 33, 'T-3', 12, NULL, NULL, 0, 0, now(), 'Jan phoned'),
            (1, 34, 'T-4', NULL, NULL, 'facebook:page:annanative', 3, 0, now(), 'Anna in a chat');
        INSERT INTO post (brand_id, post_id, platform, realm, native_id, kind, author_key, author_name, text, text_hash, posted_at,
                          first_seen_at, url) VALUES
            (1, 41, 'facebook', '', 'native-41', 0, 'facebook:page:annanative', 'Anna Lis', 'Anna complains', 1, now(), now(), 'https://x.example/anna'),
            (1, 42, 'facebook', '', 'native-42', 0, 'facebook:page:kosnative', 'Jan Kos', 'Jan complains', 2, now(), now(), NULL),
            (1, 43, 'google', '', 'native-43', 0, NULL, 'Hidden Ola', 'Ola complains', 3, now(), now(), NULL);
        INSERT INTO post_version (brand_id, post_id, version, text, seen_at) VALUES (1, 41, 1, 'Anna shouts', now());
        INSERT INTO hold (brand_id, hold_id, post_id, reason, created_at, ends_at) VALUES (1, 51, 41, 'court', now(), now() + interval '1 day');
        INSERT INTO identity (brand_id, identity_id, subject, customer_id, state, probability, evidence, updated_at) VALUES
            (1, 61, 'author:facebook:page:annanative', 11, 'confirmed', 0.9, '[{"field":"name","post":"Anna Lis","record":"Anna Lis","weight":9}]', now()),
            (1, 62, 'author:facebook:page:kosnative', 11, 'suggested', 0.2, '[{"field":"name","post":"Jan Kos","record":"Anna Lis","weight":1}]', now()),
            (1, 63, 'post:43', 12, 'suggested', 0.5, '[]', now());
        INSERT INTO decision (brand_id, post_id, revision, decided_at, cause, urgency, rule, reasons, verdict, customer_id, probability, case_id, story) VALUES
            (1, 41, 1, now(), 'new', 3, 'attempts', '[{"code":"attempts_recorded","text":"Anna phoned twice"}]', '{"complaint":0.9}', 11, 0.9, 21,
             '{"contacts":2,"candidates":[{"customer_id":"11","ref":"K-1","evidence":[{"record":"Anna Lis"}]}]}'),
            (1, 42, 1, now(), 'new', 2, 'known', '[]', '{"complaint":0.9}', 12, 0.7, NULL,
             '{"contacts":1,"candidates":[{"customer_id":"12","ref":"K-2","linked":["11"]},{"customer_id":"11","ref":"K-1","evidence":[{"record":"Anna Lis"}]}]}'),
            (1, 43, 1, now(), 'new', 1, 'watch', '[]', '{"complaint":0.9}', NULL, NULL, NULL, NULL);
        INSERT INTO escalation (brand_id, escalation_id, subject, urgency, post_id, customer_id, case_id, state, opened_at, changed_at, next_at) VALUES
            (1, 71, 'case:21', 3, 41, 11, 21, 'open', now(), now(), now()), (1, 72, 'customer:12', 2, 42, 12, NULL, 'open', now(), now(), now());
        INSERT INTO escalation_post (brand_id, escalation_id, post_id) VALUES (1, 71, 41), (1, 72, 42);
        INSERT INTO alert (brand_id, alert_id, escalation_id, kind, step, channel, state, due_at, created_at, message_id, body) VALUES
            (1, 81, 71, 'alert', 0, 'desk', 'delivered', now(), now(), 'm-81', '"Anna complains"'),
            (1, 82, 71, 'alert', 1, 'desk', 'due', now(), now(), NULL, NULL), (1, 83, 72, 'alert', 0, 'desk', 'delivered', now(), now(), 'm-83', NULL);
        INSERT INTO label (brand_id, label_id, post_id, kind, value, at) VALUES (1, 91, 41, 'verdict', '{"note":"Anna"}', now());
        INSERT INTO audit (brand_id, audit_id, at, what, reference) VALUES (1, 95, now(), 'confirmed', 'post:41 customer:11');
        INSERT INTO dead_letter (brand_id, dead_letter_id, kind, reason, body, at) VALUES (1, 97, 'item', 'odd', 'from annanative'::bytea, now());
        INSERT INTO raw_webhook (raw_webhook_id, app, received_at, body, done_at) VALUES
            (98, 'fb', now(), '{"id":"native-41"}'::bytea, now()), (99, 'fb', now(), '{"id":"native-42"}'::bytea, now());
    )";

    /// Brings match keys, and later the records again.
    ImportCounts import() {
        const auto file = folder.path() / "customers.csv";
        std::ofstream(file) << "customer_ref,name,email,phone\nK-1,Anna Lis,ANNA@lis.example,600700800\n"
                               "K-2,Jan Kos,jan@kos.example,\nK-3,A. Lis,,+48 600 700 800\n";
        return import_file(database.pool(), ids, {1, key}, ImportKind::customers, file);
    }

    PersonReport erase(PersonBy by, const std::string& name) {
        PersonReport report;
        database.pool().with([&](Transaction& transaction) { report = erase_person(transaction, ids, desk, {by, name}); });
        return report;
    }
    PersonReport object(const std::string& ref) {
        PersonReport report;
        database.pool().with([&](Transaction& transaction) { report = record_objection(transaction, ids, desk, ref); });
        return report;
    }
    nlohmann::json shown(PersonBy by, const std::string& name) {
        nlohmann::json all;
        database.pool().with([&](Transaction& transaction) { all = export_person(transaction, ids, desk, {by, name}); });
        return all;
    }
    std::string ask(const std::string& sql) { return database.ask(sql); }
    /// The whole database as text.
    std::string everything() {
        std::string all;
        for (const auto* table : {"customer", "service_case", "contact", "post", "post_version", "hold", "identity", "decision",
                                  "escalation", "alert", "label", "audit", "dead_letter"})
            all += ask(std::string("SELECT coalesce(string_agg(t::text, '\n' ORDER BY t::text), '') FROM ") + table + " t");
        return all + ask("SELECT coalesce(string_agg(encode(body, 'escape'), '\n'), '') FROM raw_webhook");
    }
};

bool holds(const std::string& all, const std::string& word) { return all.find(word) != std::string::npos; }

} // namespace

TEST_CASE("an export shows a customer's records and posts, and nothing that others wrote", "[person]") {
    House house;

    const auto shown = house.shown(PersonBy::customer, "K-1");

    CHECK(shown["customers"].size() == 1);
    CHECK(shown["cases"].size() == 1);
    CHECK(shown["contacts"].size() == 3);
    CHECK(shown["posts"][0]["text"] == "Anna complains");
    CHECK(shown["posts"][0]["post_id"] == "41");
    CHECK(shown["earlier_texts"].size() == 1);
    CHECK(shown["decisions"].size() == 1);
    CHECK(shown["identities"].size() == 2);
    CHECK(shown["alerts"].size() == 2);
    CHECK(shown["labels"].size() == 1);
    CHECK(shown["audit"].size() == 1);
    CHECK_FALSE(holds(shown.dump(), "Jan Kos"));
    CHECK_FALSE(holds(shown.dump(), "Jan complains"));
    CHECK(house.ask("SELECT reference FROM audit WHERE what = 'exported'") == "customer");
}

TEST_CASE("erasing a customer leaves no trace of what the export shows", "[person]") {
    House house;

    const auto report = house.erase(PersonBy::customer, "K-1");

    const auto left = house.everything();
    std::string kept;
    for (const std::string word : {"Anna", "K-1", "anna", "C-100200", "native-41\"}", "customer:11", "case:21", "\"11\"", "x.example"})
        if (holds(left, word)) kept += left.substr(left.find(word), 60) + '\n';
    CHECK(kept == "");
    CHECK(holds(left, "Jan complains"));
    CHECK(holds(left, "Jan phoned"));
    CHECK(house.ask("SELECT deleted_at IS NOT NULL AND native_id = 'native-41' FROM post WHERE post_id = 41") == "t");
    CHECK(house.ask("SELECT state || outcome || revision FROM escalation WHERE escalation_id = 71") == "settlederased2");
    CHECK(house.ask("SELECT stub_due_at IS NOT NULL FROM alert WHERE alert_id = 81") == "t");
    CHECK(house.ask("SELECT state FROM alert WHERE alert_id = 82") == "cancelled");
    CHECK(house.ask("SELECT stub_due_at IS NULL FROM alert WHERE alert_id = 83") == "t");
    CHECK(house.ask("SELECT count(*) FROM customer_key WHERE customer_id = 11") == "0");
    CHECK(house.ask("SELECT count(*) FROM case_key") == "0");
    CHECK(house.ask("SELECT story->>'contacts' FROM decision WHERE post_id = 42") == "1");
    CHECK(house.ask("SELECT count(*) FROM audit WHERE what = 'erased' AND reference = 'customer'") == "1");
    CHECK_FALSE(report.empty());

    const auto shown = house.shown(PersonBy::customer, "K-1");
    for (const auto& rows : shown) CHECK(rows.empty());
    CHECK(house.erase(PersonBy::customer, "K-1").empty());
    CHECK(house.erase(PersonBy::author, "facebook:annanative").empty());
    CHECK(house.erase(PersonBy::post, "facebook:native-41").empty());
}

TEST_CASE("match keys that an earlier larum made otherwise are erased too", "[person]") {
    House house;
    house.ask("UPDATE brand SET folding_version = 0 RETURNING 1");
    house.ask("UPDATE customer_key SET key = key + 1 RETURNING 1");
    house.ask("UPDATE case_key SET key = key + 1 RETURNING 1");

    house.erase(PersonBy::customer, "K-1");

    CHECK(house.ask("SELECT count(*) FROM customer_key WHERE customer_id = 11") == "0");
    CHECK(house.ask("SELECT count(*) > 0 FROM customer_key WHERE customer_id = 12") == "t");
    CHECK(house.ask("SELECT count(*) FROM case_key") == "0");
}

TEST_CASE("who was erased and is imported again is never matched", "[person]") {
    House house;
    house.erase(PersonBy::customer, "K-1");

    const auto counts = house.import();

    CHECK(counts.added == 1);
    CHECK(counts.suppressed >= 1);
    CHECK(house.ask("SELECT do_not_match FROM customer WHERE ref = 'K-1'") == "t");
    CHECK(house.ask("SELECT count(*) FROM customer_key JOIN customer USING (customer_id) WHERE ref = 'K-1'") == "0");
    CHECK(house.ask("SELECT count(*) > 0 FROM customer_key JOIN customer USING (customer_id) WHERE ref = 'K-2'") == "t");
}

TEST_CASE("a dry run of an erasure says the same counts and changes nothing", "[person]") {
    House house;
    const auto before = house.everything();

    PersonReport dry;
    {
        const auto transaction = house.database.pool().begin();
        dry = erase_person(*transaction, house.ids, house.desk, {PersonBy::customer, "K-1"});
    }

    CHECK(house.everything() == before);
    CHECK(house.erase(PersonBy::customer, "K-1").counts == dry.counts);
}

TEST_CASE("erasing an author removes posts and claims and leaves the customer's records", "[person]") {
    House house;

    house.erase(PersonBy::author, "facebook:annanative");

    CHECK(house.ask("SELECT count(*) FROM customer WHERE ref = 'K-1'") == "1");
    CHECK(house.ask("SELECT text IS NULL AND author_key IS NULL FROM post WHERE post_id = 41") == "t");
    CHECK(house.ask("SELECT count(*) FROM contact WHERE author_key IS NOT NULL") == "0");
    CHECK(house.ask("SELECT count(*) FROM identity WHERE subject LIKE '%annanative'") == "0");
    Suppressor suppressor(house.key, 1);
    house.database.pool().with([&](Transaction& transaction) {
        const auto hash = suppressor.hash(SuppressedKind::author, "facebook:page:annanative");
        CHECK(suppressed(transaction, 1, {hash}).count(hash) == 1);
    });
}

TEST_CASE("erasing one post blanks that post only", "[person]") {
    House house;
    house.ask("UPDATE post SET order_refs = '[\"ZAM/1\"]' WHERE post_id = 43 RETURNING 1");
    house.erase(PersonBy::post, "google:native-43");
    CHECK(house.ask("SELECT num_nonnulls(text, author_name, author_url, order_refs) FROM post WHERE post_id = 43") == "0");
    CHECK(house.ask("SELECT count(*) FROM identity WHERE subject = 'post:43'") == "0");
    CHECK(house.ask("SELECT count(*) FROM post WHERE text IS NOT NULL") == "2");
    CHECK(house.erase(PersonBy::post, "google:native-43").empty());
}

TEST_CASE("a person who is not named well is refused with what would be right", "[person]") {
    House house;
    CHECK_THROWS_WITH(house.erase(PersonBy::author, "annanative"),
                      "an author or a post is named PLATFORM:ID, like facebook:123_456");
    CHECK(house.erase(PersonBy::customer, "K-99").empty());
    CHECK(house.erase(PersonBy::author, "facebook:%").empty());
    CHECK(house.erase(PersonBy::author, "facebook:native").empty());
}

TEST_CASE("who objected keeps the record, is never matched, and messages lose the name", "[person]") {
    House house;

    const auto report = house.object("K-1");

    CHECK_FALSE(report.empty());
    CHECK(house.ask("SELECT do_not_match AND objected_at IS NOT NULL AND name = 'Anna Lis' FROM customer WHERE ref = 'K-1'") == "t");
    // The other record has the same phone: it is the same person's.
    CHECK(house.ask("SELECT do_not_match FROM customer WHERE ref = 'K-3'") == "t");
    CHECK(house.ask("SELECT do_not_match FROM customer WHERE ref = 'K-2'") == "f");
    CHECK(house.ask("SELECT count(*) FROM customer_key JOIN customer USING (customer_id) WHERE ref <> 'K-2'") == "0");
    CHECK(house.ask("SELECT string_agg(DISTINCT state, ',') FROM identity WHERE customer_id = 11") == "rejected");
    CHECK(house.ask("SELECT state || revision FROM escalation WHERE customer_id IS NULL AND escalation_id = 71") == "open2");
    CHECK(house.ask("SELECT count(*) FROM decision WHERE customer_id = 11 OR story::text LIKE '%K-1%'") == "0");
    CHECK(house.ask("SELECT text FROM post WHERE post_id = 41") == "Anna complains");
    CHECK(house.import().suppressed + house.import().unchanged >= 3);
    CHECK(house.ask("SELECT do_not_match FROM customer WHERE ref = 'K-1'") == "t");
    CHECK(house.object("K-9").empty());
}
