#include "daemon/match/mixture.h"
#include "support/catch.h"

#include <numeric>

using namespace larum::match;

namespace {

double sum(const Standings& list) { return std::accumulate(list.begin(), list.end(), 0.0); }
double of(const Standings& list, Standing standing) { return list[static_cast<std::size_t>(standing)]; }

const Standings cases = {0, 1000, 300, 8000, 0};

} // namespace

TEST_CASE("shares follow what the posts show, and sum to one", "[match]") {
    Mixture mixture;
    const auto before = mixture.shares();
    CHECK(sum(before) == Approx(1));
    for (int i = 0; i < 500; ++i) mixture.learn({0.5, 0.5, 0, 0, 0});
    CHECK(sum(mixture.shares()) == Approx(1));
    CHECK(of(mixture.shares(), Standing::unsolved) > 2 * of(before, Standing::unsolved));
    for (int i = 0; i < 6000; ++i) mixture.learn({1, 0, 0, 0, 0});
    CHECK(of(mixture.shares(), Standing::unsolved) < of(before, Standing::unsolved));
}

TEST_CASE("no flood of posts makes everybody a customer, or nobody", "[match]") {
    Mixture flooded, silent;
    for (int i = 0; i < 20000; ++i) flooded.learn({0, 1, 0, 0, 0}), silent.learn({1, 0, 0, 0, 0});
    CHECK(of(flooded.shares(), Standing::nobody) > 0.2);
    CHECK(of(silent.shares(), Standing::unsolved) > 0.005);
    CHECK(of(silent.shares(), Standing::no_case) > 0);
}

TEST_CASE("odds are those of one customer, and lead back to the shares", "[match]") {
    const Mixture mixture;
    const auto few = odds_of(mixture.shares(), 1000, cases), many = odds_of(mixture.shares(), 1000000, cases);
    CHECK(of(few, Standing::no_case) > of(many, Standing::no_case) + 9);
    CHECK(of(few, Standing::unsolved) == of(many, Standing::unsolved));
    const auto back = shares_of(few, 1000, cases);
    CHECK(sum(back) == Approx(1));
    for (std::size_t i = 0; i < standing_count; ++i) CHECK(back[i] == Approx(mixture.shares()[i]).epsilon(0.1).margin(0.001));
}

TEST_CASE("a brand without customers or cases has odds too", "[match]") {
    const auto odds = odds_of(Mixture().shares(), 0, {});
    for (std::size_t i = 1; i < standing_count; ++i) CHECK((odds[i] < 0 && odds[i] > -30));
}

TEST_CASE("odds survive being stored as one number", "[match]") {
    const auto odds = odds_of(Mixture().shares(), 20000, cases);
    CHECK(unpacked(packed(odds)) == odds);
    CHECK(packed({}) != 0);
    CHECK(unpacked(packed({0, -1000, 5, -0.25, 0}))->at(1) > -256);
    CHECK_FALSE(unpacked(0));
    CHECK_FALSE(unpacked(-1));
    CHECK_FALSE(unpacked(std::int64_t{1} << 50));
}
