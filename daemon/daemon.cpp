#include "daemon/daemon.h"

#include "daemon/assembly.h"
#include "daemon/dispatch/carrier.h"
#include "daemon/intake/hooks.h"
#include "daemon/intake/live.h"
#include "daemon/intake/scheduler.h"
#include "daemon/intake/upkeep.h"
#include "daemon/match/keys.h"
#include "daemon/review/review.h"
#include "daemon/second/carrier.h"
#include "daemon/service/health.h"
#include "daemon/service/loop.h"
#include "daemon/store/refolding.h"
#include "daemon/store/retention.h"
#include "daemon/triage/triage.h"
#include "daemon/web/server.h"

#include <atomic>
#include <thread>

namespace larum {

namespace {

constexpr int fetchers = 6; ///< they wait for platforms most of the time
constexpr int triagers = 2;
constexpr int dispatchers = 2;

web::Settings listener(const std::string& address, const std::string& setting) {
    web::Settings settings;
    settings.listen = address;
    settings.setting = setting;
    return settings;
}

web::Settings page_listener(const std::string& address) {
    auto settings = listener(address, "listen.page");
    settings.headers = web::page_headers();
    return settings;
}

std::vector<store::Retained> retained(const config::Config& config, store::Store& store) {
    std::vector<store::Retained> brands;
    for (const auto& brand : config.brands) brands.push_back({store.brand(brand.name), brand.retention});
    return brands;
}

std::vector<BrandId> brand_ids(const config::Config& config, store::Store& store) {
    std::vector<BrandId> ids;
    for (const auto& brand : config.brands) ids.push_back(store.brand(brand.name));
    return ids;
}

std::map<BrandId, const config::Brand*> brands_by_id(const config::Config& config, store::Store& store) {
    std::map<BrandId, const config::Brand*> brands;
    for (const auto& brand : config.brands) brands[store.brand(brand.name)] = &brand;
    return brands;
}

std::vector<std::pair<BrandId, const config::Brand*>> brands_to_ask_about(const config::Config& config, store::Store& store) {
    std::vector<std::pair<BrandId, const config::Brand*>> brands;
    for (const auto& brand : config.brands)
        if (config.second_opinion->covers(brand.name)) brands.emplace_back(store.brand(brand.name), &brand);
    return brands;
}

web::Response response_of(const connectors::WebhookAnswer& answer) {
    web::Response response;
    response.status = answer.status;
    response.type = answer.type;
    response.body = answer.body;
    if (answer.status == 503) response.headers.emplace_back("Retry-After", "1");
    return response;
}

} // namespace

struct Daemon::Parts {
    Parts(std::shared_ptr<const config::Config> with, store::Store& the_store, Http& http, Judges the_judges, const Clock& the_clock)
        : config(std::move(with)), store(the_store), judges(std::move(the_judges)), clock(the_clock), assembly(assemble(*config, http)),
          watch(store, *config, assembly, clock.now()), scheduler(store, clock, watch), upkeep(store, watch), hooks(store, clock, assembly, watch),
          lines(make_line_client()), live(store, clock, watch, *lines),
          desk(*config, assembly.channels), retention(store.pool(), retained(*config, store)),
          refolding(store.pool(), brand_ids(*config, store), match::folding_version),
          review(store.pool(), store.ids(), clock, config, &store.key()), page(page_listener(config->listen.page)),
          hook_listener(listener(config->listen.hooks, "listen.hooks")) {
        service::add_health_routes(page, pulse, store, clock, draining);
        review.add_routes(page);
        add_hook_routes();
        hooks.stored = [this] { wake("hooks"); };
        live.saved = [this] { scheduler.wake(), wake("triage"); };
        if (config->second_opinion)
            second = std::make_unique<second::Carrier>(store.pool(), store.ids(), *config->second_opinion,
                                                       brands_to_ask_about(*config, store), http);
        turn();
        page.start();
        hook_listener.start();
    }

    ~Parts() {
        draining = true;
        for (auto& loop : loops) loop->ask_to_stop();
        hook_listener.stop();
        page.stop();
        live.stop(); // its threads wake loops
        hooks.close(); // its last answers go to a listener that is still there
        // All end before any is destroyed: a step may wake another loop.
        for (auto& loop : loops) loop->finish();
    }

    /// A webhook of an app, as its platform sends it: the handshake by GET, events by POST.
    void add_hook_routes() {
        const auto work = [this](const web::Request& request, web::Reply reply) {
            hooks.accept(request.part("app"), {request.method, request.target, request.headers, request.body},
                         [reply = std::move(reply)](const connectors::WebhookAnswer& answer) { reply(response_of(answer)); });
        };
        web::RouteLimits limits;
        limits.admit = [this](const web::Request& head) -> web::Admission {
            const auto most = hooks.body_bytes_max(head.part("app"));
            if (!most) return {web::Response::error(404, "not_found", "There is no such app here."), 0};
            return {{}, *most};
        };
        hook_listener.route_later("GET", "/hooks/{app}", work, limits);
        hook_listener.route_later("POST", "/hooks/{app}", work, limits);
    }

    /// Ends the rest of the loops whose name begins so: there is work for them.
    void wake(const std::string& name) {
        if (!turning) return;
        for (auto& loop : loops)
            if (loop->name().rfind(name, 0) == 0) loop->wake();
    }

    /// A step whose work is what the loops named `next` wait for.
    template <class Carrier>
    service::Loop::Step then_wake(Carrier& carrier, std::string next) {
        return [this, &carrier, next = std::move(next)](Time now) {
            const bool worked = carrier.tick(now);
            if (worked) wake(next);
            return worked;
        };
    }

    void add(const std::string& name, Span rest, service::Loop::Step step, Span rest_max = service::Loop::Settings().rest_max) {
        loops.push_back(std::make_unique<service::Loop>(service::Loop::Settings{name, rest, rest_max}, clock, pulse, std::move(step)));
    }

    void turn() {
        using namespace std::chrono_literals;
        for (int i = 0; i < fetchers; ++i)
            add("intake " + std::to_string(i + 1), 200ms, then_wake(scheduler, "triage"));
        add("leases", 2s, [this](Time) { return scheduler.heartbeat(), live.heartbeat(), false; }, 2s); // longer rests would cost the leases
        add("lines", 1s, [this](Time now) {
            const bool taken = live.tick(now);
            if (taken) scheduler.wake(); // whose polls are due, since nobody listened
            return taken;
        });
        add("hooks", 500ms, [this](Time now) {
            const bool worked = hooks.tick(now);
            if (!worked) return false;
            scheduler.wake(); // an entry may name streams to be read now
            wake("triage");
            return true;
        });
        add("upkeep", 10s, [this](Time now) { return upkeep.tick(now); });
        for (int i = 0; i < triagers; ++i) {
            triages.push_back(std::make_unique<triage::Triage>(store, *config, judges));
            add("triage " + std::to_string(i + 1), 50ms, then_wake(*triages.back(), "dispatch"));
        }
        for (int i = 0; i < dispatchers; ++i) {
            carriers.push_back(std::make_unique<dispatch::Carrier>(store.pool(), store.ids(), store.slot(), *config,
                                                                   brands_by_id(*config, store), desk));
            add("dispatch " + std::to_string(i + 1), 100ms, [carrier = carriers.back().get()](Time now) { return carrier->tick(now); });
        }
        if (second) add("second opinion", 1s, then_wake(*second, "triage"));
        add("match keys", 200ms, [this](Time now) { return refolding.tick(now); });
        add("retention", 60s, [this](Time now) { return retention.tick(now); });
        add("review", 1s, [this](Time now) { return review.tick(now), false; });
        turning = true;
    }

    std::shared_ptr<const config::Config> config;
    store::Store& store;
    const Judges judges;
    const Clock& clock;
    Assembly assembly;
    service::Pulse pulse;
    std::atomic<bool> draining = false;
    std::atomic<bool> turning = false; ///< `loops` is whole
    intake::Watch watch;
    intake::Scheduler scheduler;
    intake::Upkeep upkeep;
    intake::Hooks hooks;
    std::unique_ptr<LineClient> lines;
    intake::Live live;
    dispatch::Desk desk;
    store::Retention retention;
    store::Refolding refolding;
    review::Review review;
    web::Server page, hook_listener;
    std::vector<std::unique_ptr<triage::Triage>> triages;
    std::vector<std::unique_ptr<dispatch::Carrier>> carriers;
    std::unique_ptr<second::Carrier> second; ///< null: nobody is asked
    std::vector<std::unique_ptr<service::Loop>> loops; ///< last: they use everything above
};

Daemon::Daemon(std::shared_ptr<const config::Config> config, store::Store& store, Http& http, Judges judges, const Clock& clock)
    : parts_(std::make_unique<Parts>(std::move(config), store, http, std::move(judges), clock)) {}

Daemon::~Daemon() = default;

std::vector<std::string> Daemon::still() const { return parts_->pulse.still(parts_->clock.now()); }
int Daemon::page_port() const { return parts_->page.port(); }
int Daemon::hooks_port() const { return parts_->hook_listener.port(); }

} // namespace larum
