#include "daemon/service/metrics.h"
#include "daemon/service/pulse.h"
#include "support/catch.h"
#include "support/database.h"

using namespace larum;

TEST_CASE("a part that stopped turning is named, one that turns is not", "[service]") {
    service::Pulse pulse;
    const auto start = *parse_time("2026-05-01T08:00:00Z");
    pulse.expect("triage", std::chrono::seconds{30}, start);
    pulse.expect("dispatch", std::chrono::seconds{30}, start);
    pulse.beat("triage", start + std::chrono::seconds{50});
    CHECK(pulse.still(start + std::chrono::seconds{20}).empty());
    CHECK(pulse.still(start + std::chrono::seconds{60}) == std::vector<std::string>{"dispatch"});
}

TEST_CASE("metrics tell how the work stands, in Prometheus' text format", "[service]") {
    test::TestDatabase database;
    std::string text;
    database.pool().with([&](store::Transaction& transaction) {
        transaction.run("INSERT INTO brand (brand_id, name, created_at) VALUES (1, 'acme', now())");
        transaction.run("INSERT INTO triage_queue (brand_id, queue_id, post_ids, cause) VALUES (1, 4194304, '{1}', 'new')");
        transaction.run("INSERT INTO source (brand_id, source_id, name, kind, posts, created_at) VALUES (1, 1, 'wall', 'facebook', 7, now())");
        text = service::metrics_text(store::vitals(transaction));
    });
    CHECK(text.find("larum_triage_waiting_pages{brand=\"acme\"} 1") != std::string::npos);
    CHECK(text.find("larum_source_posts_total{brand=\"acme\",source=\"wall\"} 7") != std::string::npos);
    CHECK(text.find("larum_info{version=") != std::string::npos);
}
