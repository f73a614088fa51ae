#include "daemon/explain/waterfall.h"
#include "daemon/match/sign.h"
#include "support/catch.h"

#include <cmath>
#include <fstream>
#include <iterator>

using namespace larum;
using namespace larum::explain;

namespace {

Candidate candidate(double probability, std::vector<Evidence> evidence) { return {1, "C-1", probability, std::move(evidence), {}}; }

std::string dictionary(const std::string& language) {
    std::ifstream file(std::string(LARUM_SOURCE_DIR) + "/daemon/review/ui/src/texts/" + language + ".ts");
    return {std::istreambuf_iterator<char>(file), {}};
}

} // namespace

TEST_CASE("the walk begins at the prior and ends at the odds against nobody", "[explain]") {
    const auto walk = waterfall(candidate(0.8, {{"name", "Anna Lis", "Anna Lis", 10}, {"city", "Łódź", "Gdynia", -2}, {"prior", "", "one of 64 customers", -6}}), 0.2);

    CHECK(walk.start == -6);
    REQUIRE(walk.steps.size() == 2);
    CHECK(walk.steps[0].sum == 4);
    CHECK(walk.steps[1].sum == 2);
    CHECK(walk.steps[1].probability == Approx(0.8));
    CHECK(walk.sum == 2);
    CHECK(walk.probability == 0.8);
}

TEST_CASE("without a prior the walk begins where probabilities and evidence leave it", "[explain]") {
    const auto walk = waterfall(candidate(0.5, {{"name", "Anna Lis", "Anna Lis", 9}}), 0.125);

    CHECK(walk.start == Approx(2 - 9));
    CHECK(walk.sum == Approx(2));
}

TEST_CASE("what a rule takes off at the end is a step of its own", "[explain]") {
    const auto walk = waterfall(candidate(0.89, {{"name", "Anna Lis", "Anna Lis", 20}, {"prior", "", "", -10}}), 0.11);

    REQUIRE(walk.steps.size() == 2);
    CHECK(walk.steps[1].says == "limit.against");
    CHECK(walk.sum == Approx(std::log2(0.89 / 0.11)));
}

TEST_CASE("a probability rounded to all or nothing makes no endless walk", "[explain]") {
    for (const double p : {0.0, 1.0}) {
        const auto walk = waterfall(candidate(p, {{"confirmed", "", "C-1", 30}}), 1 - p);
        CHECK(std::isfinite(walk.start));
        CHECK(std::isfinite(walk.sum));
        CHECK(walk.start >= -20);
    }
    CHECK(waterfall(candidate(0, {}), 0).steps.empty());
}

TEST_CASE("a piece of evidence is worded by its field, its side and how much it says", "[explain]") {
    CHECK(says({"name", "Zenobia Kos", "Zenobia Kos", 12}) == "name.rare");
    CHECK(says({"name", "Jan Nowak", "Jan Nowak", 4}) == "name.shared");
    CHECK(says({"name", "Jan", "Jan Nowak", 1}) == "name.common");
    CHECK(says({"name", "Ewa Lis", "Jan Nowak", -5}) == "name.against");
    CHECK(says({"number", "4711", "BL/2026/004711", 20}) == "number.for");
    CHECK(says({"number", "4712", "BL/2026/004711", 8}) == "number.almost");
    CHECK(says({"email", "a***@poczta.example", "anna@poczta.example", 6}) == "email.masked");
    CHECK(says({"language", "en", "pl", -1}) == "language.against");
    CHECK(says({"shoe_size", "42", "42", 1}) == "other.for");
    CHECK(sentence("city.against") == "another place in the profile");
}

TEST_CASE("whatever match can find is put into words, for and against", "[explain]") {
    for (std::size_t i = 0; i < match::sign_count; ++i) {
        const std::string field(match::field(static_cast<match::Sign>(i)));
        const bool only_lowers = field == "language" || field == "sex", only_raises = field == "confirmed" || field == "author";
        INFO(field);
        if (!only_lowers) CHECK(says({field, "a", "a", 1}) != "other.for");
        if (!only_raises) CHECK(says({field, "a", "a", -1}) != "other.against");
    }
}

TEST_CASE("the page has words in both languages for everything evidence can say", "[explain]") {
    for (const auto* language : {"pl", "en"}) {
        const auto words = dictionary(language);
        for (const auto saying : sayings()) {
            INFO(language << ": says." << saying);
            CHECK(words.find("\"says." + std::string(saying) + "\"") != std::string::npos);
        }
    }
}
