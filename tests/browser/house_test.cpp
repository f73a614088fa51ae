#include "support/catch.h"
#include "support/review_house.h"

#include <iostream>
#include <thread>

using namespace larum;

// Not a test of its own: the page with its story, for tests/browser/run. Told on stdin what happens next; says on
// stdout where it listens. Hidden, so that only who names it runs it.
TEST_CASE("a house for the browser", "[.browser-house]") {
    const SystemClock system;
    test::ReviewHouse house(system.now());
    std::jthread carrier([&](std::stop_token stop) { house.review.run(stop); });
    std::cout << "port " << house.port() << std::endl;
    for (std::string line; std::getline(std::cin, line);) {
        if (line == "raise") test::raise_another(house.database.pool(), house.ids, house.story.brand, system.now());
        if (line == "crowd") test::raise_crowd(house.database.pool(), house.ids, house.story, system.now());
        if (line == "quit") break;
        std::cout << "done " << line << std::endl;
    }
    SUCCEED();
}
