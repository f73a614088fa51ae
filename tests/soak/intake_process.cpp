#include "soak/intake_process.h"

#include "core/http_client.h"
#include "core/log.h"
#include "daemon/intake/hooks.h"
#include "daemon/intake/scheduler.h"
#include "daemon/intake/upkeep.h"
#include "daemon/web/server.h"
#include "soak/truth.h"

#include <future>
#include <iostream>
#include <sstream>

namespace larum::soak {

using namespace std::chrono_literals;

namespace {

Time time_of(long long micros) { return Time(Span(micros)); }

class Intake {
public:
    Intake(const std::string& file, Time now)
        : clock_(now), config_(config::load(file)), http_(make_http()), assembly_(assemble(config_, *http_)),
          store_(store::open_store(config_, clock_)) {
        store_->pool().follow(clock_);
        watch_ = std::make_unique<intake::Watch>(*store_, config_, assembly_, now);
        scheduler_ = std::make_unique<intake::Scheduler>(*store_, clock_, *watch_);
        upkeep_ = std::make_unique<intake::Upkeep>(*store_, *watch_);
        hooks_ = std::make_unique<intake::Hooks>(*store_, clock_, assembly_, *watch_);
        listen();
    }

    ~Intake() {
        listener_->stop();
        hooks_->close(); // its last answers go to a listener that is still there
    }

    int port() const { return listener_->port(); }

    void split_webhooks(Time at) {
        clock_.set(at);
        while (hooks_->tick(clock_.now())) scheduler_->wake();
    }

    /// Turns as the daemon's loops do, with time standing still while there is work and leaping while there is none.
    void work(Time from, Time to) {
        int fruitless = 0;
        for (clock_.set(from); clock_.now() < to;) {
            const auto now = clock_.now();
            const bool worked = fetch(now);
            upkeep_->tick(now);
            fruitless = worked ? 0 : fruitless + 1;
            if (fruitless > 2) return; // blocked: nothing comes of it in this step
            clock_.set(std::max<Time>(now + 1s, next_due().value_or(to)));
            if (clock_.now() == now + 1s) clock_.set(now + 5s); // a bucket that is empty fills by then
        }
    }

private:
    /// Two fetchers, until neither finds anything.
    bool fetch(Time now) {
        const auto all = [&] {
            bool worked = false;
            while (scheduler_->tick(now)) worked = true;
            return worked;
        };
        auto other = std::async(std::launch::async, all);
        const bool worked = all();
        return other.get() || worked;
    }

    std::optional<Time> next_due() {
        std::optional<Time> due;
        store_->pool().with([&](store::Transaction& transaction) {
            for (const auto brand : watch_->brands()) due = store::next_due(transaction, brand, watch_->sources(brand));
        });
        return due;
    }

    void listen() {
        listener_ = std::make_unique<web::Server>(web::Settings{});
        listener_->route_later("POST", "/hooks/{app}", [this](const web::Request& request, web::Reply reply) {
            hooks_->accept(request.part("app"), {request.method, request.target, request.headers, request.body}, [reply](const auto& answer) {
                web::Response response;
                response.status = answer.status;
                reply(std::move(response));
            });
        });
        listener_->start();
    }

    SoakClock clock_;
    config::Config config_;
    std::unique_ptr<Http> http_;
    Assembly assembly_;
    std::unique_ptr<store::Store> store_;
    std::unique_ptr<intake::Watch> watch_;
    std::unique_ptr<intake::Scheduler> scheduler_;
    std::unique_ptr<intake::Upkeep> upkeep_;
    std::unique_ptr<intake::Hooks> hooks_;
    std::unique_ptr<web::Server> listener_;
};

} // namespace

int run_intake(const std::string& config_file) {
    log::start(log::Level::warn, "text"); // stdout is for answers
    std::unique_ptr<Intake> intake;
    for (std::string line; std::getline(std::cin, line);) {
        std::istringstream words(line);
        std::string order;
        long long from = 0, to = 0;
        words >> order >> from >> to;
        try {
            if (order == "at") {
                intake = std::make_unique<Intake>(config_file, time_of(from));
                std::cout << "listens " << intake->port() << std::endl;
                continue;
            }
            if (order == "hooks") intake->split_webhooks(time_of(from));
            if (order == "work") intake->work(time_of(from), time_of(to));
            std::cout << "done" << std::endl;
        } catch (const store::DatabaseError& error) {
            std::cerr << error.what() << std::endl;
            std::cout << "database" << std::endl; // the daemon's loops rest and go on
        }
    }
    return 0;
}

} // namespace larum::soak
