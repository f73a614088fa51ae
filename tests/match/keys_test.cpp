#include "daemon/match/keys.h"
#include "support/catch.h"

#include <algorithm>

using namespace larum;
using namespace larum::match;

namespace {

Customer named(const std::string& name, const std::string& city = "") {
    Customer customer;
    customer.name = name;
    customer.city = city;
    return customer;
}

bool share_a_key(const std::string& record, const std::string& post) {
    const auto keys = customer_keys(named(record));
    const auto asked = name_keys(parse_name(post), "");
    return std::any_of(asked.begin(), asked.end(), [&](const auto& one) {
        return one.first == KeyKind::name && std::binary_search(keys.begin(), keys.end(), one.second);
    });
}

bool same_keys(const std::string& a, const std::string& b) {
    return customer_keys(named(a)) == customer_keys(named(b));
}

} // namespace

TEST_CASE("a name gives the same keys however it is ordered, spelled and inflected", "[match]") {
    CHECK(same_keys("Józef Pilch", "PILCH Jozef"));
    CHECK(same_keys("Maria Górska", "Gorski Maria"));
    CHECK(same_keys("Ivan Kowalenko", "Іван Коваленко"));
    CHECK(same_keys("Oxana Oliinyk", "Oksana Oliynyk"));
    CHECK(same_keys("mgr Jan Kowalewski", "🔥 Jan Kowalewski 🔥 (tata Zuzi)"));
    CHECK_FALSE(same_keys("Jan Kowalewski", "Jan Kowalski"));
}

TEST_CASE("a diminutive, a middle name or half a double surname still finds the record", "[match]") {
    CHECK(share_a_key("Anna Adamczyk", "Ania Adamczyk"));
    CHECK(share_a_key("Ania Adamczyk", "Anna Adamczyk"));
    CHECK(share_a_key("Mateusz Zaręba", "Mateusz Piotr Zaręba"));
    CHECK(share_a_key("Jolanta Sadowska-Wiśniewska", "Jola Sadowska"));
    CHECK(share_a_key("Tran Thanh Thuy", "Thuy Tran"));
    CHECK(share_a_key("Robert Smith", "Bob Smith"));
    CHECK_FALSE(share_a_key("Anna Adamczyk", "Piotr Zaręba"));
}

TEST_CASE("contact data give keys by what they mean, not how they are written", "[match]") {
    CHECK(folded_phone("+48 502-111-222") == folded_phone("502 111 222"));
    CHECK(folded_phone("12345") == "");
    CHECK(folded_email(" Anna.Nowak@Poczta.Example ") == "anna.nowak@poczta.example");
    CHECK(folded_email("@anna") == "");
    CHECK(folded_handle("Instagram:@Ania.N") == "instagram:ania.n");
    CHECK(folded_handle("ania") == "");
    CHECK(folded_number("ZAM/2025/029716") == folded_number("zam 2025 029716"));
    CHECK(last_digits("ZAM/2025/029716") == "029716");
    CHECK(last_digits("tel. 12, nr 34") == "");
}

TEST_CASE("an empty record has no keys and a typical one has a handful", "[match]") {
    CHECK(customer_keys({}).empty());
    Customer customer = named("Anna Nowak", "Łódź");
    customer.email = "a.nowak7@poczta.example";
    customer.phone = "+48 502 111 222";
    customer.handles = {"facebook:1000", "x:anianowak"};
    CHECK(customer_keys(customer).size() == 12);
    Case matter;
    matter.ref = "SPR-123958";
    matter.order_ref = "ZAM/2025/029716";
    CHECK(case_keys(matter).size() == 2);
}

TEST_CASE("a key never changes between builds", "[match]") {
    CHECK(key_of(KeyKind::phone, "502111222") != key_of(KeyKind::digits, "502111222"));
    CHECK(key_of(KeyKind::phone, "502111222") == -2787823628381049685);
}
