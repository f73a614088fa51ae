// What the commands tell people about a post: the real program on a real database.
#include "stories/installation.h"
#include "support/catch.h"

#include <fstream>

using namespace larum;

namespace {

/// A brand with one customer, their open case, and a post of theirs that somebody has already looked at.
struct Told : test::Installation {
    Told() {
        write("language = \"pl\"\nzone = \"Europe/Warsaw\"\norder_formats = [\"AC-NNNNNN\"]\nsuggest_min = 0.2\n");
        import("customers", "customer_ref,name,city\nK1,Zenobia Kosmala,Radom\n");
        import("cases", "case_ref,customer_ref,status,topic,subject,opened_at,order_ref\n"
                        "S1,K1,open,return_refund,Zwrot za czajnik,2026-04-01T10:00:00Z,AC-004711\n");
    }

    void import(const std::string& what, const std::string& rows) {
        const auto file = folder.path() / (what + ".csv");
        std::ofstream(file) << rows;
        REQUIRE(command({"import", what, file.string()}).code == 0);
    }
};

const std::string post = R"({"platform":"facebook","id":"77","author":{"id":"a","name":"Zenia Kosmala"},"lang":"pl",)"
                         R"("text":"🙈 Trzeci raz piszę o zwrot za czajnik, AC-004711, i cisza!","posted_at":"2026-04-07T10:00:00Z"})";

bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

} // namespace

TEST_CASE("match --explain says for people what match says for scripts", "[commands][stories]") {
    const Told here;

    const auto told = here.command({"match", "--explain"}, post + "\n");
    const auto line = here.command({"match"}, post + "\n");

    REQUIRE(told.code == 0);
    CHECK(has(told.out, "facebook:77\ncandidate K1: "));
    CHECK(has(told.out, "number: gives the number of their case or order, post «AC-004711», record «AC-004711»"));
    CHECK(has(told.out, "nobody we know: "));
    CHECK(has(line.out, "{\"candidates\":[{"));
    CHECK(has(line.out, "\"ref\":\"K1\""));
}

TEST_CASE("judge --explain tells each signal with its words, and the JSON stays as it was", "[commands][stories]") {
    const Told here;

    const auto told = here.command({"judge", "--explain"}, post + "\n");
    const auto line = here.command({"judge"}, post + "\n");

    REQUIRE(told.code == 0);
    CHECK(has(told.out, "77\n  complaint "));
    CHECK(has(told.out, "stated_contacts 3: «Trzeci"));
    CHECK(has(told.out, "loudest for complaint: "));
    CHECK(has(line.out, "\"id\":\"77\""));
    CHECK(!has(line.out, "loudest"));
}

TEST_CASE("explain shows the words, the evidence in bits and the bands, and heeds what a person corrected", "[commands][stories]") {
    Told here;
    const auto brand = here.database.ask("SELECT brand_id::text FROM brand WHERE name = 'acme'");
    here.database.ask("INSERT INTO post (brand_id, post_id, platform, realm, native_id, kind, author_key, author_name, text, lang, posted_at, first_seen_at)"
                      " VALUES (" + brand + ", 5, 'facebook', '', '77', 0, 'facebook::a', 'Zenia Kosmala',"
                      " '🙈 Trzeci raz piszę o zwrot za czajnik, AC-004711, i cisza!', 'pl', '2026-04-07T10:00:00Z', '2026-04-07T10:01:00Z') RETURNING '1'");
    const auto before = here.command({"explain", "facebook:77"});
    here.database.ask("INSERT INTO label (brand_id, label_id, post_id, kind, value, at)"
                      " VALUES (" + brand + ", 9, 5, 'verdict', '{\"complaint\": false}', now()) RETURNING '1'");
    const auto after = here.command({"explain", "facebook:77"});

    REQUIRE(before.code == 0);
    CHECK(has(before.out, "what the words say:\n  complaint "));
    CHECK(has(before.out, "stated_contacts 3: «Trzeci"));
    CHECK(has(before.out, "who it may be (from 0.9 on linked, from 0.2 suggested, below hidden):\ncandidate K1: "));
    CHECK(has(before.out, "number: gives the number of their case or order"));
    CHECK(has(after.out, "what the words say, corrected by a person:\n  complaint 1.0 %"));
}
