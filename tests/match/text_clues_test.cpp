#include "daemon/match/compare.h"
#include "daemon/match/handle.h"
#include "daemon/match/text_clues.h"
#include "daemon/match/written_day.h"
#include "support/catch.h"

using namespace larum;
using namespace larum::match;

namespace {

const Time monday = *parse_time("2026-04-20T10:00:00Z");

TextClues read(const std::string& text, std::vector<std::string> formats = {}) { return read_text(text, monday, false, formats); }

bool same(const WrittenDay& day, int year, int month, int number) { return day.year == year && day.month == month && day.day == number; }

} // namespace

TEST_CASE("addresses and numbers are found as people type them", "[match]") {
    CHECK(read("mail: Anna.Nowak@poczta.example.").emails == std::vector<std::string>{"anna.nowak@poczta.example"});
    CHECK(read("mój mail mar***@wirtualna.example").masked == std::vector<std::string>{"mar***@wirtualna.example"});
    CHECK(read("dzwońcie +48 502-111-222!").phones == std::vector<std::string>{"502111222"});
    CHECK(read("tel 502 111 222").phones == std::vector<std::string>{"502111222"});
    CHECK(read("(ZAM/2026/O15558)").numbers == std::vector<std::string>{"015558"});
    CHECK(read("@sosnello halo").emails.empty());
    CHECK(read("kupione 25.02.2026").numbers.empty());
}

TEST_CASE("the end of a number, a sum of money and a short code are told apart", "[match]") {
    CHECK(read("Telefon z końcówką 217.").endings == std::vector<std::string>{"217"});
    CHECK(read("Order number ends with 1582!").endings == std::vector<std::string>{"1582"});
    CHECK(read("kosztowało 217 zł").endings.empty());
    CHECK(read("blokada 5439,00 zł").amounts == std::vector<std::string>{"5439"});
    CHECK(read("sprawa ab 12", {"AA-NN"}).codes == std::vector<std::string>{"ab12"});
    CHECK(read("sprawa abc12", {"AA-NN"}).codes.empty());
}

TEST_CASE("days are read in figures, in words and as days of the week", "[match]") {
    CHECK(same(read("Kupiono 25.02.2026").days.at(0), 2026, 2, 25));
    CHECK(same(read("Order placed on 27 March.").days.at(0), 0, 3, 27));
    CHECK(same(read("1 kwietnia na czacie").days.at(0), 0, 4, 1));
    CHECK(same(read("dzwoniłam we wtorek").days.at(0), 2026, 4, 14));
    CHECK(same(read("called on Monday").days.at(0), 2026, 4, 13));
    CHECK(same(read("pisałem wczoraj").days.at(0), 2026, 4, 19));
    CHECK(read("marzec był długi").days.empty());
    CHECK(same_day({0, 3, 27}, {2025, 3, 27}));
    CHECK_FALSE(same_day({2026, 3, 27}, {2025, 3, 27}));
}

TEST_CASE("a full name in the text is found, also declined", "[match]") {
    const auto names = read("Paczka dla Haliny Kaczor, gdyby ktoś szukał").names;
    REQUIRE(names.size() == 1);
    CHECK(names[0].words.at(0).folded == "halina");
    CHECK(names[0].words.at(1).folded == "kaczor");
    CHECK(read("Pani Alicja mówiła, że jutro").names.empty());
}

TEST_CASE("own data leaves out everything but numbers and addresses", "[match]") {
    const auto clues = read_text("Anna Nowak, 502111222, zapłaciłam 120 zł we wtorek", monday, true, {});
    CHECK(clues.phones.size() == 1);
    CHECK(clues.names.empty());
    CHECK(clues.words.empty());
    CHECK(clues.amounts.empty());
    CHECK(clues.days.empty());
}

TEST_CASE("a handle tells a name, an initial with a surname, or nothing", "[match]") {
    CHECK(read_handle_name("lena.grabowska_73").name.words.size() == 2);
    CHECK(read_handle_name("annakwiatkowska48").name.words.size() == 2);
    CHECK(read_handle_name("tamara-borowiec.bsky.example").name.words.size() == 2);
    const auto read = read_handle_name("jkowalski_87");
    CHECK(read.initial == 'j');
    CHECK(read.surname == "kowalski");
    CHECK(read_handle_name("123").name.words.empty());
    CHECK(read_handle_name("").initial == 0);
    CHECK(account_part("@Ania.N@pol.example") == "ania.n");
}

TEST_CASE("numbers with one slip and masked addresses are recognised", "[match]") {
    CHECK(almost_same_digits("017106", "017016"));
    CHECK(almost_same_digits("017106", "017107"));
    CHECK(almost_same_digits("01710", "017106"));
    CHECK_FALSE(almost_same_digits("017106", "017106"));
    CHECK_FALSE(almost_same_digits("017106", "710601"));
    CHECK(fills_mask("a***uk@poczta.example", "anna.polishchuk@poczta.example"));
    CHECK_FALSE(fills_mask("b***uk@poczta.example", "anna.polishchuk@poczta.example"));
    CHECK(ends_digits("+48 494 457 217", "217"));
    CHECK_FALSE(ends_digits("217", "217"));
}

TEST_CASE("inflected forms are one word, other words are not", "[match]") {
    CHECK(same_word("szafa", "szafy"));
    CHECK(same_word("warszawie", "warszawa"));
    CHECK_FALSE(same_word("szafa", "szansa"));
    CHECK_FALSE(same_word("stol", "stolica"));
    CHECK(has_word({"imola", "szafa"}, "szafy"));
    CHECK_FALSE(has_word({}, "szafy"));
}
