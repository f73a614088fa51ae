#include "daemon/triage/triage.h"

#include "core/error.h"
#include "daemon/match/keys.h"
#include "daemon/store/acts.h"
#include "daemon/store/answers.h"
#include "daemon/store/posts.h"
#include "support/catch.h"
#include "support/database.h"

using namespace larum;

namespace {

struct TestClock final : Clock {
    Time at = *parse_time("2026-04-20T10:00:00Z");
    Time now() const override { return at; }
};

/// One brand in shadow with one source, a customer with an open case and two calls, and a Judge.
struct Desk {
    test::TestDatabase database;
    TestClock clock;
    config::Config config = database.config();
    std::unique_ptr<store::Store> base;
    BrandId brand = 0;
    Judge judge;

    Desk() {
        config::Brand settings;
        settings.name = "acme";
        settings.names = {"Acme"};
        settings.rules = config::default_rules();
        config.brands = {settings};
        config::Source source;
        source.name = "wall";
        source.brand = "acme";
        source.kind = "file";
        source.matching = Matching::full;
        config.sources = {source};
        base = store::open_store(config, clock);
        base->pool().follow(clock);
        brand = base->brand("acme");
        run("INSERT INTO source (brand_id, source_id, name, kind, created_at) VALUES (" + std::to_string(brand) + ", 1, 'wall', 'file', now())");
        customer();
    }

    void run(const std::string& sql) {
        base->pool().with([&](store::Transaction& transaction) { transaction.run(sql); });
    }
    std::string ask(const std::string& sql) { return database.ask(sql); }

    void customer() {
        Customer one;
        one.name = "Apolonia Świderczuk";
        one.phone = "502111222";
        const std::string id = std::to_string(brand) + ", ";
        run("INSERT INTO customer (brand_id, customer_id, ref, name, phone) VALUES (" + id + "1, 'K-1', '" + one.name + "', '502111222')");
        for (const auto key : match::customer_keys(one))
            run("INSERT INTO customer_key (brand_id, key, customer_id) VALUES (" + id + std::to_string(key) + ", 1)");
        run("INSERT INTO service_case (brand_id, case_id, ref, customer_id, opened_at) VALUES (" + id + "5, 'SPR-5', 1, '2026-04-10T00:00:00Z')");
        for (const std::string day : {"11", "14"})
            run("INSERT INTO contact (brand_id, contact_id, ref, customer_id, case_id, channel, direction, at) VALUES (" + id + day + ", 'C-" + day +
                "', 1, 5, 0, 0, '2026-04-" + day + "T10:00:00Z')");
    }

    void arrive(const std::vector<std::string>& texts) {
        std::vector<Post> posts;
        for (const auto& text : texts) posts.push_back(post(text));
        arrive(posts);
    }

    /// By the customer, unless the test says otherwise.
    Post post(const std::string& text) {
        Post made;
        made.platform = "facebook";
        made.id = "p" + std::to_string(next_++);
        made.author.id = "77";
        made.author.name = "Apolonia Świderczuk";
        made.text = text;
        made.posted_at = clock.at;
        return made;
    }

    void arrive(const std::vector<Post>& posts) {
        connectors::Page page;
        page.posts = posts;
        base->pool().with([&](store::Transaction& transaction) {
            store::save_page(transaction, base->ids(), {brand, 1, clock.at}, page, "wall");
        });
    }

    triage::Triage carrier(triage::Seams seams = {}) { return triage::Triage(*base, config, judge, std::move(seams)); }

private:
    int next_ = 1;
};

const std::string complaint = "Dramat, reklamacja leży od trzech tygodni, nikt nie odpowiada! Mój numer 502111222";
const std::string chatter = "Dziękuję, wszystko super, bardzo polecam!";

struct Died {};

} // namespace

TEST_CASE("a saved page is decided once, with its customer, case and attempts", "[triage]") {
    Desk desk;
    desk.arrive({complaint, chatter});
    auto triage = desk.carrier();

    CHECK(triage.tick(desk.clock.at));
    CHECK_FALSE(triage.tick(desk.clock.at));

    CHECK(desk.ask("SELECT count(*) FROM decision") == "2");
    CHECK(desk.ask("SELECT urgency::text || ' ' || customer_id || ' ' || case_id || ' ' || (story->>'attempts') FROM decision WHERE urgency > 0") == "3 1 5 2");
    CHECK(desk.ask("SELECT state || ' ' || subject FROM identity") == "suggested author:facebook::77");
    CHECK(desk.ask("SELECT count(*) FROM decision WHERE urgency = 0 AND story IS NULL") == "1");
    CHECK(desk.ask("SELECT count(*) FROM escalation") == "1");
    CHECK(desk.ask("SELECT count(*) FROM triage_queue") == "0");
}

TEST_CASE("who complains again in a thread without an answer turns to the brand again", "[triage][threads]") {
    Desk desk;
    const auto comment = [&](const std::string& text, const std::string& parent, const std::string& author = "901") {
        auto made = desk.post(text);
        made.kind = PostKind::comment;
        made.parent_id = parent;
        made.author = {};
        made.author.id = author;
        desk.clock.at += std::chrono::minutes(5);
        return made;
    };
    const auto repeats = [&](const Post& post) {
        return desk.ask("SELECT d.reasons::text LIKE '%thread_unanswered%' FROM decision d JOIN post p USING (brand_id, post_id) "
                        "WHERE p.native_id = '" + post.id + "' ORDER BY d.revision DESC LIMIT 1") == "t";
    };
    const auto first = comment("Szafa przyszła połamana, żenada.", "wall");
    const auto second = comment("Szafa nadal stoi połamana w korytarzu, wstyd.", "wall");

    SECTION("both may come with one page") {
        desk.arrive(std::vector<Post>{first, second});
        desk.carrier().tick(desk.clock.at);
        CHECK_FALSE(repeats(first));
        CHECK(repeats(second));
        CHECK(desk.ask("SELECT urgency FROM decision d JOIN post p USING (brand_id, post_id) WHERE p.native_id = '" + second.id + "'") == "3");
    }
    SECTION("an answer between them begins anew") {
        auto reply = comment("Przepraszamy, już sprawdzamy.", first.id, "");
        reply.own = true;
        reply.posted_at = first.posted_at + std::chrono::minutes(1);
        desk.arrive(std::vector<Post>{first, reply, second});
        desk.carrier().tick(desk.clock.at);
        CHECK_FALSE(repeats(second));
    }
    SECTION("somebody else's complaint is not theirs") {
        const auto other = comment("U mnie też szafa połamana, wstyd.", "wall", "902");
        desk.arrive(std::vector<Post>{first, other});
        desk.carrier().tick(desk.clock.at);
        CHECK_FALSE(repeats(other));
    }
    SECTION("praise is no earlier complaint") {
        const auto glad = comment("Piękna szafa, polecam!", "wall", "903");
        const auto cross = comment("Szafa jednak przyszła połamana, żenada.", "wall", "903");
        desk.arrive(std::vector<Post>{glad, cross});
        desk.carrier().tick(desk.clock.at);
        CHECK_FALSE(repeats(cross));
    }
}

TEST_CASE("a process that dies after its claim loses nothing: the work is taken over after eight seconds", "[triage]") {
    Desk desk;
    desk.arrive({complaint});
    triage::Seams seams;
    seams.after_claim = [] { throw Died(); };
    auto dying = desk.carrier(seams);
    CHECK_THROWS_AS(dying.tick(desk.clock.at), Died);

    auto next = desk.carrier();
    CHECK_FALSE(next.tick(desk.clock.at));
    desk.clock.at += std::chrono::seconds(9);
    CHECK(next.tick(desk.clock.at));
    CHECK(desk.ask("SELECT count(*) FROM decision") == "1");
}

TEST_CASE("a process that dies before its commit leaves nothing behind and doubles nothing", "[triage]") {
    Desk desk;
    desk.arrive({complaint});
    triage::Seams seams;
    seams.before_commit = [] { throw Died(); };
    auto dying = desk.carrier(seams);
    CHECK_THROWS_AS(dying.tick(desk.clock.at), Died);
    CHECK(desk.ask("SELECT count(*) FROM decision") == "0");
    CHECK(desk.ask("SELECT count(*) FROM escalation") == "0");

    desk.clock.at += std::chrono::seconds(9);
    CHECK(desk.carrier().tick(desk.clock.at));
    CHECK(desk.ask("SELECT count(*) FROM decision") == "1");
    CHECK(desk.ask("SELECT count(*) FROM escalation") == "1");
}

TEST_CASE("who lost a claim to another daemon writes nothing", "[triage]") {
    Desk desk;
    desk.arrive({complaint});
    triage::Seams seams;
    seams.after_claim = [&] {
        desk.clock.at += std::chrono::seconds(9);
        auto other = desk.carrier();
        other.tick(desk.clock.at);
    };
    auto slow = desk.carrier(seams);
    slow.tick(desk.clock.at);
    CHECK(desk.ask("SELECT count(*) FROM decision") == "1");
}

TEST_CASE("a post that cannot be decided is put aside after three tries and holds up no other", "[triage]") {
    Desk desk;
    desk.arrive({chatter, "POISON", chatter, complaint});
    triage::Seams seams;
    seams.before_assess = [](const std::vector<triage::Asked>& batch) {
        for (const auto& one : batch)
            if (one.post.text == "POISON") throw Error(Error::Kind::bug, "cannot be decided");
    };
    auto triage = desk.carrier(seams);
    for (int i = 0; i < 20; ++i) {
        triage.tick(desk.clock.at);
        desk.clock.at += std::chrono::seconds(9);
    }
    CHECK(desk.ask("SELECT count(*) FROM decision") == "3");
    CHECK(desk.ask("SELECT kind || ': ' || reason FROM dead_letter") == "post: cannot be decided");
    CHECK(desk.ask("SELECT count(*) FROM triage_queue") == "0");
}

TEST_CASE("a post that is enqueued again gets a further revision, and waits only once", "[triage]") {
    Desk desk;
    desk.arrive({complaint});
    auto triage = desk.carrier();
    triage.tick(desk.clock.at);
    desk.base->pool().with([&](store::Transaction& transaction) {
        const auto posts = store::open_posts_of(transaction, desk.brand, {1});
        REQUIRE(posts.size() == 1);
        store::enqueue_again(transaction, desk.base->ids(), desk.brand, posts, "contact");
        store::enqueue_again(transaction, desk.base->ids(), desk.brand, posts, "case");
    });
    CHECK(desk.ask("SELECT count(*) FROM triage_queue") == "1");
    triage.tick(desk.clock.at);
    CHECK(desk.ask("SELECT max(revision) || ' ' || max(cause) FROM decision WHERE revision > 1") == "2 contact");
    CHECK(desk.ask("SELECT count(*) FROM escalation") == "1");
}

TEST_CASE("what a person rejected stays rejected, and a customer who objected is never matched", "[triage]") {
    Desk desk;
    desk.arrive({complaint});
    desk.carrier().tick(desk.clock.at);
    desk.run("UPDATE identity SET state = 'rejected'");
    desk.arrive({complaint + "!"}); // gives the customer's own number again: may be matched, stays rejected
    desk.carrier().tick(desk.clock.at);
    CHECK(desk.ask("SELECT state FROM identity") == "rejected");
    desk.run("UPDATE customer SET do_not_match = true");
    desk.arrive({complaint + "?"});
    desk.carrier().tick(desk.clock.at);
    CHECK(desk.ask("SELECT count(*) FROM decision WHERE customer_id IS NULL AND urgency > 0") == "1");
}

TEST_CASE("what a person said about a post's words counts when it is decided again, until its author edits it", "[triage]") {
    Desk desk;
    desk.arrive({complaint});
    auto triage = desk.carrier();
    REQUIRE(triage.tick(desk.clock.at));
    const Id post = std::stoll(desk.ask("SELECT post_id FROM decision"));
    const auto decide_again = [&] {
        desk.base->pool().with([&](store::Transaction& transaction) {
            store::enqueue_again(transaction, desk.base->ids(), desk.brand, {post}, "verdict");
        });
        REQUIRE(triage.tick(desk.clock.at));
        return desk.ask("SELECT urgency FROM decision ORDER BY revision DESC LIMIT 1");
    };

    desk.run("INSERT INTO label (brand_id, label_id, post_id, kind, value, at) SELECT brand_id, 1, post_id, 'verdict', "
             "'{\"complaint\": false, \"repeat_contact\": false}', first_seen_at FROM post");
    CHECK(decide_again() == "0");

    desk.run("UPDATE post SET edited_at = first_seen_at + interval '1 hour'");
    CHECK(decide_again() == "3");
}

namespace {

/// What is thought of the newest post and its author, and what an act of a person makes of it.
struct Said {
    Desk desk;
    triage::Triage triage = desk.carrier();
    Id post = 0;

    explicit Said(const std::string& text) {
        desk.arrive({text});
        REQUIRE(triage.tick(desk.clock.at));
        post = std::stoll(desk.ask("SELECT max(post_id) FROM post"));
    }
    std::string thought() {
        return desk.ask("SELECT urgency || ' ' || coalesce(customer_id::text, '-') || ' ' || coalesce(story::text, '') || ' ' || odds"
                        " FROM decision ORDER BY post_id DESC, revision DESC LIMIT 1") +
               desk.ask("SELECT string_agg(state || ' ' || customer_id || ' ' || probability || ' ' || evidence, ',' ORDER BY customer_id) FROM identity");
    }
    void settle(IdentityState state) {
        act([&](store::Transaction& tx) { return store::settle_identity(tx, desk.base->ids(), actor(), post, 1, state); });
    }
    void take_back() {
        act([&](store::Transaction& tx) { return store::withdraw_identity(tx, desk.base->ids(), actor(), post, 1); });
    }
    std::string candidates() {
        return desk.ask("SELECT coalesce(jsonb_array_length(story->'candidates'), 0) FROM decision ORDER BY post_id DESC, revision DESC LIMIT 1");
    }

private:
    store::Actor actor() const { return {desk.brand, 0, desk.clock.at}; }
    template <class Work>
    void act(Work work) {
        bool done = false;
        desk.base->pool().with([&](store::Transaction& tx) { done = work(tx); });
        REQUIRE(done);
        REQUIRE(triage.tick(desk.clock.at));
    }
};

const std::string numberless = "Skandal, moja reklamacja lodówki leży od trzech tygodni, dzwoniłam dwa razy i nikt nie odpowiada!";

} // namespace

TEST_CASE("taking back what a person said of an author restores exactly what was thought before", "[triage]") {
    Said said(numberless);
    const auto before = said.thought();
    REQUIRE(before.find("suggested 1") != std::string::npos);

    for (const auto state : {IdentityState::confirmed, IdentityState::rejected}) {
        said.desk.arrive({chatter}); // others go on writing meanwhile
        said.settle(state);
        CHECK(said.thought() != before);
        said.take_back();
        said.desk.run("DELETE FROM decision WHERE post_id <> " + std::to_string(said.post));
        CHECK(said.thought() == before);
    }
}

TEST_CASE("what a person rejected is taken up again only by the customer's own number", "[triage]") {
    Said said(numberless);
    REQUIRE(said.candidates() == "1");
    said.settle(IdentityState::rejected);
    CHECK(said.candidates() == "0");
    said.desk.arrive({"Dalej nikt nie odpowiada, reklamacja leży, skandal!"});
    REQUIRE(said.triage.tick(said.desk.clock.at));
    CHECK(said.candidates() == "0");
    said.desk.arrive({complaint});
    REQUIRE(said.triage.tick(said.desk.clock.at));
    CHECK(said.candidates() == "1");
    CHECK(said.desk.ask("SELECT state FROM identity") == "rejected");
}

TEST_CASE("a customer who must not be matched cannot be confirmed, and own data find nobody", "[triage]") {
    Desk desk;
    desk.run("UPDATE customer SET do_not_match = true");
    desk.arrive({complaint});
    REQUIRE(desk.carrier().tick(desk.clock.at));
    CHECK(desk.ask("SELECT coalesce(customer_id::text, 'none') FROM decision") == "none");
    CHECK(desk.ask("SELECT count(*) FROM identity") == "0");
    const Id post = std::stoll(desk.ask("SELECT post_id FROM post"));
    bool done = true;
    desk.base->pool().with([&](store::Transaction& tx) {
        done = store::settle_identity(tx, desk.base->ids(), {desk.brand, 0, desk.clock.at}, post, 1, IdentityState::confirmed);
    });
    CHECK_FALSE(done);
}

TEST_CASE("a source's matching decides what of a post is looked at, to the last row that is kept", "[triage]") {
    const auto found = [](Matching matching, const std::string& text) {
        Desk desk;
        desk.config.sources[0].matching = matching;
        desk.arrive({text});
        REQUIRE(desk.carrier().tick(desk.clock.at));
        const auto story = desk.ask("SELECT coalesce(story->>'candidates', '') FROM decision");
        CHECK((matching == Matching::full || story.find("\"name\"") == std::string::npos));
        return desk.ask("SELECT count(*) FROM identity");
    };
    CHECK(found(Matching::full, numberless) == "1");
    CHECK(found(Matching::own_data, numberless) == "0");
    CHECK(found(Matching::own_data, complaint) == "1");
    CHECK(found(Matching::off, complaint) == "0");
}

namespace {

/// A claim that nobody need hurry with until its deadline nears.
Post claim_of(Desk& desk, Span until) {
    auto claim = desk.post("Dzień dobry, proszę o fakturę.");
    claim.answer_by = desk.clock.at + until;
    return claim;
}

constexpr auto latest_decision = "SELECT cause || ' ' || urgency || ' ' || rule FROM decision ORDER BY revision DESC LIMIT 1";

} // namespace

TEST_CASE("a post is decided again when its deadline nears, once, and raises an alert", "[triage][answers]") {
    Desk desk;
    desk.arrive({claim_of(desk, std::chrono::hours(24 * 5))});
    auto one = desk.carrier(), other = desk.carrier();
    const auto work = [&] {
        for (int i = 0; i < 4; ++i) one.tick(desk.clock.at), other.tick(desk.clock.at);
    };
    work();
    desk.clock.at += std::chrono::hours(24 * 3); // two days are left
    work();
    REQUIRE(desk.ask("SELECT count(*) FROM decision") == "1");
    CHECK(desk.ask("SELECT count(*) FROM escalation") == "0");

    desk.clock.at += std::chrono::hours(12);
    work();
    work();
    CHECK(desk.ask("SELECT count(*) FROM decision") == "2");
    CHECK(desk.ask(latest_decision) == "deadline 3 answer-due");
    CHECK(desk.ask("SELECT count(*) FROM escalation WHERE urgency = 3") == "1");

    desk.clock.at += std::chrono::hours(24 * 7); // it passed
    work();
    CHECK(desk.ask("SELECT count(*) FROM decision") == "2");
}

TEST_CASE("two daemons that look at the same moment queue a post once", "[triage][answers]") {
    Desk desk;
    desk.arrive({claim_of(desk, std::chrono::hours(24 * 5))});
    desk.run("DELETE FROM triage_queue");
    const auto until = desk.clock.at + std::chrono::hours(24 * 5);
    desk.base->pool().with([&](store::Transaction& first) {
        CHECK(store::queue_due_answers(first, desk.base->ids(), desk.brand, until));
        desk.base->pool().with([&](store::Transaction& second) { CHECK_FALSE(store::queue_due_answers(second, desk.base->ids(), desk.brand, until)); });
    });
    CHECK(desk.ask("SELECT count(*) || ' ' || min(cause) FROM triage_queue") == "1 deadline");
    desk.base->pool().with([&](store::Transaction& third) { CHECK_FALSE(store::queue_due_answers(third, desk.base->ids(), desk.brand, until)); });
}

TEST_CASE("a reminder whose daemon dies before its commit comes all the same", "[triage][answers]") {
    Desk desk;
    desk.arrive({claim_of(desk, std::chrono::hours(24 * 5))});
    desk.run("DELETE FROM triage_queue");
    const auto until = desk.clock.at + std::chrono::hours(24 * 5);
    CHECK_THROWS_AS(desk.base->pool().with([&](store::Transaction& dying) {
        store::queue_due_answers(dying, desk.base->ids(), desk.brand, until);
        throw Died();
    }),
                    Died);
    desk.base->pool().with([&](store::Transaction& next) { CHECK(store::queue_due_answers(next, desk.base->ids(), desk.brand, until)); });
}

TEST_CASE("a post that comes when its deadline is near or past is urgent at once and not reminded of", "[triage][answers]") {
    Desk desk;
    desk.arrive({claim_of(desk, std::chrono::hours(2)), claim_of(desk, -std::chrono::hours(2))});
    auto triage = desk.carrier();
    while (triage.tick(desk.clock.at)) {}
    CHECK(desk.ask("SELECT count(*) FROM decision WHERE rule = 'answer-due'") == "2");
    const auto decided = desk.ask("SELECT count(*) FROM decision");
    desk.clock.at += std::chrono::minutes(1);
    CHECK_FALSE(triage.tick(desk.clock.at));
    CHECK(desk.ask("SELECT count(*) FROM decision") == decided);
}

TEST_CASE("a deadline raises nothing once the brand has answered beneath the post", "[triage][answers]") {
    Desk desk;
    auto claim = claim_of(desk, std::chrono::hours(24 * 5));
    auto reply = desk.post("Faktura jest w drodze.");
    reply.parent_id = claim.id;
    reply.own = true;
    desk.arrive({claim, reply});
    auto triage = desk.carrier();
    while (triage.tick(desk.clock.at)) {}
    desk.clock.at += std::chrono::hours(24 * 4);
    while (triage.tick(desk.clock.at)) {}
    CHECK(desk.ask("SELECT count(*) FROM decision WHERE cause = 'deadline'") == "1");
    CHECK(desk.ask("SELECT count(*) FROM decision WHERE urgency > 0") == "0");
}

TEST_CASE("a deadline that the platform takes away stops the timer, and one that it moves is met again", "[triage][answers]") {
    Desk desk;
    auto claim = claim_of(desk, std::chrono::hours(2));
    desk.arrive({claim});
    auto triage = desk.carrier();
    while (triage.tick(desk.clock.at)) {}
    REQUIRE(desk.ask("SELECT count(*) FROM escalation WHERE answered_at IS NULL") == "1");

    claim.answer_by.reset(); // decided
    desk.arrive({claim});
    while (triage.tick(desk.clock.at)) {}
    CHECK(desk.ask(latest_decision) == "platform 0 rest");
    CHECK(desk.ask("SELECT count(*) FROM escalation WHERE answered_at IS NOT NULL AND next_at IS NULL") == "1");

    claim.answer_by = desk.clock.at + std::chrono::hours(24 * 5); // and opened again
    desk.arrive({claim});
    while (triage.tick(desk.clock.at)) {}
    desk.clock.at += std::chrono::hours(24 * 4);
    while (triage.tick(desk.clock.at)) {}
    CHECK(desk.ask(latest_decision) == "deadline 3 answer-due");
    CHECK(desk.ask("SELECT count(*) FROM escalation WHERE answered_at IS NULL") == "1");
}

TEST_CASE("recorded posts keep their own clock: no deadline is met after the day they were written", "[triage][answers]") {
    Desk desk;
    desk.config.sources.front().seen = config::Seen::posted;
    connectors::Page page;
    page.posts = {claim_of(desk, std::chrono::hours(24 * 5))};
    desk.base->pool().with([&](store::Transaction& transaction) {
        store::save_page(transaction, desk.base->ids(), {desk.brand, 1, desk.clock.at, true}, page, "wall");
    });
    auto triage = desk.carrier();
    while (triage.tick(desk.clock.at)) {}
    desk.clock.at += std::chrono::hours(24 * 5);
    while (triage.tick(desk.clock.at)) {}
    CHECK(desk.ask("SELECT count(*) || ' ' || max(urgency) FROM decision") == "1 0");
}

TEST_CASE("an order that only the platform names finds the customer, under own data too", "[triage][answers]") {
    Desk desk;
    desk.config.sources.front().matching = Matching::own_data;
    desk.run("UPDATE service_case SET order_ref = 'ZAM/2026/017106'");
    Case matter;
    matter.order_ref = "ZAM/2026/017106";
    for (const auto key : match::case_keys(matter))
        desk.run("INSERT INTO case_key (brand_id, key, case_id) VALUES (" + std::to_string(desk.brand) + ", " + std::to_string(key) + ", 5)");
    auto post = desk.post("Dramat, reklamacja leży od trzech tygodni, nikt nie odpowiada!");
    post.author = {};
    post.order_refs = {"ZAM/2026/017106"};
    desk.arrive({post});
    auto triage = desk.carrier();
    while (triage.tick(desk.clock.at)) {}
    CHECK(desk.ask("SELECT urgency || ' ' || customer_id || ' ' || case_id FROM decision") == "3 1 5");
    CHECK(desk.ask("SELECT story->'candidates'->0->'evidence'->0->>'field' FROM decision") == "order");
}
