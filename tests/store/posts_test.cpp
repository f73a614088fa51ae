#include "core/crypto.h"
#include "daemon/store/posts.h"
#include "intake/fakes.h"

using namespace larum;
using namespace larum::test;
using namespace larum::store;

namespace {

/// Pages saved as one source of one brand would bring them.
struct Shelf {
    TestDatabase database;
    SettableClock clock;
    IdMaker ids{clock, 7};
    Reading reading{1, 5, *parse_time("2026-04-05T12:00:00Z"), false, false, false, {}};

    Shelf() { database.ask("INSERT INTO brand (brand_id, name, created_at) VALUES (1, 'acme', now()) RETURNING 1"); }
    Saved save(std::vector<Post> posts, std::vector<connectors::Deletion> deletions = {}) {
        connectors::Page page;
        page.posts = std::move(posts);
        page.deletions = std::move(deletions);
        return save(page);
    }
    Saved save(const connectors::Page& page) {
        Saved saved;
        database.pool().with([&](Transaction& transaction) { saved = save_page(transaction, ids, reading, page, "wall"); });
        return saved;
    }
    std::string text(const std::string& id) { return database.ask("SELECT coalesce(text, '(blank)') FROM post WHERE native_id = $1", {id}); }
    std::string queue() {
        return database.ask("SELECT coalesce(string_agg(cause || cardinality(post_ids), ' ' ORDER BY queue_id), '') FROM triage_queue");
    }
};

Post edited(const std::string& id, const std::string& text, const std::string& at) {
    auto one = post(id, text);
    one.edited_at = parse_time(at);
    return one;
}

} // namespace

TEST_CASE("a page saved twice is there once", "[posts]") {
    Shelf shelf;
    CHECK(shelf.save({post("1"), post("2")}).fresh.size() == 2);
    const auto again = shelf.save({post("1"), post("2")});
    CHECK(again.fresh.empty());
    CHECK(again.edited.empty());
    CHECK(shelf.queue() == "new2");
    CHECK(shelf.database.ask("SELECT count(*) FROM post_seen") == "2");
}

TEST_CASE("every field of a post is kept", "[posts]") {
    Shelf shelf;
    auto one = post("1", "tab\there, back\\slash, \"quotes\"\nand a line — zażółć 🙂");
    one.realm = "forum.example";
    one.parent_id = "p";
    one.kind = PostKind::review;
    one.author = {"77", "ania.n", "Ania", "Łódź", 1200, "https://x.example/ania"};
    one.author_scope = "page9";
    one.lang = "pl";
    one.rating = 1;
    one.attachments = {{"photo", "https://x.example/1.jpg"}};
    one.url = "https://x.example/1";
    one.on_ad = true;
    one.metrics = {1, 2, {}, 4};
    shelf.save({one});
    CHECK(shelf.text("1") == one.text);
    CHECK(shelf.database.ask("SELECT concat_ws('|', realm, parent_native_id, source_id, kind, author_key, author_handle, author_name, author_city,"
                             " author_followers, author_url, lang, rating, attachments, url, on_ad, own, likes, shares, comments, views) FROM post") ==
          "forum.example|p|5|2|fake:page9:77|ania.n|Ania|Łódź|1200|https://x.example/ania|pl|1|"
          "[{\"url\": \"https://x.example/1.jpg\", \"kind\": \"photo\"}]|https://x.example/1|t|f|1|2|4");
}

TEST_CASE("an edit replaces the text and is judged again", "[posts]") {
    Shelf shelf;
    shelf.save({post("1", "first")});
    const auto saved = shelf.save({edited("1", "second", "2026-04-05T12:01:00Z")});
    CHECK(saved.edited.size() == 1);
    CHECK(shelf.text("1") == "second");
    CHECK(shelf.queue() == "new1 edit1");
    CHECK(shelf.database.ask("SELECT count(*) FROM post_version") == "0"); // nobody holds it
}

TEST_CASE("stars that change without a word are an edit, and stars that are no longer told are none", "[posts]") {
    Shelf shelf;
    auto review = post("1", "Nobody answers.");
    review.rating = 3;
    shelf.save({review});
    CHECK(shelf.save({review}).edited.empty());
    review.rating = 1;
    CHECK(shelf.save({review}).edited.size() == 1);
    CHECK(shelf.database.ask("SELECT rating FROM post") == "1");
    CHECK(shelf.queue() == "new1 edit1");
    review.rating.reset();
    CHECK(shelf.save({review}).edited.empty());
    CHECK(shelf.database.ask("SELECT rating FROM post") == "1");
}

TEST_CASE("each edit is seen by poll where the platform tells no times, and a copy of the text before is none", "[posts]") {
    Shelf shelf;
    shelf.save({post("1", "first")});
    CHECK(shelf.save({post("1", "second")}).edited.size() == 1);
    CHECK(shelf.save({post("1", "third")}).edited.size() == 1);
    CHECK(shelf.text("1") == "third");
    CHECK(shelf.save({post("1", "second")}).edited.empty()); // another list still shows it so
    shelf.reading.by_webhook = true;
    CHECK(shelf.save({post("1", "first")}).edited.empty()); // the original, late
    CHECK(shelf.text("1") == "third");
}

TEST_CASE("an edit whose webhook was lost is seen by poll after one that a webhook told", "[posts]") {
    Shelf shelf;
    shelf.reading.by_webhook = true;
    shelf.save({post("1", "first")});
    shelf.save({edited("1", "second", "2026-04-05T12:01:00Z")});
    shelf.reading.by_webhook = false;
    shelf.save({post("1", "third")});
    CHECK(shelf.text("1") == "third");
}

TEST_CASE("an edit that overtook its original stays, and an older edit changes nothing", "[posts]") {
    Shelf shelf;
    shelf.reading.by_webhook = true;
    shelf.save({edited("1", "third", "2026-04-05T12:02:00Z")});
    shelf.save({post("1", "first")});
    shelf.save({edited("1", "second", "2026-04-05T12:01:00Z")});
    CHECK(shelf.text("1") == "third");
}

TEST_CASE("an earlier text is kept only under a hold", "[posts]") {
    Shelf shelf;
    const auto id = shelf.save({post("1", "first")}).fresh.at(0);
    shelf.database.ask("INSERT INTO hold (brand_id, hold_id, post_id, reason, created_at, ends_at) VALUES (1, 1, $1, 'court', $2, $3) RETURNING 1",
                       {id, shelf.reading.now, shelf.reading.now + std::chrono::hours{24}});
    shelf.save({post("1", "second")});
    shelf.save({}, {{"fake", "", "1", shelf.reading.now}});
    CHECK(shelf.database.ask("SELECT string_agg(text, ' ' ORDER BY text) FROM post_version") == "first second");
    CHECK(shelf.text("1") == "(blank)");
}

TEST_CASE("a deletion blanks every text and no later copy revives it", "[posts]") {
    Shelf shelf;
    shelf.save({post("1", "first"), post("2", "other")});
    const auto saved = shelf.save({}, {{"fake", "", "1", shelf.reading.now}});
    CHECK(saved.deleted.size() == 1);
    CHECK(shelf.save({post("1", "first"), edited("1", "late edit", "2026-04-05T13:00:00Z")}).edited.empty());
    CHECK(shelf.text("1") == "(blank)");
    CHECK(shelf.text("2") == "other");
    CHECK(shelf.save({}, {{"fake", "", "1", shelf.reading.now}}).deleted.empty());
}

TEST_CASE("a deletion that overtook its post makes the row, and the post stays blank", "[posts]") {
    Shelf shelf;
    shelf.save({}, {{"fake", "", "1", shelf.reading.now}});
    shelf.save({post("1", "first")});
    CHECK(shelf.text("1") == "(blank)");
    CHECK(shelf.queue().empty());
    auto gone = post("2", "never seen alive");
    gone.deleted_at = shelf.reading.now;
    shelf.save({gone});
    CHECK(shelf.text("2") == "(blank)");
}

TEST_CASE("a post that another source brought is noted as seen here, too", "[posts]") {
    Shelf shelf;
    shelf.save({post("1")});
    shelf.reading.source = 6;
    CHECK(shelf.save({post("1")}).fresh.empty());
    CHECK(shelf.database.ask("SELECT string_agg(source_id::text, ' ' ORDER BY source_id) FROM post_seen") == "5 6");
}

TEST_CASE("the same id on two platforms or in two realms is two posts", "[posts]") {
    Shelf shelf;
    auto two = post("1"), three = post("1");
    two.platform = "other";
    three.realm = "forum.example";
    CHECK(shelf.save({post("1"), two, three}).fresh.size() == 3);
}

TEST_CASE("a post that a page holds twice is saved as it was last", "[posts]") {
    Shelf shelf;
    CHECK(shelf.save({post("1", "first"), edited("1", "second", "2026-04-05T12:01:00Z")}).fresh.size() == 1);
    CHECK(shelf.text("1") == "second");
}

TEST_CASE("reactions are brought up to date and a count that is no longer told stays", "[posts]") {
    Shelf shelf;
    auto one = post("1");
    one.metrics = {5, 1, {}, {}};
    shelf.save({one});
    one.metrics = {9, {}, {}, {}};
    const auto saved = shelf.save({one});
    CHECK(saved.edited.empty());
    CHECK(shelf.database.ask("SELECT likes || ' ' || shares FROM post") == "9 1");
}

TEST_CASE("a text that retention ended does not come back with the next page", "[posts]") {
    Shelf shelf;
    shelf.save({post("1", "first")});
    shelf.database.ask("UPDATE post SET text = NULL, text_ended_at = now() RETURNING 1");
    shelf.save({post("1", "first")});
    CHECK(shelf.text("1") == "(blank)");
}

TEST_CASE("with seen = posted a post was first seen when it was written", "[posts]") {
    Shelf shelf;
    shelf.reading.seen_when_posted = true;
    shelf.save({post("1", "x", "2026-01-02T03:04:05Z")});
    CHECK(shelf.database.ask("SELECT first_seen_at = posted_at FROM post") == "t");
}

TEST_CASE("what made no sense is buried with its reason, and contacts are kept once", "[posts]") {
    Shelf shelf;
    connectors::Page page;
    page.rejected = {"no id\t{\"text\": \"\\u0000 x\"}"};
    Contact contact;
    contact.ref = "m1";
    contact.author = "facebook:9:77";
    contact.channel = ContactChannel::messenger;
    contact.at = shelf.reading.now;
    contact.summary = "gdzie paczka";
    page.contacts = {contact, contact};
    CHECK(shelf.save(page).contacts == 1);
    CHECK(shelf.save(page).contacts == 0);
    CHECK(shelf.database.ask("SELECT kind || ' ' || source || ' ' || reason FROM dead_letter LIMIT 1") == "item wall no id");
    CHECK(shelf.database.ask("SELECT ref || ' ' || channel || ' ' || author_key FROM contact") == "m1 3 facebook:9:77");
}

TEST_CASE("two sources that bring a post at the same moment end with one post", "[posts]") {
    Shelf shelf;
    auto other = shelf.database.pool().begin();
    Reading careful = shelf.reading;
    connectors::Page page;
    page.posts = {post("1"), post("2")};
    save_page(*other, shelf.ids, shelf.reading, page, "wall"); // not committed yet
    other->commit();
    // The look came before the other's commit: COPY collides, the careful way does not.
    auto late = shelf.database.pool().begin();
    CHECK_THROWS_AS(late->run("INSERT INTO post (brand_id, post_id, platform, realm, native_id, kind, posted_at, first_seen_at)"
                              " VALUES (1, 1, 'fake', '', '1', 0, now(), now())"),
                    DatabaseError);
    late.reset();
    careful.one_by_one = true;
    page.posts.push_back(post("3"));
    Saved saved;
    shelf.database.pool().with([&](Transaction& transaction) { saved = save_page(transaction, shelf.ids, careful, page, "wall"); });
    CHECK(saved.fresh.size() == 1);
    CHECK(shelf.database.ask("SELECT count(*) FROM post") == "3");
}

TEST_CASE("a deadline and the orders a platform names are kept, follow the platform and are decided anew", "[posts][answers]") {
    Shelf shelf;
    auto claim = post("1", "It came broken.");
    claim.answer_by = parse_time("2026-04-17T21:59:59Z");
    claim.order_refs = {"0f-1"};
    shelf.save({claim});
    const auto kept = [&] {
        return shelf.database.ask("SELECT concat_ws('|', answer_by AT TIME ZONE 'UTC', answer_awaited, order_refs, edited_at) FROM post");
    };
    CHECK(kept() == "2026-04-17 21:59:59|t|[\"0f-1\"]");
    CHECK(shelf.save({claim}).restated.empty());

    claim.answer_by = parse_time("2026-04-19T21:59:59Z");
    claim.order_refs.clear(); // another list of the platform does not tell
    CHECK(shelf.save({claim}).restated.size() == 1);
    CHECK(kept() == "2026-04-19 21:59:59|t|[\"0f-1\"]");
    CHECK(shelf.queue() == "new1 platform1");

    claim.answer_by.reset();
    CHECK(shelf.save({claim}).restated.size() == 1);
    CHECK(kept() == "f|[\"0f-1\"]");
}

TEST_CASE("an older copy of an edited post moves no deadline", "[posts][answers]") {
    Shelf shelf;
    auto claim = edited("1", "words", "2026-04-05T12:00:00Z");
    claim.answer_by = parse_time("2026-04-17T21:59:59Z");
    shelf.save({claim});
    auto older = edited("1", "words", "2026-04-05T11:00:00Z");
    CHECK(shelf.save({older}).restated.empty());
    CHECK(shelf.database.ask("SELECT answer_awaited FROM post") == "t");
}

TEST_CASE("orders end with the text, and a deleted post awaits no answer", "[posts][answers]") {
    Shelf shelf;
    auto claim = post("1", "It came broken.");
    claim.answer_by = parse_time("2026-04-17T21:59:59Z");
    claim.order_refs = {"0f-1"};
    shelf.save({claim});
    shelf.save({}, {{"fake", "", "1", {}}});
    CHECK(shelf.database.ask("SELECT num_nonnulls(text, order_refs) || ' ' || answer_awaited FROM post") == "0 false");
    CHECK(shelf.save({claim}).restated.empty());
    CHECK(shelf.database.ask("SELECT num_nonnulls(text, order_refs) || ' ' || answer_awaited FROM post") == "0 false");
}

TEST_CASE("more orders than anybody has, or longer ones, are not kept", "[posts][answers]") {
    Shelf shelf;
    auto one = post("1", "words");
    one.order_refs = {std::string(65, '7'), "", "1", "2", "3", "4", "5", "6", "7", "8", "9"};
    shelf.save({one});
    CHECK(shelf.database.ask("SELECT order_refs FROM post") == "[\"1\", \"2\", \"3\", \"4\", \"5\", \"6\", \"7\", \"8\"]");
}
