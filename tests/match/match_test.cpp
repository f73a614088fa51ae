#include "daemon/match/match.h"
#include "support/catch.h"

#include <map>

using namespace larum;
using namespace larum::match;

namespace {

const Time now = *parse_time("2026-04-20T10:00:00Z"); // a Monday

Records person(Id id, const std::string& name, const std::string& city = "") {
    Records records;
    Customer customer;
    customer.id = id;
    customer.ref = "K-" + std::to_string(id);
    customer.name = name;
    customer.city = city;
    records.customers = {customer};
    return records;
}

Case open_case(Id id, const std::string& order, Topic topic, const std::string& subject) {
    Case matter;
    matter.id = id;
    matter.ref = "SPR-12000" + std::to_string(id);
    matter.order_ref = order;
    matter.topic = topic;
    matter.subject = subject;
    matter.opened_at = now - std::chrono::hours(24 * 10);
    return matter;
}

/// A brand of 20,000 customers of whom only a few are looked at.
struct World {
    std::vector<Records> people;
    std::vector<std::pair<Id, IdentityState>> identities;
    config::Brand brand;
    Verdict verdict;

    World() {
        verdict.complaint = 0.9;
        verdict.topic = Topic::other;
    }
    Matched match(const Post& post, Matching matching = Matching::full) const {
        std::map<std::int64_t, int> sharing;
        for (const auto& one : people)
            for (const auto key : customer_keys(one.customers.front())) ++sharing[key];
        Known known;
        known.customers = 20000;
        known.identities = identities;
        known.sharing = [&](std::int64_t key) { return sharing.count(key) ? sharing.at(key) : 0; };
        for (const auto& one : people) known.candidates.push_back(&one);
        return match::match(post, verdict, read_clues(post, brand, matching), known,
                            odds_of(Mixture().shares(), known.customers, {0, 1000, 300, 8000, 0}));
    }
};

Post by(const std::string& name, const std::string& text = "") {
    Post post;
    post.platform = "facebook";
    post.id = "1";
    post.author.name = name;
    post.text = text;
    post.posted_at = now;
    return post;
}

double first(const Matched& matched) { return matched.result.candidates.empty() ? 0 : matched.result.candidates.front().probability; }

void check_sum(const Matched& matched) {
    double total = matched.result.nobody;
    for (const auto& one : matched.result.candidates) total += one.probability;
    CHECK(total == Approx(1).margin(0.01));
}

} // namespace

TEST_CASE("a name alone never makes a customer sure, however rare it is", "[match]") {
    World world;
    world.people = {person(1, "Apolonia Świderczuk")};
    world.people[0].cases = {open_case(1, "PL-123456", Topic::delivery, "")};
    const auto matched = world.match(by("Apolonia Świderczuk"));
    CHECK(first(matched) > 0.1);
    CHECK(first(matched) < 0.9);
    check_sum(matched);
}

TEST_CASE("namesakes share what one would have had", "[match]") {
    World one, three;
    one.people = {person(1, "Jan Nowak")};
    three.people = {person(1, "Jan Nowak"), person(2, "Jan Nowak"), person(3, "Nowak Janek")};
    CHECK(first(three.match(by("Jan Nowak"))) < first(one.match(by("Jan Nowak"))));
    check_sum(three.match(by("Jan Nowak")));
}

TEST_CASE("the customer's own order number makes them sure, also under a nickname", "[match]") {
    World world;
    world.people = {person(1, "Katarzyna Kowalska"), person(2, "Jan Nowak")};
    world.people[0].cases = {open_case(1, "ZAM/2026/017106", Topic::delivery, "")};
    const auto matched = world.match(by("cicha woda", "Gdzie jest zamówienie ZAM/2026/O17106?"));
    REQUIRE(first(matched) > 0.9);
    CHECK(matched.result.candidates.front().ref == "K-1");
    CHECK(matched.result.candidates.front().evidence.front().field == "number");
    REQUIRE_FALSE(matched.cases.empty());
    CHECK(matched.cases.front().probability > 0.9);
}

TEST_CASE("somebody else's number speaks against a namesake", "[match]") {
    World world;
    world.people = {person(1, "Jan Nowak"), person(2, "Ewa Lis")};
    world.people[0].cases = {open_case(1, "PL-123456", Topic::delivery, "")};
    world.people[1].cases = {open_case(2, "PL-654321", Topic::delivery, "")};
    const auto matched = world.match(by("Jan Nowak", "Zamówienie PL-654321 przepadło"));
    REQUIRE(matched.result.candidates.size() >= 1);
    CHECK(matched.result.candidates.front().ref == "K-2");
}

TEST_CASE("a city that agrees raises, another city lowers", "[match]") {
    World world;
    world.people = {person(1, "Jan Nowak", "Poznań"), person(2, "Jan Nowak", "Gdynia")};
    auto post = by("Jan Nowak");
    post.author.city = "Gdynia";
    const auto matched = world.match(post);
    CHECK(matched.result.candidates.front().ref == "K-2");
    CHECK(matched.result.candidates.front().probability > 3 * matched.result.candidates.back().probability);
}

TEST_CASE("topic, product and day tell which case a post is about", "[match]") {
    World world;
    world.people = {person(1, "Apolonia Świderczuk")};
    world.people[0].cases = {open_case(1, "PL-111111", Topic::payment, "Podwójne obciążenie"),
                             open_case(2, "PL-222222", Topic::delivery, "Opóźniona dostawa szafy Imola")};
    world.verdict.topic = Topic::delivery;
    const auto matched = world.match(by("Apolonia Świderczuk", "Szafa Imola nie dotarła"));
    REQUIRE(matched.cases.size() == 2);
    CHECK(matched.cases.front().matter == 2);
    CHECK(matched.cases.front().probability > 0.8);
}

TEST_CASE("matching off looks at nothing, own_data only at what the author gave the brand", "[match]") {
    World world;
    world.people = {person(1, "Apolonia Świderczuk", "Poznań")};
    world.people[0].customers[0].phone = "+48 502 111 222";
    auto post = by("Apolonia Świderczuk", "Dzwońcie: 502-111-222");
    CHECK(world.match(post, Matching::off).result.candidates.empty());
    const auto own = world.match(post, Matching::own_data);
    REQUIRE(first(own) > 0.5);
    for (const auto& one : own.result.candidates.front().evidence) CHECK(one.field == "phone");
    post.text = "Skandal";
    CHECK(first(world.match(post, Matching::own_data)) < 0.01);
}

TEST_CASE("a confirmed author is known next time and a rejected one is not suggested", "[match]") {
    World world;
    world.people = {person(1, "Jan Nowak")};
    auto post = by("kto to");
    post.author.id = "77";
    world.identities = {{1, IdentityState::confirmed}};
    CHECK(first(world.match(post)) > 0.9);
    world.identities = {{1, IdentityState::rejected}};
    post.author.name = "Jan Nowak";
    CHECK(world.match(post).result.candidates.empty());
    world.people[0].customers[0].phone = "502111222";
    post.text = "mój numer 502 111 222";
    CHECK(first(world.match(post)) > 0.5);
}

TEST_CASE("two records of one person are one candidate", "[match]") {
    World world;
    world.people = {person(1, "Jan Nowak"), person(2, "Janek Nowak")};
    for (auto& one : world.people) one.customers[0].email = "j.nowak@poczta.example";
    const auto matched = world.match(by("Jan Nowak"));
    REQUIRE(matched.result.candidates.size() == 1);
    CHECK(matched.result.candidates.front().linked.size() == 1);
}

TEST_CASE("an order that the platform gives is worth what the same number in the text is worth", "[match]") {
    World world;
    world.people = {person(1, "Katarzyna Kowalska"), person(2, "Jan Nowak")};
    world.people[0].cases = {open_case(1, "SPR-1", Topic::delivery, "")};
    world.people[0].cases[0].order_ref = "ZAM/2026/017106";
    const auto said = world.match(by("cicha woda", "Gdzie jest zamówienie ZAM/2026/017106?"));
    auto silent = by("cicha woda", "Gdzie to jest?");
    silent.order_refs = {"017106"}; // without the prefix of the records
    const auto given = world.match(silent);

    REQUIRE(first(given) > 0.9);
    const auto& evidence = given.result.candidates.front().evidence.front();
    CHECK(evidence.field == "order");
    CHECK(evidence.weight == Approx(said.result.candidates.front().evidence.front().weight));
    CHECK(given.cases.front().probability > 0.9);
}

TEST_CASE("digits within a platform's own long number are no order of the brand", "[match]") {
    World world;
    world.people = {person(1, "Katarzyna Kowalska")};
    world.people[0].cases = {open_case(1, "SPR-1", Topic::delivery, "")};
    world.people[0].cases[0].order_ref = "29738";
    auto post = by("cicha woda", "Gdzie to jest?");
    post.order_refs = {"29738e61-7f6a-11e8-ac45-09db60ede9d6"};
    CHECK(first(world.match(post)) < 0.5);
    world.people[0].cases[0].order_ref = "29738E61-7F6A-11E8-AC45-09DB60EDE9D6"; // the brand keeps the platform's
    CHECK(first(world.match(post)) > 0.9);
}
