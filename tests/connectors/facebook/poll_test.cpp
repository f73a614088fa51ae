#include "connectors/facebook/graph_fixture.h"

#include <algorithm>

using namespace larum;
using namespace larum::test;
using namespace std::chrono_literals;
using connectors::Ending;
using demo::Wall;

namespace {
const demo::Person jan{"7392015648120394", "Jan Przykład"};
const demo::Person hidden{};
} // namespace

TEST_CASE("posts of the page and its visitors are read with who wrote them", "[facebook]") {
    GraphFixture f("facebook");
    REQUIRE(f.problems.empty());
    const auto own = f.graph.post(f.graph.page(), "Nowa kolekcja już jest!", Wall::page, f.clock.at - 3h);
    const auto visitor = f.graph.post(jan, "Zażółć gęślą jaźń 😡", Wall::visitors, f.clock.at - 2h);
    f.graph.attach_photo(visitor, "https://photos.example/1.jpg");
    f.graph.like(visitor, 12);

    const auto read = f.poll("feed");

    REQUIRE(read.outcome.ok());
    REQUIRE(read.page.posts.size() == 2);
    CHECK(read.page.posts.front().id == own);
    CHECK(find(read.page.posts, own)->own);
    const auto* post = find(read.page.posts, visitor);
    CHECK_FALSE(post->own);
    CHECK(post->author.id == jan.id);
    CHECK(post->author.name == jan.name);
    CHECK(post->author_scope == f.graph.settings().page_id);
    CHECK(post->text == "Zażółć gęślą jaźń 😡");
    CHECK(post->posted_at == f.clock.at - 2h);
    CHECK(post->metrics.likes == 12);
    REQUIRE(post->attachments.size() == 1);
    CHECK(post->attachments[0].url == "https://photos.example/1.jpg");
}

TEST_CASE("every call names the version, proves the secret and keeps the token out of the address",
          "[facebook]") {
    GraphFixture f("facebook");
    f.poll("feed");

    CHECK(f.http.last.url.find("/v26.0/") != std::string::npos);
    CHECK(f.http.last.url.find("appsecret_proof=") != std::string::npos);
    CHECK(f.http.last.url.find(f.graph.settings().token) == std::string::npos);
    CHECK(header(f.http.last.headers, "Authorization") == "Bearer " + f.graph.settings().token);
}

TEST_CASE("a long feed is walked to its end and read only once", "[facebook]") {
    GraphFixture f("facebook");
    for (int i = 0; i < 350; ++i)
        f.graph.post(jan, "wpis " + std::to_string(i), Wall::visitors,
                     f.clock.at - 48h - std::chrono::minutes(i));
    f.graph.short_pages(false);

    const auto first = f.poll("feed");
    CHECK(first.page.posts.size() == 350);
    CHECK(f.http.calls == 4);

    f.clock.at += 1min;
    const auto fresh = f.graph.post(jan, "nowy", Wall::visitors, f.clock.at);
    const auto second = f.poll("feed");
    CHECK(f.http.calls == 5);
    REQUIRE(find(second.page.posts, fresh));
}

TEST_CASE("short pages do not end a walk, only a missing next does", "[facebook]") {
    GraphFixture f("facebook");
    for (int i = 0; i < 250; ++i)
        f.graph.post(jan, "wpis", Wall::visitors, f.clock.at - std::chrono::minutes(i + 1));
    f.graph.short_pages(true);

    const auto read = f.poll("feed");

    CHECK(f.http.calls == 3);
    CHECK(read.page.posts.size() == 125);
    CHECK_FALSE(read.page.more);
}

TEST_CASE("a post that is removed while its page is being walked loses no other", "[facebook]") {
    GraphFixture f("facebook");
    std::vector<std::string> ids;
    for (int i = 0; i < 150; ++i)
        ids.push_back(f.graph.post(jan, "wpis", Wall::visitors, f.clock.at - std::chrono::minutes(i + 1)));
    auto read = f.poll("feed", 1);
    REQUIRE(read.page.more);

    f.graph.remove(ids[99]); // the very item that the position names

    read = f.poll("feed");
    CHECK(read.page.posts.size() == 50);
}

TEST_CASE("what a bounded walk cannot reach is a gap, and the next walk goes on from the newest",
          "[facebook]") {
    GraphFixture f("facebook", "pages_max = 2\n");
    for (int i = 0; i < 350; ++i)
        f.graph.post(jan, "wpis", Wall::visitors, f.clock.at - std::chrono::minutes(i + 1));

    const auto read = f.poll("feed");

    CHECK(read.page.posts.size() == 200);
    REQUIRE(read.page.gaps.size() == 1);
    CHECK(read.page.gaps[0].to == f.clock.at - 200min);
    CHECK(f.poll("feed").page.gaps.empty());
}

TEST_CASE("a walk that was interrupted does not move the mark", "[facebook]") {
    GraphFixture f("facebook");
    for (int i = 0; i < 150; ++i)
        f.graph.post(jan, "wpis", Wall::visitors, f.clock.at - std::chrono::minutes(i + 1));
    f.poll("feed", 1);
    f.graph.throttle(80001, 7);
    CHECK(f.poll("feed").outcome.ending == Ending::later);

    f.graph.relent();
    f.clock.at += 2h; // the stored position is too old to be trusted
    CHECK(f.poll("feed").page.posts.size() == 150);
}

TEST_CASE("young posts open a stream for their comments, slower with age, with an end", "[facebook]") {
    GraphFixture f("facebook", "history = \"60d\"\n");
    const auto young = f.graph.post(jan, "a", Wall::visitors, f.clock.at - 1h);
    const auto old = f.graph.post(jan, "b", Wall::visitors, f.clock.at - 24h * 20);
    const auto ancient = f.graph.post(jan, "c", Wall::visitors, f.clock.at - 24h * 40);
    f.graph.post({"555", "Anna"}, "d", Wall::tagged, f.clock.at - 1h);

    auto read = f.poll("feed");
    REQUIRE(read.page.streams.size() == 2);
    CHECK(read.page.streams[1].name == "comments:" + young);
    CHECK_FALSE(read.page.streams[1].interval);
    CHECK(read.page.streams[0].name == "comments:" + old);
    CHECK(read.page.streams[0].interval == Span(1h));
    CHECK(read.page.streams[0].retire_at == f.clock.at + 24h * 10);
    CHECK(find(read.page.posts, ancient));

    // The comments of other people's walls are not ours to read.
    CHECK(f.poll("tagged").page.streams.empty());
}

TEST_CASE("posts that tag the page are mentions", "[facebook]") {
    GraphFixture f("facebook");
    const auto id = f.graph.post({"555", "Anna Inna"}, "Nie polecam @Strona", Wall::tagged, f.clock.at - 1h);

    const auto read = f.poll("tagged");

    REQUIRE(read.page.posts.size() == 1);
    CHECK(read.page.posts[0].id == id);
    CHECK(read.page.posts[0].kind == PostKind::mention);
}

TEST_CASE("comments come with their replies, hidden authors included", "[facebook]") {
    GraphFixture f("facebook");
    const auto post = f.graph.post(f.graph.page(), "Promocja", Wall::page, f.clock.at - 3h);
    const auto comment = f.graph.comment(post, hidden, "Gdzie moja paczka?", {}, f.clock.at - 2h);
    const auto reply = f.graph.comment(post, f.graph.page(), "Już sprawdzamy", comment, f.clock.at - 1h);

    const auto read = f.poll("comments:" + post);

    REQUIRE(read.page.posts.size() == 2);
    const auto* first = find(read.page.posts, comment);
    CHECK(first->kind == PostKind::comment);
    CHECK(first->parent_id == post);
    CHECK(first->author.id.empty());
    CHECK(first->author.name.empty());
    CHECK(find(read.page.posts, reply)->own);
    CHECK(find(read.page.posts, reply)->parent_id == comment);
}

TEST_CASE("a late comment and an edit of an old one are seen on the next read", "[facebook]") {
    GraphFixture f("facebook");
    const auto post = f.graph.post(f.graph.page(), "Promocja", Wall::page, f.clock.at - 24h * 5);
    const auto first = f.graph.comment(post, jan, "Super", {}, f.clock.at - 24h * 4);
    auto read = f.poll("comments:" + post);
    CHECK(read.page.next_in == std::nullopt);

    f.clock.at += 24h;
    read = f.poll("comments:" + post);
    CHECK(read.page.next_in == Span(10min));
    f.graph.edit(first, "Jednak nie super");
    const auto late = f.graph.comment(post, jan, "Nadal czekam", {}, f.clock.at);

    read = f.poll("comments:" + post);
    CHECK(find(read.page.posts, late));
    CHECK(find(read.page.posts, first)->text == "Jednak nie super");
    CHECK(read.page.next_in == std::nullopt);
}

TEST_CASE("thousands of comments are walked newest first, back to the mark and no further", "[facebook]") {
    GraphFixture f("facebook");
    const auto post = f.graph.post(f.graph.page(), "Konkurs", Wall::page, f.clock.at - 24h);
    for (int i = 0; i < 1050; ++i)
        f.graph.comment(post, jan, "k", {}, f.clock.at - 23h + std::chrono::minutes(i));
    CHECK(f.poll("comments:" + post).page.posts.size() == 1050);
    CHECK(f.http.calls == 11);
    for (int i = 0; i < 120; ++i)
        f.graph.comment(post, jan, "n", {}, f.clock.at - 4h + std::chrono::minutes(i));

    const auto read = f.poll("comments:" + post);

    CHECK(f.http.calls == 13);
    CHECK(std::count_if(read.page.posts.begin(), read.page.posts.end(),
                        [](const Post& p) { return p.text == "n"; }) == 120);
}

TEST_CASE("the comments of a removed post are gone", "[facebook]") {
    GraphFixture f("facebook");
    const auto post = f.graph.post(jan, "zaraz usunę", Wall::visitors, f.clock.at - 1h);
    f.graph.remove(post);
    CHECK(f.poll("comments:" + post).outcome.ending == Ending::gone);
}

TEST_CASE("a recheck tells in one call what was edited and what was removed", "[facebook]") {
    GraphFixture f("facebook");
    const auto kept = f.graph.post(jan, "zostaje", Wall::visitors, f.clock.at - 3h);
    const auto edited = f.graph.post(jan, "było", Wall::visitors, f.clock.at - 2h);
    const auto comment = f.graph.comment(kept, jan, "komentarz", {}, f.clock.at - 1h);
    auto known = f.poll("feed").page.posts;
    const auto comments = f.poll("comments:" + kept).page.posts;
    known.insert(known.end(), comments.begin(), comments.end());
    f.graph.edit(edited, "jest");
    f.graph.remove(comment);
    const int before = f.http.calls;

    const auto result = f.recheck(known);

    CHECK(f.http.calls == before + 1);
    REQUIRE(result.outcome.ok());
    REQUIRE(result.posts.size() == 2);
    CHECK(find(result.posts, kept)->text == "zostaje");
    CHECK_FALSE(find(result.posts, kept)->edited_at);
    CHECK(find(result.posts, edited)->text == "jest");
    CHECK(find(result.posts, edited)->edited_at == f.clock.at);
    REQUIRE(result.deletions.size() == 1);
    CHECK(result.deletions[0].id == comment);
}
