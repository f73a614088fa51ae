// X: the money of what comes unasked.
#include "support/catch.h"
#include "support/connector_case.h"
#include "support/http_server.h"

#include <algorithm>

using namespace larum;
using namespace larum::test;
using connectors::Ending;

namespace {

const Time now = *parse_time("2026-04-05T12:00:00Z");

connectors::Made x_with(const std::string& more, Http& http) {
    const auto grounds = kind_grounds();
    const auto x = std::find_if(grounds.begin(), grounds.end(), [](const auto& one) { return one.kind == "x"; });
    return x->make(http, {}, more);
}

} // namespace

TEST_CASE("X's posts that came unasked cost what posts and users cost", "[connectors]") {
    ScriptedHttp http([](const auto&) { return HttpAnswer{}; });
    const auto made = x_with("authors = true\nprice_post = 0.01\nprice_user = 0.02", http);
    CHECK(made.connector->cost_of({3, 2}) == Approx(0.07));
    CHECK(made.connector->cost_of({}) == 0);
}

TEST_CASE("X's day ends when the next post would pass its budget, with its author where names are asked for", "[connectors]") {
    ScriptedHttp http([](const auto&) { return HttpAnswer{}; });
    const auto plain = x_with("daily_budget = 0.05", http);
    CHECK(plain.connector->afford(0, now).ok());
    CHECK(plain.connector->afford(0.045, now).ok());
    const auto with_authors = x_with("daily_budget = 0.05\nauthors = true", http);
    CHECK(with_authors.connector->afford(0.03, now).ok());
    CHECK_FALSE(with_authors.connector->afford(0.04, now).ok());

    const auto over = plain.connector->afford(0.0451, now);

    CHECK(over.ending == Ending::later);
    CHECK(over.not_before == parse_time("2026-04-06T00:00:00Z"));
    CHECK(over.whole_credential);
    CHECK(over.tell);
}
