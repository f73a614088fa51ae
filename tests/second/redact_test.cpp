#include "daemon/second/redact.h"

#include "support/catch.h"

using larum::second::redact;

namespace {

const std::vector<std::string> known = {"Apolonia Świderczuk", "polcia_s", "Kępno", "+48502111222", "apolonia.s@poczta.example"};
const std::vector<std::string> brand = {"Dębowy Czajnik"};

bool holds(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

} // namespace

TEST_CASE("names, phones, e-mails, order numbers, handles and links are cut, the complaint stays", "[opinion][redact]") {
    const auto words = redact("Dębowy Czajnik, to już trzeci raz! Zamówienie ZAM/2026/004211, tel. 502 111 222, pola@poczta.example.\n"
                              "Świderczukowa Apolonia z Kępna, na insta @polcia_s, paragon na https://sklep.example/r/9",
                              known, brand);
    REQUIRE(words);
    CHECK(holds(*words, "to już trzeci raz!"));
    CHECK(holds(*words, "Czajnik"));
    for (const auto* gone : {"004211", "502", "111", "222", "pola@", "poczta", "widerczuk", "Apolonia", "Kępn", "polcia", "sklep.example", "@", "://"}) {
        INFO(*words << " <- " << gone);
        CHECK_FALSE(holds(*words, gone));
    }
}

TEST_CASE("numbers in groups of two and written-out addresses are cut", "[opinion][redact]") {
    for (const auto* text : {"dzwońcie 22 12 34 56 7 bo nikt nie odpowiada", "piszcie jan małpa poczta bo nikt nie odpowiada",
                             "mail: jan (at) poczta bo nikt nie odpowiada", "strona poczta.example bo nikt nie odpowiada"}) {
        const auto words = redact(text, {}, {});
        REQUIRE(words);
        INFO(*words);
        CHECK(holds(*words, "nikt nie odpowiada"));
        for (const auto* gone : {"34", "jan", "poczta"}) CHECK_FALSE(holds(*words, gone));
    }
}

TEST_CASE("names are cut in any case, counts stay", "[opinion][redact]") {
    const auto words = redact("od 3 tygodni czekam, rozmawiałam z krystyną wiśniewską i z KOWALSKIM, miało być w piątek", {}, {});
    REQUIRE(words);
    CHECK(holds(*words, "od 3 tygodni czekam"));
    CHECK_FALSE(holds(*words, "wiśniewsk"));
    CHECK_FALSE(holds(*words, "KOWALSKI"));
}

TEST_CASE("a text that would still name somebody known, or holds nothing but names, is withheld", "[opinion][redact]") {
    CHECK_FALSE(redact("502111222", {}, {}));
    CHECK_FALSE(redact("", {}, {}));
    CHECK_FALSE(redact("apolonia@poczta.example", known, brand));
}

TEST_CASE("a long text is bounded, and broken bytes do no harm", "[opinion][redact]") {
    std::string text;
    for (int i = 0; i < 20000; ++i) text += "źle ";
    const auto words = redact(text, {}, {});
    REQUIRE(words);
    CHECK(words->size() < 4000);
    CHECK(redact("nie działa \xff\xfe w ogóle", {}, {}));
}
