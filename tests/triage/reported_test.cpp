// A post that is handed in by link and brought by a source is one post, with one decision and one alert.
#include "core/reported.h"
#include "daemon/store/acts.h"
#include "daemon/store/posts.h"
#include "daemon/triage/triage.h"
#include "support/catch.h"
#include "support/database.h"

#include <future>

using namespace larum;
using namespace std::chrono_literals;
using store::Transaction;

namespace {

struct TestClock final : Clock {
    Time at = *parse_time("2026-04-20T10:00:00Z");
    Time now() const override { return at; }
};

const std::string its_link = "https://www.facebook.com/acme/posts/455";
const std::string complaint = "Trzeci raz piszę, reklamacja SPR-5 leży od trzech tygodni, nikt nie odpowiada! Pójdę do sądu. Mój numer 502111222";

/// A live brand with a customer who waits, a source that reads a page, a mailbox, and who hands in on the page.
struct House {
    test::TestDatabase database;
    TestClock clock;
    config::Config config = database.config();
    std::unique_ptr<store::Store> base;
    BrandId brand = 0;
    Judge judge;
    std::unique_ptr<triage::Triage> triage;
    static constexpr Id wall = 1, mailbox = 2, group = 3;

    House() {
        config::Brand settings;
        settings.name = "acme";
        settings.names = {"Acme"};
        settings.rules = config::default_rules();
        settings.mode = config::Mode::live;
        settings.playbook.urgent = {{Span{}, {"desk"}}};
        settings.playbook.flag_digest = {"desk"};
        config.brands = {settings};
        for (const std::string name : {"wall", "mail", "group"}) {
            config::Source source;
            source.name = name;
            source.brand = "acme";
            source.kind = "file";
            source.matching = Matching::full;
            config.sources.push_back(source);
        }
        base = store::open_store(config, clock);
        base->pool().follow(clock);
        brand = base->brand("acme");
        const auto id = std::to_string(brand);
        run("INSERT INTO source (brand_id, source_id, name, kind, created_at)"
            " SELECT " + id + ", i, (ARRAY['wall', 'mail', 'group'])[i], 'file', now() FROM generate_series(1, 3) AS i");
        run("INSERT INTO account (account_id, name, password_hash, created_at) VALUES (9, 'Jan', 'x', now())");
        triage = std::make_unique<triage::Triage>(*base, config, judge);
    }
    void run(const std::string& sql) {
        base->pool().with([&](Transaction& transaction) { transaction.run(sql); });
    }
    std::string ask(const std::string& sql) { return database.ask(sql); }
    std::string posts() { return ask("SELECT count(*) FROM post"); }
    /// Of people: a hazard or threat is urgent, whoever wrote it.
    std::string alerts() { return ask("SELECT count(*) FROM alert WHERE kind IN ('alert', 'digest') AND escalation_id IS NOT NULL"); }
    void decide() {
        while (triage->tick(clock.at)) {}
    }

    Post native(const std::string& id = "9_455", const std::string& url = its_link) const {
        Post made;
        made.platform = "facebook";
        made.id = id;
        made.author = {"77", "", "Apolonia Świderczuk", "", {}, ""};
        made.text = complaint;
        made.posted_at = clock.at - 5min;
        made.url = url;
        return made;
    }
    Post mailed(const std::string& url = its_link) const {
        auto made = reported_post(url);
        made.text = complaint;
        made.posted_at = clock.at;
        made.reported_by = "Ola, by mail";
        return made;
    }
    store::Saved save(const std::vector<Post>& posts, Id source, Span refresh_within = {}) {
        connectors::Page page;
        page.posts = posts;
        store::Saved saved;
        store::Reading reading;
        reading.brand = brand;
        reading.source = source;
        reading.now = clock.at;
        reading.refresh_within = refresh_within;
        base->pool().with([&](Transaction& transaction) { saved = store::save_page(transaction, base->ids(), reading, page, "s"); });
        return saved;
    }
    store::Reported report(const std::string& url = its_link) {
        auto post = reported_post(url);
        post.text = "Zobacz, co pisze";
        post.posted_at = clock.at;
        store::Reported reported;
        base->pool().with([&](Transaction& transaction) { reported = store::report_post(transaction, base->ids(), {brand, 9, clock.at}, post); });
        return reported;
    }
};

} // namespace

TEST_CASE("a post that a source brought and a person hands in by another form of its link is one", "[triage][reported]") {
    House house;
    house.save({house.native()}, House::wall);
    house.decide();
    const auto alerts = house.alerts();
    CHECK(alerts == "1");

    const auto saved = house.save({house.mailed("https://m.facebook.com/permalink.php?story_fbid=455&id=9&mibextid=x")}, House::mailbox);
    const auto on_page = house.report(its_link + "/?utm_source=chat");
    house.decide();

    CHECK(saved.fresh.empty());
    CHECK_FALSE(on_page.fresh);
    CHECK(house.posts() == "1");
    CHECK(house.alerts() == alerts);
    CHECK(house.ask("SELECT native_id || ' ' || reported_by || ' ' || author_name FROM post") == "9_455 Ola, by mail Apolonia Świderczuk");
    CHECK(house.ask("SELECT text FROM post") == complaint);
    CHECK(house.ask("SELECT string_agg(source_id::text, ' ' ORDER BY source_id) FROM post_seen") == "1 2");
}

TEST_CASE("a source takes over what was handed in, with decision, escalation and alert", "[triage][reported]") {
    House house;
    house.save({house.mailed()}, House::mailbox);
    house.decide();
    CHECK(house.alerts() == "1");
    const auto escalation = house.ask("SELECT escalation_id || ' ' || post_id FROM escalation");
    house.run("INSERT INTO customer (brand_id, customer_id, ref, name) VALUES (" + std::to_string(house.brand) + ", 1, 'K-1', 'Apolonia Świderczuk')");
    house.run("INSERT INTO identity (brand_id, identity_id, subject, customer_id, state, probability, evidence, account_id, updated_at)"
              " SELECT brand_id, 1, 'post:' || post_id, 1, 'confirmed', 1, '[]', 9, now() FROM post");

    house.clock.at += 10min;
    auto arriving = house.native();
    arriving.text = complaint + " Wstyd.";
    const auto saved = house.save({arriving}, House::wall, 24h);
    house.decide();
    house.save({arriving}, House::wall); // and again: it is known now
    house.decide();

    CHECK(saved.fresh.empty());
    CHECK(saved.joined.size() == 1);
    CHECK(house.posts() == "1");
    CHECK(house.alerts() == "1");
    CHECK(house.ask("SELECT escalation_id || ' ' || post_id FROM escalation") == escalation);
    CHECK(house.ask("SELECT concat_ws('|', platform, native_id, source_id, author_name, reported_by, edited_at, text) FROM post") ==
          "facebook|9_455|1|Apolonia Świderczuk|Ola, by mail|" + arriving.text);
    CHECK(house.ask("SELECT subject FROM identity WHERE state = 'confirmed'") == "author:facebook::77");
    CHECK(house.ask("SELECT count(*) FROM post_refresh") == "1");
    CHECK(house.ask("SELECT max(revision) FROM decision") == "2");

    SECTION("and handed in once more it is still one") {
        CHECK_FALSE(house.report().fresh);
        CHECK(house.posts() == "1");
    }
    SECTION("and deleted by the platform it is blank") {
        connectors::Page page;
        page.deletions = {{"facebook", "", "9_455", house.clock.at, false}};
        store::Reading reading;
        reading.brand = house.brand;
        reading.source = House::wall;
        reading.now = house.clock.at;
        house.base->pool().with([&](Transaction& transaction) { store::save_page(transaction, house.base->ids(), reading, page, "s"); });
        CHECK(house.ask("SELECT coalesce(text, '(blank)') FROM post") == "(blank)");
        CHECK_FALSE(house.report().fresh);
        CHECK(house.ask("SELECT coalesce(text, '(blank)') FROM post") == "(blank)");
    }
}

TEST_CASE("other posts of the same platform, brand or page are left alone", "[triage][reported]") {
    House house;
    house.save({house.mailed()}, House::mailbox);
    auto comment = house.native("455_78");
    comment.kind = PostKind::comment; // it comes with the address of the post
    CHECK(house.save({comment, house.native("9_456", "https://www.facebook.com/acme/posts/456")}, House::wall).fresh.size() == 2);
    CHECK(house.posts() == "3");
    CHECK(house.save({house.native()}, House::wall).joined.size() == 1);
    CHECK(house.posts() == "3");
}

TEST_CASE("a link under which several posts stand makes a post of its own, and one of them takes it over", "[triage][reported]") {
    House house;
    auto one = house.native("a", "https://blog.example/page"), two = house.native("b", "https://blog.example/page");
    one.platform = two.platform = "rss";
    house.save({one, two}, House::wall);
    CHECK(house.report("https://blog.example/page/").fresh);
    CHECK(house.posts() == "3");
    auto three = house.native("c", "https://blog.example/page"), four = house.native("d", "https://blog.example/page");
    three.platform = four.platform = "rss";
    const auto saved = house.save({three, four}, House::wall);
    CHECK(saved.joined.size() == 1);
    CHECK(saved.fresh.size() == 1);
    CHECK(house.posts() == "4");
}

TEST_CASE("a post whose text had ended has the words of who hands it in, and is judged again", "[triage][reported]") {
    House house;
    house.save({house.native()}, House::wall);
    house.decide();
    house.run("UPDATE post SET text = NULL, text_ended_at = now()");
    CHECK_FALSE(house.report().fresh);
    CHECK(house.ask("SELECT text FROM post") == "Zobacz, co pisze");
    CHECK(house.ask("SELECT count(*) FROM triage_queue") == "1");
}

TEST_CASE("a source and a person of two daemons at the same moment end with one post", "[triage][reported]") {
    House house;
    const auto second = store::open_store(house.config, house.clock); // the other daemon
    const bool by_source_first = GENERATE(true, false);
    connectors::Page page;
    page.posts = {by_source_first ? house.native() : house.mailed()};
    store::Reading reading;
    reading.brand = house.brand;
    reading.source = by_source_first ? House::wall : House::mailbox;
    reading.now = house.clock.at;
    auto open = house.base->pool().begin();
    store::save_page(*open, house.base->ids(), reading, page, "s"); // not committed yet

    connectors::Page others;
    others.posts = {by_source_first ? house.mailed() : house.native()};
    auto theirs = reading;
    theirs.source = by_source_first ? House::mailbox : House::wall;
    auto other = std::async(std::launch::async, [&] {
        store::Saved saved;
        second->pool().with([&](Transaction& transaction) { saved = store::save_page(transaction, second->ids(), theirs, others, "s"); });
        return saved;
    });
    while (house.ask("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
                     " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())") == "0")
        std::this_thread::yield();
    open->commit();

    CHECK(other.get().fresh.empty());
    CHECK(house.posts() == "1");
    CHECK(house.ask("SELECT native_id || ' ' || reported_by FROM post") == "9_455 Ola, by mail");
}
