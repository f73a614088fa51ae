#include "daemon/service/health.h"

#include "core/error.h"
#include "daemon/service/metrics.h"

namespace larum::service {

namespace {

web::Response plain(int status, std::string text) {
    web::Response response;
    response.status = status;
    response.body = std::move(text) + "\n";
    response.headers = {{"Cache-Control", "no-store"}};
    return response;
}

web::Response healthy(const Pulse& pulse, Time now) {
    const auto still = pulse.still(now);
    if (still.empty()) return plain(200, "ok");
    std::string names;
    for (const auto& name : still) names += (names.empty() ? "" : ", ") + name;
    return plain(503, "standing still: " + names);
}

web::Response ready(store::Store& store, bool draining) {
    if (draining) return plain(503, "draining");
    if (const auto trouble = store.trouble()) return plain(503, *trouble);
    try {
        store.pool().with([](store::Transaction& transaction) { transaction.run("SELECT 1"); });
    } catch (const Error& error) {
        return plain(503, error.what());
    }
    return plain(200, "ok");
}

web::Response measured(store::Store& store) {
    store::Vitals vitals;
    store.pool().with([&](store::Transaction& transaction) { vitals = store::vitals(transaction); });
    web::Response response;
    response.type = "text/plain; version=0.0.4; charset=utf-8";
    response.body = metrics_text(vitals);
    return response;
}

} // namespace

void add_health_routes(web::Server& server, const Pulse& pulse, store::Store& store, const Clock& clock,
                       const std::atomic<bool>& draining) {
    server.route(
        "GET", "/healthz", [&](const web::Request&) { return healthy(pulse, clock.now()); }, web::Place::at_once);
    server.route("GET", "/readyz", [&](const web::Request&) { return ready(store, draining); });
    server.route("GET", "/metrics", [&](const web::Request&) { return measured(store); });
}

} // namespace larum::service
