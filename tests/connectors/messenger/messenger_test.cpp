#include "connectors/facebook/graph_fixture.h"

#include <algorithm>

using namespace larum;
using namespace larum::test;
using namespace std::chrono_literals;
using connectors::Ending;

namespace {
const demo::Person jan{"7392015648120394", "Jan Przykład"};
const demo::Person anna{"8392015648120394", "Anna Przykład"};

Contact event(const std::string& event, const std::string& list = "messaging") {
    setenv("LARUM_TEST_APP_SECRET", "s", 1);
    config::Problems problems;
    const auto table = config::parse_toml(
        "app_secret = \"env:LARUM_TEST_APP_SECRET\"\nverify_token = \"env:LARUM_TEST_APP_SECRET\"\n",
        "larum.toml");
    const auto receiver = connectors::find_kind("messenger")->make_receiver(table, {}, problems);
    const auto entries = receiver->entries(
        {R"({"object":"page","entry":[{"id":"1029","time":1785312004871,")" + list +
            R"(":[{"sender":{"id":"77"},"recipient":{"id":"1029"},"timestamp":1785312004523,)" + event +
            "}]}]}",
         "", Time{}});
    REQUIRE(entries.size() == 1);
    CHECK(entries[0].page.posts.empty());
    return entries[0].page.contacts.empty() ? Contact{} : entries[0].page.contacts[0];
}
} // namespace

TEST_CASE("messages become contacts of the person, never posts", "[messenger]") {
    GraphFixture f("messenger");
    REQUIRE(f.problems.empty());
    const auto first = f.graph.message(jan, "Gdzie jest moja paczka?", f.clock.at - 3h);
    f.graph.reply(jan, "Sprawdzamy.", f.clock.at - 2h);
    f.graph.message(anna, "Dzień dobry", f.clock.at - 1h);

    const auto read = f.poll("conversations");

    REQUIRE(read.outcome.ok());
    CHECK(read.page.posts.empty());
    REQUIRE(read.page.contacts.size() == 3);
    const auto in = std::find_if(read.page.contacts.begin(), read.page.contacts.end(),
                                 [&](auto& c) { return c.ref == "messenger:" + first; });
    REQUIRE(in != read.page.contacts.end());
    CHECK(in->author == "facebook:" + f.graph.settings().page_id + ":" + jan.id);
    CHECK(in->channel == ContactChannel::messenger);
    CHECK(in->direction == Direction::in);
    CHECK(in->at == f.clock.at - 3h);
    CHECK(in->summary == "Gdzie jest moja paczka?");
    CHECK((in + 1)->direction == Direction::out);
    CHECK((in + 1)->author == in->author);
}

TEST_CASE("only what is new in a conversation is read again", "[messenger]") {
    GraphFixture f("messenger");
    f.graph.message(jan, "pierwsza", f.clock.at - 3h);
    f.graph.message(jan, "druga", f.clock.at - 2h);
    f.poll("conversations");
    f.clock.at += 1h;
    f.graph.message(jan, "trzecia", f.clock.at - 1min);

    const auto read = f.poll("conversations");

    // The last one before is read twice on purpose: messages may appear a little after their time.
    REQUIRE(read.page.contacts.size() == 2);
    CHECK(read.page.contacts[0].summary == "druga");
    CHECK(read.page.contacts[1].summary == "trzecia");
}

TEST_CASE("a long exchange gets a stream of its own that ends when it is read", "[messenger]") {
    GraphFixture f("messenger");
    for (int i = 0; i < 240; ++i)
        f.graph.message(jan, "w" + std::to_string(i), f.clock.at - 24h + std::chrono::minutes(i));

    const auto read = f.poll("conversations");
    REQUIRE(read.page.streams.size() == 1);
    CHECK(read.page.streams[0].name == "messages:t_" + jan.id);

    const auto thread = f.poll(read.page.streams[0].name);
    CHECK(thread.page.contacts.size() == 240);
    REQUIRE(thread.page.streams.size() == 1);
    CHECK(thread.page.streams[0].retire);
}

TEST_CASE("the answer to our own question is no attempt, a message days later is one", "[messenger]") {
    GraphFixture f("messenger");
    f.graph.message(jan, "Paczka nie dotarła", f.clock.at - 80h);
    f.graph.reply(jan, "Jaki jest numer zamówienia?", f.clock.at - 79h);
    f.graph.message(jan, "12345", f.clock.at - 78h);
    f.graph.reply(jan, "Czy możemy jeszcze pomóc?", f.clock.at - 77h);
    f.graph.message(jan, "Nadal jej nie ma!", f.clock.at - 2h);

    const auto contacts = f.poll("conversations").page.contacts;

    REQUIRE(contacts.size() == 5);
    CHECK_FALSE(contacts[0].automatic);
    CHECK(contacts[2].automatic);
    CHECK_FALSE(contacts[4].automatic);
}

TEST_CASE("a webhook's messages are the same contacts that a poll reads", "[messenger]") {
    const auto text = event(R"("message":{"mid":"m_1","text":"Gdzie paczka?"})");
    CHECK(text.ref == "messenger:m_1");
    CHECK(text.author == "facebook:1029:77");
    CHECK(text.direction == Direction::in);
    CHECK(text.summary == "Gdzie paczka?");
    CHECK(text.at == Time(std::chrono::milliseconds(1785312004523)));

    CHECK(event(R"("message":{"mid":"m_2","text":"x"})", "standby").ref == "messenger:m_2");
    CHECK(
        event(
            R"("message":{"mid":"m_3","attachments":[{"type":"image","payload":{"url":"https://x.example"}}]})")
            .summary == "[image]");
    CHECK(event(R"("message":{"mid":"m_4","text":"Tak","quick_reply":{"payload":"YES"}})").automatic);
    CHECK(event(R"("message":{"mid":"m_1","is_deleted":true})").summary.empty());
    CHECK(event(R"("message_edit":{"mid":"m_1","text":"poprawione","num_edit":1})").summary == "poprawione");
    CHECK(event(R"("message_edit":{"mid":"m_1","text":"poprawione"})").ref == "messenger:m_1");
    for (const char* other : {R"("reaction":{"mid":"m_1","reaction":"angry"})", R"("read":{"watermark":1})",
                              R"("postback":{"payload":"START"})", R"("message":{"text":"bez mid"})"})
        CHECK(event(other).ref.empty());
}

TEST_CASE("our own message comes back as one that went out", "[messenger]") {
    GraphFixture f("messenger");
    config::Problems problems;
    const auto table = config::parse_toml(
        "app_secret = \"env:LARUM_TEST_GRAPH_SECRET\"\nverify_token = \"env:LARUM_TEST_GRAPH_SECRET\"\n",
        "larum.toml");
    const auto receiver = connectors::find_kind("messenger")->make_receiver(table, {}, problems);
    const auto entries = receiver->entries(
        {R"({"object":"page","entry":[{"id":"1029","time":1785312500000,"messaging":[{"sender":{"id":"1029"},
        "recipient":{"id":"77"},"timestamp":1785312499880,"message":{"mid":"m_9","is_echo":true,"text":"Sprawdzamy."}}]}]})",
         "", f.clock.at});
    REQUIRE(entries.at(0).page.contacts.size() == 1);
    CHECK(entries[0].page.contacts[0].direction == Direction::out);
    CHECK(entries[0].page.contacts[0].author == "facebook:1029:77");
}

TEST_CASE("a conversation that makes no sense is set aside without its words", "[messenger]") {
    GraphFixture f("messenger");
    f.graph.answer_next({200, {}, R"({"data":[{"id":"t_1","messages":{"data":[{"message":"tajne"}]}},
        {"id":"t_2","updated_time":"2026-08-02T09:00:00+0000","messages":{"data":[{"id":"m_1","message":"tajne"},
        {"id":"m_2","created_time":"2026-08-02T09:00:00+0000","from":{"id":"5"},"message":"dobra"}]}}]})"});

    const auto page = f.poll("conversations").page;

    REQUIRE(page.contacts.size() == 1);
    REQUIRE(page.rejected.size() == 2);
    for (const auto& one : page.rejected) CHECK(one.find("tajne") == std::string::npos);
}

TEST_CASE("messenger's trouble is the same trouble", "[messenger]") {
    GraphFixture f("messenger");
    f.graph.throttle(80006, 3);
    CHECK(f.poll("conversations").outcome.not_before == f.clock.at + 3min);
    f.graph.relent();
    f.graph.break_token(463);
    CHECK(f.poll("conversations").outcome.ending == Ending::reauth);
    CHECK(f.poll("conversations").outcome.reason.starts_with("messenger: "));
    f.graph.mend_token();
    CHECK(f.probe().outcome.ok());
    CHECK(f.poll("nonsense").outcome.ending == Ending::gone);
}
