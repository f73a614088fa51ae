#include "daemon/match/keys.h"
#include "daemon/store/answers.h"
#include "daemon/store/candidates.h"
#include "daemon/store/corrections.h"
#include "daemon/store/decisions.h"
#include "daemon/store/escalations.h"
#include "daemon/store/import.h"
#include "daemon/store/posts.h"
#include "daemon/store/records.h"
#include "daemon/store/suppression.h"
#include "daemon/store/triage_queue.h"
#include "intake/fakes.h"

#include <fstream>
#include <map>

using namespace larum;
using namespace larum::test;
using namespace larum::store;

namespace {

constexpr int filled = 40'000;
constexpr int batch = 200;

// Every hundredth person has what the others lack, so that the planner finds values that are common.
constexpr auto fill = R"(
    INSERT INTO brand (brand_id, name, created_at) VALUES (1, 'acme', now());
    INSERT INTO source (brand_id, source_id, name, kind, created_at) VALUES (1, 5, 'wall', 'file', now());
    CREATE TEMPORARY VIEW n AS SELECT generate_series(1, 40000) AS i;
    INSERT INTO customer (brand_id, customer_id, ref, name) SELECT 1, i, 'K-' || i, 'Jan Nowak' FROM n;
    INSERT INTO customer_key SELECT 1, k, i FROM n, unnest(ARRAY[i, -(i % 100)]) AS k;
    INSERT INTO service_case (brand_id, case_id, ref, customer_id) SELECT 1, i, 'SPR-' || i, i FROM n;
    INSERT INTO case_key SELECT 1, i, i FROM n;
    INSERT INTO contact (brand_id, contact_id, ref, customer_id, case_id, author_key, channel, direction, at)
        SELECT 1, i, 'KT-' || i, i, i, 'facebook::' || i, 0, 0, now() FROM n;
    INSERT INTO suppression SELECT 1, decode(md5(i::text), 'hex'), 'ref', now() FROM n;
    INSERT INTO post (brand_id, post_id, platform, realm, native_id, source_id, kind, author_key, text, text_hash, posted_at, first_seen_at)
        SELECT 1, i, 'fake', '', i::text, 5, 0, 'facebook::' || i, 'words', 0, now(), now() FROM n;
    INSERT INTO post_seen SELECT 1, i, 5, now(), false FROM n;
    INSERT INTO decision (brand_id, post_id, revision, decided_at, cause, urgency, rule, customer_id)
        SELECT 1, i, 1, larum_now(), 'new', i % 4, 'test', i FROM n;
    INSERT INTO identity (brand_id, identity_id, subject, customer_id, state, probability, evidence, updated_at)
        SELECT 1, i, 'author:facebook::' || i, i, 'suggested', 0.5, '[]', now() FROM n;
    INSERT INTO escalation (brand_id, escalation_id, subject, urgency, post_id, customer_id, state, opened_at, changed_at, fold_hash)
        SELECT 1, i, 'case:' || i, 3, i, i, CASE WHEN i % 10 = 0 THEN 'open' ELSE 'settled' END, now(), now(), i % 1000 FROM n;
    INSERT INTO escalation_post SELECT 1, i, i FROM n;
    INSERT INTO alert (brand_id, alert_id, escalation_id, kind, channel, state, due_at, created_at)
        SELECT 1, i, i, 'alert', 'desk', 'delivered', now(), now() - interval '90 days' + i * interval '3 minutes' FROM n;
    INSERT INTO hold (brand_id, hold_id, post_id, reason, created_at, ends_at) SELECT 1, i, i, 'test', now(), now() - interval '1 day' FROM n;
    INSERT INTO post_version SELECT 1, i, 1, 'words', now() FROM n;
    INSERT INTO label (brand_id, label_id, post_id, kind, value, at) SELECT 1, i, i, 'verdict', '{"complaint": true}', now() FROM n;
)";

constexpr auto rows_read_without_index = "SELECT relname, seq_tup_read FROM pg_stat_user_tables WHERE n_live_tup >= $1";
constexpr int few = 100; ///< «is the list empty?» reads one row

/// A brand with many customers, posts and escalations, and how often its tables were read from end to end.
struct Grown {
    TestDatabase database;
    TemporaryFolder folder;
    SettableClock clock;
    IdMaker ids{clock, 7};
    InstallationKey key{std::string(32, 'k')};
    config::Brand brand;

    Grown() {
        clock.time = SystemClock().now();
        brand.name = "acme";
        brand.mode = config::Mode::live;
        brand.playbook.urgent = {{std::chrono::minutes{0}, {"desk"}}};
        work([](Transaction& transaction) {
            transaction.script(fill);
            transaction.run("UPDATE brand SET folding_version = $1::integer", {match::folding_version});
        });
    }

    /// What a connection counted reaches everybody only when it is told to say so.
    void work(const std::function<void(Transaction&)>& todo) {
        database.pool().with([&](Transaction& transaction) {
            todo(transaction);
            transaction.run("SELECT pg_stat_force_next_flush()");
        });
    }

    /// The large tables of which much was read, since the last time, that no index pointed to.
    std::string read_whole() {
        work([](Transaction&) {});
        std::string tables;
        work([&](Transaction& transaction) {
            const auto rows = transaction.run(rows_read_without_index, {filled});
            for (std::size_t i = 0; i < rows.size(); ++i) {
                auto& before = read[rows.at(i, 0).text()];
                if (rows.at(i, 1).integer() > before + few) tables += rows.at(i, 0).text() + ' ';
                before = rows.at(i, 1).integer();
            }
        });
        return tables;
    }
    std::map<std::string, std::int64_t> read;
};

std::vector<Id> some(int from) {
    std::vector<Id> ids;
    for (int i = 0; i < batch; ++i) ids.push_back(from + 7 * i);
    return ids;
}

std::vector<Question> questions(const std::vector<Id>& ids) {
    std::vector<Question> all;
    for (const auto id : ids) {
        Question one;
        one.customers = {{match::KeyKind::name, id, 64}, {match::KeyKind::first_name, -(id % 100), 256}, {match::KeyKind::email, -id * 1000, 16}};
        one.cases = {{match::KeyKind::digits, id, 16}};
        one.subject = "author:facebook::" + std::to_string(id);
        one.author_key = "facebook::" + std::to_string(id);
        all.push_back(std::move(one));
    }
    return all;
}

std::vector<Raised> raised_posts(const std::vector<Id>& ids, Time at) {
    std::vector<Raised> all;
    for (const auto id : ids) {
        Raised one;
        one.post_id = id % 2 ? id : filled + id; // of a settled escalation, of an open one, of none
        one.platform = "fake";
        one.author_key = "facebook::" + std::to_string(id);
        one.thread = "wall";
        one.text = "Nobody answers me and I have been waiting for so many weeks " + std::string(static_cast<std::size_t>(id % 50), 'x');
        one.at = at;
        one.decision.urgency = Urgency::urgent;
        one.decision.rule = "test";
        all.push_back(std::move(one));
    }
    return all;
}

connectors::Page page_of(const std::vector<Id>& ids, Time at) {
    connectors::Page page;
    for (const auto id : ids) {
        page.posts.push_back(post(std::to_string(id), "other words"));
        page.posts.push_back(post("new" + std::to_string(id), "words"));
        page.deletions.push_back({"fake", "", std::to_string(id + 1), {}});
        Contact contact;
        contact.ref = "KT-" + std::to_string(id);
        contact.author = "facebook::" + std::to_string(id);
        contact.at = at;
        contact.summary = "new";
        page.contacts.push_back(contact);
    }
    return page;
}

void import(Grown& grown, ImportKind kind, const std::string& text) {
    const auto file = grown.folder.path() / "rows.csv";
    std::ofstream(file) << text;
    import_file(grown.database.pool(), grown.ids, {1, grown.key}, kind, file, {});
}

void import_all(Grown& grown, const std::vector<Id>& ids) {
    std::string customers = "customer_ref,name\n", cases = "case_ref,customer_ref,order_ref\n", contacts = "contact_ref,customer_ref,case_ref,channel,direction,at\n";
    for (const auto id : ids) {
        const auto number = std::to_string(id);
        customers += "K-" + number + ",Anna Kowalska\nN-" + number + ",Jan Mazur\n";
        cases += "SPR-" + number + ",K-" + number + ",ZAM/" + std::to_string(100000 + id) + "\nNEW-" + number + ",K-" + number + ",\n";
        contacts += "KT-" + number + ",K-" + number + ",SPR-" + number + ",phone,in,2026-03-12T06:10:44Z\n";
    }
    import(grown, ImportKind::customers, customers);
    import(grown, ImportKind::cases, cases);
    import(grown, ImportKind::contacts, contacts);
}

} // namespace

TEST_CASE("what a batch asks and writes reads no table from end to end, whether it was analyzed or not", "[store][plans]") {
    Grown grown;
    REQUIRE(grown.read_whole() == "");
    REQUIRE(grown.read.size() >= 15);
    for (const int first : {1, 5001}) {
        if (first > 1) {
            grown.work([](Transaction& transaction) { transaction.script("ANALYZE"); });
            grown.read_whole();
        }
        INFO((first > 1 ? "analyzed" : "never analyzed"));
        const auto ids = some(first);

        grown.work([&](Transaction& transaction) {
            const auto found = find_candidates(transaction, 1, questions(ids), filled);
            CHECK(found.people.size() >= batch);
            CHECK(found.people.begin()->second.cases.size() == 1);
            CHECK(found.identities.size() == batch);
            CHECK(found.author_contacts.size() == batch);
            std::vector<std::string> hashes(batch);
            for (std::size_t i = 0; i < batch; ++i) hashes[i] = std::to_string(ids[i]);
            CHECK(suppressed(transaction, 1, hashes).empty());
            CHECK(corrections(transaction, 1, ids).size() == batch);
        });
        CHECK(grown.read_whole() == "");

        grown.work([&](Transaction& transaction) {
            const auto posts = open_posts_of(transaction, 1, ids);
            CHECK(posts.size() > batch / 2);
            enqueue_again(transaction, grown.ids, 1, posts, "case");
            CHECK(waiting_posts(transaction, 1, posts).size() == posts.size());
        });
        CHECK(grown.read_whole() == "");

        grown.work([&](Transaction& transaction) {
            const auto posts = waiting_posts(transaction, 1, ids);
            std::vector<const Post*> asked;
            std::vector<Restated> restated;
            for (const auto& one : posts) {
                asked.push_back(&one.post);
                restated.push_back({one.id, grown.clock.time, "[\"ZAM/1\"]"});
            }
            CHECK(answered(transaction, 1, asked).size() == posts.size());
            CHECK(restate(transaction, 1, restated, true, grown.clock.time).size() == posts.size());
            for (auto& one : restated) one.answer_by.reset();
            CHECK(restate(transaction, 1, {restated.begin(), restated.begin() + batch / 2}, true, grown.clock.time).size() == batch / 2);
        });
        CHECK(grown.read_whole() == "");
        grown.work([&](Transaction& transaction) { CHECK(queue_due_answers(transaction, grown.ids, 1, grown.clock.time)); });
        CHECK(grown.read_whole() == "");

        for (int i = 0; i < 2; ++i)
            grown.work([&](Transaction& transaction) { raise(transaction, 1, grown.brand, raised_posts(ids, grown.clock.time), grown.ids, grown.clock.time); });
        grown.work([&](Transaction& transaction) { note_news(transaction, 1, ids, grown.clock.time); });
        CHECK(grown.read_whole() == "");

        grown.work([&](Transaction& transaction) {
            const Reading reading{1, 5, grown.clock.time, false, false, false, {}};
            const auto saved = save_page(transaction, grown.ids, reading, page_of(ids, grown.clock.time), "wall");
            CHECK(saved.fresh.size() == batch);
            CHECK(saved.edited.size() == batch);
            CHECK(saved.deleted.size() == batch);
        });
        CHECK(grown.read_whole() == "");

        import_all(grown, {ids.begin(), ids.begin() + batch / 4}); // each customer has several keys
        CHECK(grown.read_whole() == "");
    }
}
