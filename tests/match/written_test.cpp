#include "daemon/match/cities.h"
#include "daemon/match/compare.h"
#include "daemon/match/written_span.h"
#include "core/text.h"
#include "support/catch.h"

using namespace larum;
using namespace larum::match;

namespace {

int days(const std::string& text) {
    const auto spans = read_spans(text::fold(text));
    return spans.empty() ? 0 : spans[0].days;
}

std::vector<std::string> cities(const std::string& text) { return cities_in(text::fold(text)); }

} // namespace

TEST_CASE("a time that has passed is read in figures and words of four languages", "[match]") {
    CHECK(days("Czekam od 20 dni") == 20);
    CHECK(days("od trzech tygodni cisza") == 21);
    CHECK(days("półtora miesiąca bez odpowiedzi") == 45);
    CHECK(days("waiting for two weeks now") == 14);
    CHECK(days("over a week and nothing") == 7);
    CHECK(days("seit drei Wochen keine Antwort") == 21);
    CHECK(days("od tygodnia") == 7);
}

TEST_CASE("a rule or a promise is no time that has passed", "[match]") {
    CHECK(days("odpowiedź w 14 dni") == 0);
    CHECK(days("refund within 14 days") == 0);
    CHECK(days("za 3 dni wyjeżdżam") == 0);
    CHECK(days("miły dzień") == 0);
    CHECK(days("") == 0);
    CHECK(days("99999 dni") == 0);
}

TEST_CASE("of many times only the first few are read", "[match]") {
    std::string text;
    for (int i = 2; i < 50; ++i) text += "od " + std::to_string(i) + " dni ";
    CHECK(read_spans(text).size() == 4);
}

TEST_CASE("towns are found behind a small word, inflected too", "[match]") {
    CHECK(known_city("wroclaw"));
    CHECK_FALSE(known_city(""));
    CHECK_FALSE(known_city("atlantyda"));
    CHECK(cities("kupione we Wrocławiu") == std::vector<std::string>{"wroclaw"});
    CHECK(cities("paczka do Warszawy") == std::vector<std::string>{"warszawa"});
    CHECK(cities("ordered from Poznań").size() == 1);
    CHECK(cities("Wrocław").empty());
    CHECK(cities("w środę").empty());
    CHECK(cities("").empty());
}

TEST_CASE("of many towns only the first few are kept", "[match]") {
    std::string text;
    for (int i = 0; i < 20; ++i) text += "w Warszawie, we Wrocławiu ";
    CHECK(cities(text).size() == 4);
}

TEST_CASE("a masked address fits the addresses it may stand for, and no other", "[match]") {
    CHECK(fills_mask("mar***@wirtualna.example", "marta.lis@wirtualna.example"));
    CHECK(fills_mask("m***s@wirtualna.example", "marta.lis@wirtualna.example"));
    CHECK_FALSE(fills_mask("mar***@wirtualna.example", "marta.lis@poczta.example"));
    CHECK_FALSE(fills_mask("mar***@wirtualna.example", "ma"));
    CHECK_FALSE(fills_mask("mar***@wirtualna.example", ""));
    CHECK_FALSE(fills_mask("marta***lis@wirtualna.example", "martalis"));
}
