#include "support/catch.h"
#include "support/review_house.h"
#include "support/web_client.h"

#include <cmath>
#include <nlohmann/json.hpp>

using namespace larum;
using namespace std::chrono_literals;
using nlohmann::json;
using test::Client;
using test::ReviewHouse;
using test::story_password;

namespace {

std::string at_brand(const std::string& rest) { return "/api/brands/blawatek" + rest; }

std::string post_path(const ReviewHouse& house, const char* who) {
    return at_brand("/posts/" + to_text(house.story.posts.at(who)));
}

std::string escalation_path(const ReviewHouse& house, const char* who, const std::string& act) {
    return at_brand("/escalations/" + to_text(house.story.escalations.at(who)) + "/" + act);
}

Client signed_in(ReviewHouse& house, const std::string& name) {
    Client client(house.port());
    REQUIRE(client.sign_in(name, story_password).status == 201);
    return client;
}

json body_of(const HttpAnswer& answer) { return json::parse(answer.body); }

} // namespace

TEST_CASE("the queue stands by urgency, then age, and names only certain customers", "[review]") {
    ReviewHouse house;
    auto client = signed_in(house, "Jan");

    const auto items = body_of(client.get("/api/queue"))["items"];

    REQUIRE(items.size() == 3);
    CHECK(items[0]["urgency"] == "urgent");
    CHECK(items[1]["urgency"] == "urgent");
    CHECK(items[2]["urgency"] == "flag");
    CHECK(items.dump().find("Anna Wiśniewska-Lis") != std::string::npos);
    CHECK(items.dump().find("Zieliński") == std::string::npos);
    CHECK(items.dump().find("RK-0987") == std::string::npos);
    CHECK(items[2]["customer"] == json({{"certain", false}}));
    CHECK(items[0]["answer_by"].is_string());
    CHECK(items[2]["answer_by"].is_null());
    CHECK(body_of(client.get("/api/queue?view=watch"))["items"].size() == 1);
    CHECK(body_of(client.get("/api/queue?view=done"))["items"].size() == 1);
    CHECK(client.get("/api/queue?view=everything").status == 400);
}

TEST_CASE("a certain customer's story is shown whole, and looking at it is noted", "[review]") {
    ReviewHouse house;
    auto client = signed_in(house, "Ola");

    const auto detail = body_of(client.get(post_path(house, "anna")));

    CHECK(detail["identity"]["customer"]["name"] == "Anna Wiśniewska-Lis");
    CHECK(detail["case"]["ref"] == "ZW-2231");
    CHECK(detail["post"]["answer_by"].is_string());
    CHECK(detail["post"]["order_refs"] == json::array({"BL/2026/004711"}));
    CHECK(detail["timeline"].size() == 8);
    CHECK(detail["escalations"][0]["alerts"][0]["state"] == "delivered");
    CHECK(detail.dump().find("@poczta.example") == std::string::npos);
    CHECK(house.database.ask("SELECT count(*) FROM audit WHERE what = 'viewed' AND account_id = $1",
                             {house.story.accounts.at("ola")}) == "1");
}

TEST_CASE("below the brand's threshold there are candidates by initials, and no story", "[review]") {
    ReviewHouse house;
    auto client = signed_in(house, "Jan");

    const auto answer = client.get(post_path(house, "piotr"));
    const auto detail = body_of(answer);

    CHECK(detail["identity"]["customer"].is_null());
    REQUIRE(detail["identity"]["candidates"].size() == 2);
    CHECK(detail["identity"]["candidates"][0]["initials"] == "P. Z.");
    CHECK(detail["case"].is_null());
    CHECK(answer.body.find("Zieliński") == std::string::npos);
    CHECK(answer.body.find("RK-0987") == std::string::npos);
    CHECK(answer.body.find("reklamację formularzem") == std::string::npos);
    CHECK(detail["replies"].size() == 1);
}

TEST_CASE("a confirmed identity opens the story, keeps a label and decides the author's posts anew", "[review]") {
    ReviewHouse house;
    auto client = signed_in(house, "Jan");
    const json claim = {{"customer", to_text(house.story.customers.at("piotr"))}, {"state", "confirmed"}};

    REQUIRE(client.write("POST", post_path(house, "piotr") + "/identity", claim.dump()).status == 200);

    CHECK(body_of(client.get(post_path(house, "piotr")))["identity"]["customer"]["name"] == "Piotr Zieliński");
    CHECK(house.database.ask("SELECT state FROM identity WHERE subject = 'author:bluesky::piotrz84'") == "confirmed");
    CHECK(house.database.ask("SELECT value->>'state' FROM label WHERE kind = 'identity'") == "confirmed");
    CHECK(house.database.ask("SELECT cause FROM triage_queue") == "identity");
    CHECK(house.database.ask("SELECT revision FROM escalation WHERE post_id = $1", {house.story.posts.at("piotr")}) == "2");
}

TEST_CASE("a rejected identity hides the story and stays rejected", "[review]") {
    ReviewHouse house;
    auto client = signed_in(house, "Jan");
    const json claim = {{"customer", to_text(house.story.customers.at("anna"))}, {"state", "rejected"}};

    REQUIRE(client.write("POST", post_path(house, "anna") + "/identity", claim.dump()).status == 200);

    const auto detail = body_of(client.get(post_path(house, "anna")));
    CHECK(detail["identity"]["customer"].is_null());
    CHECK(detail["identity"]["candidates"][0]["state"] == "rejected");
    CHECK(house.database.ask("SELECT count(*) FROM identity WHERE state = 'rejected'") == "1");
}

TEST_CASE("what a person said of an identity can be taken back, and larum thinks again", "[review]") {
    ReviewHouse house;
    auto client = signed_in(house, "Jan");
    const auto customer = to_text(house.story.customers.at("anna"));
    const auto say = [&](const char* state) {
        return client.write("POST", post_path(house, "anna") + "/identity", json({{"customer", customer}, {"state", state}}).dump()).status;
    };
    REQUIRE(say("suggested") == 404); // nobody said anything yet
    REQUIRE(say("rejected") == 200);

    REQUIRE(say("suggested") == 200);

    CHECK(house.database.ask("SELECT count(*) FROM identity WHERE state <> 'suggested'") == "0");
    CHECK(body_of(client.get(post_path(house, "anna")))["identity"]["customer"]["ref"] == "C-1042");
    CHECK(house.database.ask("SELECT string_agg(value->>'state', ' ' ORDER BY label_id) FROM label WHERE kind = 'identity'") == "rejected suggested");
    CHECK(house.database.ask("SELECT count(*) FROM audit WHERE what = 'withdrawn'") == "1");
    CHECK(say("certain") == 400);
}

TEST_CASE("a candidate's evidence is a walk from any customer to the sum, each piece with what it means", "[review]") {
    ReviewHouse house;
    auto client = signed_in(house, "Jan");

    const auto one = body_of(client.get(post_path(house, "anna")))["identity"]["candidates"][0];

    CHECK(one["band"] == "link");
    REQUIRE(one["evidence"].size() == 5);
    CHECK(one["evidence"][0]["says"] == "name.rare");
    CHECK(one["evidence"][4]["says"] == "city.against");
    double sum = one["start"].get<double>();
    for (const auto& step : one["evidence"]) {
        sum += step["weight"].get<double>();
        CHECK(step["sum"].get<double>() == Approx(sum));
    }
    CHECK(one["sum"].get<double>() == Approx(sum));
    CHECK(sum == Approx(std::log2(0.962 / 0.031)).epsilon(0.01));
}

TEST_CASE("candidates below the brand's floor are counted and not shown", "[review]") {
    ReviewHouse house;
    auto client = signed_in(house, "Jan");
    const auto post = test::raise_crowd(house.database.pool(), house.ids, house.story, house.clock.now());

    const auto identity = body_of(client.get(at_brand("/posts/" + to_text(post))))["identity"];

    CHECK(identity["customer"].is_null());
    CHECK(identity["candidates"].size() == 8);
    CHECK(identity["candidates"][0]["band"] == "suggest");
    CHECK(identity["candidates"][7]["state"] == "rejected");
    CHECK(identity["hidden"]["count"] == 2);
    CHECK(identity["hidden"]["probability"].get<double>() == Approx(0.04));
    CHECK(identity["bands"] == json({{"link", 0.9}, {"suggest", 0.1}}));
}

TEST_CASE("of a candidate who is not certain the page says no more than the post does", "[review]") {
    ReviewHouse house;
    auto client = signed_in(house, "Jan");
    const auto post = test::raise_crowd(house.database.pool(), house.ids, house.story, house.clock.now());

    const auto answer = client.get(at_brand("/posts/" + to_text(post))).body;

    for (const auto* secret : {"Barbara", "Radom", "poczta.example", "Zwrot pościeli", "Zięba"}) {
        INFO(secret);
        CHECK(answer.find(secret) == std::string::npos);
    }
    CHECK(answer.find("B. N.") != std::string::npos);
}

TEST_CASE("whose share is below the floor is nobody in the queue either", "[review]") {
    ReviewHouse house;
    auto client = signed_in(house, "Jan");
    house.config->brands[0].suggest_min = 0.8;

    const auto items = body_of(client.get("/api/queue"))["items"];

    CHECK(items[2]["customer"].is_null());
    CHECK(body_of(client.get(post_path(house, "piotr")))["identity"]["hidden"]["count"] == 2);
}

TEST_CASE("an escalation is acknowledged once; the next one is told who has it", "[review]") {
    ReviewHouse house;
    auto jan = signed_in(house, "Jan");
    auto ewa = signed_in(house, "Ewa");

    CHECK(jan.write("POST", escalation_path(house, "anna", "acknowledge")).status == 200);
    const auto late = ewa.write("POST", escalation_path(house, "anna", "acknowledge"));

    CHECK(late.status == 409);
    CHECK(body_of(late)["error"] == "taken");
    CHECK(body_of(late)["what"] == "Jan has it already.");
    CHECK(house.database.ask("SELECT state || ' ' || (next_at IS NULL)::text || ' ' || revision FROM escalation WHERE escalation_id = $1",
                             {house.story.escalations.at("anna")}) == "acknowledged true 2");
    CHECK(ewa.write("POST", escalation_path(house, "anna", "acknowledge"), R"({"take_over":true})").status == 200);
}

TEST_CASE("what is given back fires again", "[review]") {
    ReviewHouse house;
    auto jan = signed_in(house, "Jan");
    jan.write("POST", escalation_path(house, "anna", "acknowledge"));

    CHECK(jan.write("POST", escalation_path(house, "anna", "release")).status == 200);

    CHECK(house.database.ask("SELECT state || ' ' || (next_at IS NOT NULL)::text FROM escalation WHERE escalation_id = $1",
                             {house.story.escalations.at("anna")}) == "open true");
}

TEST_CASE("settling takes an outcome of the list, ends the escalation, and cannot be done twice", "[review]") {
    ReviewHouse house;
    auto jan = signed_in(house, "Jan");
    const auto path = escalation_path(house, "anna", "settle");

    CHECK(jan.write("POST", path, "{}").status == 400);
    CHECK(jan.write("POST", path, R"({"outcome":"magic"})").status == 400);
    CHECK(jan.write("POST", path, "no json").status == 400);
    CHECK(jan.write("POST", path, R"({"outcome":"compensated","note":"przelew wyszedł"})").status == 200);

    CHECK(jan.write("POST", path, R"({"outcome":"solved"})").status == 409);
    CHECK(house.database.ask("SELECT outcome FROM escalation WHERE escalation_id = $1", {house.story.escalations.at("anna")}) == "compensated");
    CHECK(house.database.ask("SELECT what FROM audit WHERE what = 'settled'") == "settled");
}

TEST_CASE("a matter is assigned only to who may act for its brand", "[review]") {
    ReviewHouse house;
    auto ewa = signed_in(house, "Ewa");
    const auto assign = [&](const char* who) {
        return ewa.write("POST", escalation_path(house, "piotr", "assign"), json({{"account", to_text(house.story.accounts.at(who))}}).dump()).status;
    };

    CHECK(assign("ola") == 400);
    CHECK(assign("obcy") == 400);
    CHECK(assign("jan") == 200);
    CHECK(body_of(ewa.get(post_path(house, "piotr")))["escalations"][0]["assigned_to"] == "Jan");
}

TEST_CASE("dismissing and correcting keep labels", "[review]") {
    ReviewHouse house;
    auto jan = signed_in(house, "Jan");

    CHECK(jan.write("POST", escalation_path(house, "piotr", "dismiss"), R"({"reason":"not_ours"})").status == 200);
    CHECK(jan.write("POST", post_path(house, "marek") + "/verdict", R"({"complaint":false,"topic":"delivery"})").status == 200);
    CHECK(jan.write("POST", post_path(house, "marek") + "/verdict", R"({"complaint":"no"})").status == 400);
    CHECK(jan.write("POST", post_path(house, "marek") + "/verdict", "{}").status == 400);

    CHECK(house.database.ask("SELECT count(*) FROM label") == "2");
    CHECK(house.database.ask("SELECT cause FROM triage_queue") == "verdict");
}

TEST_CASE("a post reported by hand waits for triage, and the same link twice is one post", "[review]") {
    ReviewHouse house;
    auto jan = signed_in(house, "Jan");
    const json given = {{"url", "https://www.facebook.com/sklep/posts/1#x"}, {"text", "Nie oddają pieniędzy"}, {"author", "Zofia"}};

    const auto first = jan.write("POST", at_brand("/posts"), given.dump());
    const auto second = jan.write("POST", at_brand("/posts"), given.dump());

    CHECK(first.status == 201);
    CHECK(second.status == 200);
    CHECK(body_of(first)["post"] == body_of(second)["post"]);
    CHECK(house.database.ask("SELECT platform || ' ' || (reported_by IS NOT NULL)::text FROM post WHERE author_name = 'Zofia'") == "facebook true");
    CHECK(house.database.ask("SELECT count(*) FROM triage_queue WHERE cause = 'new'") == "1");
    for (const std::string wrong : {"javascript:alert(1)", "https://", "nothing", "https://a b.example/"})
        CHECK(jan.write("POST", at_brand("/posts"), json({{"url", wrong}, {"text", "x"}}).dump()).status == 400);
    CHECK(jan.write("POST", at_brand("/posts"), json({{"url", "https://a.example"}, {"text", "x"}, {"posted_at", "2031-01-01T00:00:00Z"}}).dump()).status == 400);
}

TEST_CASE("the mode is switched by an admin, unless the config says it", "[review]") {
    ReviewHouse house;
    auto ewa = signed_in(house, "Ewa");

    CHECK(ewa.write("PUT", at_brand("/mode"), R"({"mode":"live"})").status == 200);
    CHECK(house.database.ask("SELECT mode FROM brand WHERE name = 'blawatek'") == "live");
    CHECK(body_of(ewa.get("/api/session"))["brands"][0]["mode"] == "live");

    auto fixed = std::make_shared<config::Config>(*house.config);
    fixed->brands[0].mode = config::Mode::shadow;
    house.review.use(fixed);
    CHECK(ewa.write("PUT", at_brand("/mode"), R"({"mode":"live"})").status == 409);
    CHECK(body_of(ewa.get("/api/session"))["brands"][0]["mode"] == "shadow");
}

TEST_CASE("a dead letter of a post is run again by an admin", "[review]") {
    ReviewHouse house;
    auto ewa = signed_in(house, "Ewa");
    const auto letters = body_of(ewa.get("/api/dead-letters"))["letters"];
    REQUIRE(letters.size() == 1);

    CHECK(ewa.write("POST", at_brand("/dead-letters/" + letters[0]["id"].get<std::string>() + "/rerun")).status == 200);
    CHECK(ewa.write("POST", at_brand("/dead-letters/12345/rerun")).status == 409);

    CHECK(house.database.ask("SELECT cause FROM triage_queue") == "rerun");
    CHECK(body_of(signed_in(house, "Jan").get("/api/dead-letters"))["letters"].empty());
    CHECK(body_of(ewa.get("/api/sources"))["sources"].size() == 3);
}

TEST_CASE("a customer who objects is named no more; one who is erased is gone", "[review]") {
    ReviewHouse house;
    auto ewa = signed_in(house, "Ewa");
    const auto path = [&](const char* who, const char* what) {
        return at_brand("/customers/" + to_text(house.story.customers.at(who)) + "/" + what);
    };

    CHECK(ewa.write("POST", path("anna", "erasure"), R"({"confirm":"C-9999"})").status == 400);
    CHECK(ewa.write("POST", path("piotr", "objection")).status == 200);
    CHECK(ewa.write("POST", path("anna", "erasure"), R"({"confirm":"C-1042"})").status == 200);

    CHECK(house.database.ask("SELECT count(*) FROM customer WHERE ref = 'C-1042'") == "0");
    CHECK(house.database.ask("SELECT (objected_at IS NOT NULL)::text FROM customer WHERE ref = 'C-2077'") == "true");
    CHECK(ewa.get(post_path(house, "anna")).body.find("Wiśniewska") == std::string::npos);
    CHECK(ewa.write("POST", path("anna", "erasure"), R"({"confirm":"C-1042"})").status == 404);
}
