#include "intake/listening.h"

using namespace larum;
using namespace larum::test;

TEST_CASE("a verified webhook is stored before it is answered and split afterwards", "[intake][hooks]") {
    Listening web;
    std::promise<void> woken;
    web.hooks->stored = [&] { woken.set_value(); };
    CHECK(web.send("page1=1 page1=2") == 200);
    woken.get_future().wait();
    CHECK(web.database.ask("SELECT count(*) FROM raw_webhook WHERE done_at IS NULL") == "1");
    CHECK(web.database.ask("SELECT count(*) FROM post") == "0");

    CHECK(web.hooks->tick(web.clock.now()));

    CHECK(web.database.ask("SELECT string_agg(native_id, ' ' ORDER BY post_id) FROM post") == "1 2");
    CHECK(web.database.ask("SELECT bool_and(by_webhook) FROM post_seen") == "t");
    CHECK(web.database.ask("SELECT sum(cardinality(post_ids)) FROM triage_queue") == "2");
    CHECK_FALSE(web.hooks->tick(web.clock.now()));
    CHECK(web.database.ask("SELECT verified FROM app") == "1");
}

TEST_CASE("a forged webhook is refused, counted and not stored", "[intake][hooks]") {
    Listening web;
    CHECK(web.send("page1=1", "bad") == 401);
    CHECK(web.send("page1=1", "") == 401);
    CHECK(web.send("page1=1", "good", "other") == 404);
    web.hooks->tick(web.clock.now());
    CHECK(web.database.ask("SELECT forged || ' ' || verified FROM app") == "2 0");
    CHECK(web.database.ask("SELECT count(*) FROM raw_webhook") == "0");
    CHECK(web.hooks->body_bytes_max("meta") == 1000);
    CHECK_FALSE(web.hooks->body_bytes_max("other"));
}

TEST_CASE("a webhook that comes twice changes nothing the second time", "[intake][hooks]") {
    Listening web;
    web.send("page1=1");
    web.send("page1=1");
    web.hooks->tick(web.clock.now());
    web.send("page1=1");
    web.hooks->tick(web.clock.now());
    web.split();
    CHECK(web.database.ask("SELECT count(*) FROM post") == "1");
    CHECK(web.database.ask("SELECT sum(cardinality(post_ids)) FROM triage_queue") == "1");
    CHECK(web.database.ask("SELECT verified || ' ' || duplicate FROM app") == "3 2");
}

TEST_CASE("what no source claims or makes no sense is counted and buried", "[intake][hooks]") {
    Listening web;
    web.send("page9=1 page1=2");
    web.send("nonsense");
    web.hooks->tick(web.clock.now());
    web.hooks->tick(web.clock.now());
    CHECK(web.database.ask("SELECT string_agg(native_id, ' ') FROM post") == "2");
    CHECK(web.database.ask("SELECT string_agg(reason, '; ' ORDER BY dead_letter_id) FROM dead_letter") ==
          "no source watches the account page9; a webhook that is none");
    CHECK(web.database.ask("SELECT unclaimed FROM app") == "1");
    CHECK(web.database.ask("SELECT count(*) FROM raw_webhook WHERE done_at IS NULL") == "0");
}

TEST_CASE("a body full of entries that nobody wants makes one letter", "[intake][hooks]") {
    Listening web;
    std::string body = "page1=7";
    for (int i = 0; i < 500; ++i) body += " page" + std::to_string(1000 + i % 3) + "=" + std::to_string(i);
    web.send(body);
    web.split();
    CHECK(web.database.ask("SELECT count(*) || ': ' || max(reason) FROM dead_letter") == "1: no source watches the account page1000 and 2 more");
    CHECK(web.database.ask("SELECT unclaimed FROM app") == "500");
    CHECK(web.database.ask("SELECT string_agg(native_id, ' ') FROM post") == "7");
}

TEST_CASE("a webhook makes the streams that it names due now", "[intake][hooks]") {
    Listening web;
    web.daemon.work();
    web.send("page1=1");
    web.clock.time += std::chrono::seconds{1};
    CHECK_FALSE(web.due());
    web.hooks->tick(web.clock.now());
    CHECK(web.due());
}

TEST_CASE("a webhook does not hurry a stream that rests after a failure", "[intake][hooks]") {
    Listening web;
    web.page.on_poll.outcome = {connectors::Ending::later, "fake: status 503", {}};
    web.daemon.work();
    web.send("page1=1");
    web.send("", "bell");
    web.split();
    CHECK_FALSE(web.due());
}

TEST_CASE("a body whose daemon died is taken over and buried when it kills again and again", "[intake][hooks]") {
    Listening web;
    web.send("page1=1");
    for (int i = 0; i < 5; ++i) {
        web.database.pool().with([&](store::Transaction& transaction) { CHECK(store::claim_webhooks(transaction, 10, 99).size() == 1); });
        CHECK_FALSE(web.hooks->tick(web.clock.now()));
        web.clock.time += std::chrono::seconds{9};
        web.database.ask("UPDATE raw_webhook SET expires_at = '2000-01-01' RETURNING 1");
    }
    CHECK(web.hooks->tick(web.clock.now()));
    CHECK(web.database.ask("SELECT reason FROM dead_letter") == "it could not be saved 5 times");
    CHECK(web.database.ask("SELECT count(*) FROM post") == "0");
}

// ---- whom an app speaks to -------------------------------------------------------------------------------

TEST_CASE("a webhook of one platform's app brings nothing to the sources of another", "[intake][hooks]") {
    Listening web;
    connectors::Kind other;
    other.name = "other";
    web.assembly.apps["foreign"] = {&other, std::make_unique<HookReceiver>()};
    CHECK(web.send("page1=1", "good", "foreign") == 200);
    CHECK(web.send("", "bell", "foreign") == 200);
    web.daemon.work();
    web.clock.time += std::chrono::seconds{1};
    web.split();
    CHECK(web.database.ask("SELECT count(*) FROM post") == "0");
    CHECK(web.database.ask("SELECT source || ': ' || reason FROM dead_letter") == "foreign: no source watches the account page1");
    CHECK_FALSE(web.due());
}

TEST_CASE("kinds of one family hear each other's apps", "[intake][hooks]") {
    connectors::Kind wall, letters, other;
    wall.name = "wall";
    letters.name = "letters";
    letters.webhook_family = "wall";
    other.name = "other";
    CHECK(intake::hears(letters, wall));
    CHECK(intake::hears(wall, letters));
    CHECK(intake::hears(other, other));
    CHECK_FALSE(intake::hears(other, wall));
    CHECK(intake::hears(*connectors::find_kind("messenger"), *connectors::find_kind("facebook")));
}

// ---- doorbells -------------------------------------------------------------------------------------------

TEST_CASE("an unsigned webhook is not believed: its sources are read now, at most once in ten seconds", "[intake][hooks]") {
    Listening web;
    web.daemon.work();
    web.clock.time += std::chrono::seconds{1};
    for (int i = 0; i < 50; ++i) CHECK(web.send("page1=1", "bell") == 200);
    web.split();
    CHECK(web.due());
    CHECK(web.database.ask("SELECT count(*) FROM raw_webhook") == "0");
    CHECK(web.database.ask("SELECT rung || ' ' || verified || ' ' || forged FROM app") == "50 0 0");

    web.daemon.scheduler().wake();
    web.daemon.work();
    web.send("", "bell");
    web.clock.time += std::chrono::seconds{9};
    web.split();
    CHECK_FALSE(web.due());
    web.clock.time += std::chrono::seconds{1};
    web.split(); // what rang meanwhile is late, and not lost
    CHECK(web.due());
}

TEST_CASE("a ring hurries what the source always reads and no streams of single posts", "[intake][hooks]") {
    Listening web;
    web.page.on_poll.page.streams = {{"comments:7", false, std::chrono::hours{1}, {}}};
    web.daemon.work();
    web.daemon.work();
    web.clock.time += std::chrono::seconds{1};
    web.send("", "bell");
    web.split();
    CHECK(web.database.ask("SELECT string_agg(name, ' ') FROM stream WHERE due_at <= $1", {web.clock.now()}) == "feed");
}

// ---- what larum does not know ----------------------------------------------------------------------------

TEST_CASE("unknown kinds of events are counted, with an example a day", "[intake][hooks]") {
    Listening web;
    const auto letters = [&] { return web.database.ask("SELECT count(*) || ' ' || max(reason) FROM dead_letter"); };
    web.send("page1?live_videos page1?live_videos page1=1");
    web.send("page1?live_videos");
    web.split();
    CHECK(web.database.ask("SELECT app || ' ' || name || ' ' || count FROM webhook_unknown") == "meta live_videos 3");
    CHECK(letters() == "1 larum does not know events of the kind live_videos");
    CHECK(web.database.ask("SELECT count(*) FROM post") == "1");

    web.clock.time += std::chrono::hours{25};
    web.send("page1?live_videos");
    web.split();
    CHECK(letters() == "2 larum does not know events of the kind live_videos");
    std::vector<store::UnknownWebhook> all;
    web.database.pool().with([&](store::Transaction& transaction) { all = store::unknown_webhooks(transaction); });
    REQUIRE(all.size() == 1);
    CHECK(all[0].count == 4);
    CHECK(all[0].last_at == web.clock.now());
}

TEST_CASE("names of unknown events are bounded in number and length, and plain", "[intake][hooks]") {
    Listening web;
    web.send("page1?" + std::string(400, 'x') + " page1?a\xff\nb");
    web.split();
    std::string body;
    for (int i = 0; i < 300; ++i) body += (body.empty() ? "page1?event" : " page1?event") + std::to_string(i);
    web.send(body);
    web.split();
    CHECK(web.database.ask("SELECT count(*) || ' ' || sum(count) || ' ' || max(length(name)) FROM webhook_unknown") == "100 302 100");
    CHECK(web.database.ask("SELECT count FROM webhook_unknown WHERE name = '(others)'") == "203");
    CHECK(web.database.ask("SELECT count(*) FROM webhook_unknown WHERE name = 'a??b'") == "1");
    web.send("page1?one_more page1?event1");
    web.split();
    CHECK(web.database.ask("SELECT string_agg(count::text, ' ' ORDER BY name) FROM webhook_unknown WHERE name IN ('(others)', 'event1')") == "204 2");
}

TEST_CASE("a note is kept as printable text, whatever a header said", "[intake][hooks]") {
    Listening web;
    CHECK(web.send("page1=1", "good", "meta", "comment\xff\x01" + std::string(1000, 'n')) == 200);
    CHECK(web.database.ask("SELECT left(note, 10) || length(note) FROM raw_webhook") == "comment??n200");
}

// ---- what webhooks miss ----------------------------------------------------------------------------------

TEST_CASE("a post that only a poll brought was missed by the webhook, and is counted when it stays away", "[intake][hooks]") {
    Listening web;
    const auto misses = [&] {
        web.split();
        return web.database.ask("SELECT webhook_misses FROM source");
    };
    web.daemon.work();
    web.clock.time += std::chrono::minutes{2};
    const auto at = format_time(web.clock.now());
    web.receiver->posted_at = at;
    web.page.on_poll.page.posts = {post("old"), post("1", "nie działa", at), post("2", "nie działa", at)};
    web.daemon.work();
    CHECK(misses() == "0"); // their webhooks may be on their way
    web.clock.time += std::chrono::minutes{4};
    web.send("page1=2");
    CHECK(misses() == "0");
    CHECK(web.database.ask("SELECT by_webhook FROM post_seen JOIN post USING (brand_id, post_id) WHERE native_id = '2'") == "t");

    web.clock.time += std::chrono::minutes{2};
    CHECK(misses() == "1"); // «old» was written before the source was there
    web.send("page1=1");
    web.send("page1=2");
    web.daemon.work();
    web.clock.time += std::chrono::minutes{10};
    CHECK(misses() == "1");
}

TEST_CASE("a message between people and the brand that only a poll brought is a miss, too", "[intake][hooks]") {
    Listening web;
    const auto misses = [&] {
        web.split();
        return web.database.ask("SELECT webhook_misses FROM source");
    };
    const auto message = [&](const std::string& ref) {
        Contact one;
        one.ref = ref;
        one.at = web.clock.now();
        one.author = "fake::9";
        return one;
    };
    const auto webhook_brings = [&](const Contact& one) {
        store::Reading reading;
        reading.brand = web.daemon.watch->brands().front();
        reading.source = web.daemon.watch->all().begin()->first;
        reading.now = web.clock.now();
        reading.by_webhook = true;
        connectors::Page page;
        page.contacts = {one};
        web.database.pool().with([&](store::Transaction& transaction) { store::save_page(transaction, web.daemon.store->ids(), reading, page, "wall"); });
    };
    web.daemon.work();
    web.clock.time += std::chrono::minutes{2};
    auto old = message("old");
    old.at -= std::chrono::hours{1};
    const auto late = message("late"), lost = message("lost"), quick = message("quick");
    webhook_brings(quick);
    web.page.on_poll.page.contacts = {old, late, lost, quick};
    web.daemon.work();
    CHECK(misses() == "0");
    web.clock.time += std::chrono::minutes{4};
    webhook_brings(late);
    web.clock.time += std::chrono::minutes{2};
    CHECK(misses() == "1"); // «lost»; what is older than the source no webhook was asked for
    web.clock.time += std::chrono::minutes{10};
    web.daemon.work();
    CHECK(misses() == "1");
    CHECK(web.database.ask("SELECT count(*) FROM contact") == "4");
}

TEST_CASE("what the webhook brought first is no miss when the poll finds it too", "[intake][hooks]") {
    Listening web;
    web.daemon.work();
    web.clock.time += std::chrono::minutes{2};
    web.receiver->posted_at = format_time(web.clock.now());
    web.send("page1=1");
    web.split();
    web.page.on_poll.page.posts = {post("1", "nie działa", web.receiver->posted_at)};
    web.clock.time += std::chrono::minutes{2};
    web.daemon.work();
    web.clock.time += std::chrono::minutes{10};
    web.split();
    CHECK(web.database.ask("SELECT webhook_misses FROM source") == "0");
    CHECK(web.database.ask("SELECT count(*) FROM post") == "1");
}

TEST_CASE("an app that only rings misses nothing", "[intake][hooks]") {
    Listening web;
    web.daemon.work();
    web.send("", "bell");
    web.split();
    web.clock.time += std::chrono::minutes{2};
    web.page.on_poll.page.posts = {post("1", "nie działa", format_time(web.clock.now()))};
    web.daemon.work();
    web.clock.time += std::chrono::minutes{10};
    web.split();
    CHECK(web.database.ask("SELECT webhook_misses || ' ' || (SELECT bool_or(awaited) FROM post_seen) FROM source") == "0 false");
}
