#include "support/review_house.h"

namespace larum::test {

namespace {

std::shared_ptr<config::Config> story_config() {
    auto config = std::make_shared<config::Config>();
    for (const auto* name : {"blawatek", "kobalt"}) {
        config::Brand brand;
        brand.name = name;
        brand.language = "pl";
        brand.zone = "Europe/Warsaw";
        brand.link_min = 0.9;
        brand.suggest_min = 0.1;
        config->brands.push_back(brand);
    }
    return config;
}

web::Settings settings(int connections) {
    web::Settings made;
    made.connections_max = static_cast<std::size_t>(connections);
    made.headers = web::page_headers();
    return made;
}

} // namespace

ReviewHouse::ReviewHouse(Time now, int connections)
    : clock(now), ids(clock, 7), story(tell_review_story(database.pool(), ids, now)), config(story_config()),
      review(database.pool(), ids, clock, config, &key), server(settings(connections)) {
    review.add_routes(server);
    server.start();
}

ReviewHouse::~ReviewHouse() {
    review.live().end_all();
    server.stop();
}

} // namespace larum::test
