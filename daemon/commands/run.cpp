#include "core/error.h"
#include "core/http_client.h"
#include "core/log.h"
#include "daemon/assembly.h"
#include "daemon/commands/command.h"
#include "daemon/commands/on_signals.h"
#include "daemon/daemon.h"
#include "daemon/service/heartbeat.h"
#include "daemon/service/manager.h"

#include <CLI/CLI.hpp>

namespace larum::commands {

namespace {

constexpr auto turn_length = std::chrono::seconds{1};
constexpr auto wait_length = std::chrono::seconds{2};

const Clock& system_clock() {
    static const SystemClock clock;
    return clock;
}

/// The store, once the database answers: a server that is still starting is waited for. Nothing when asked to stop
/// before that.
std::unique_ptr<store::Store> wait_for_store(const config::Config& config, const Signals& signals) {
    for (bool told = false;; told = true) {
        try {
            return store::open_store(config, system_clock());
        } catch (const Error& error) {
            if (error.kind() != Error::Kind::database) throw;
            if (!told) log::error(std::string(error.what()) + "; waiting for the database");
            service::tell_status("waiting for the database");
        }
        if (const int signal = signals.wait(wait_length); signal == SIGTERM || signal == SIGINT) return nullptr;
    }
}

/// The running service: one store for its whole life, one Daemon per config.
class Service {
public:
    Service(Invocation invocation, std::shared_ptr<const config::Config> config, std::unique_ptr<store::Store> store)
        : invocation_(std::move(invocation)), config_(std::move(config)), store_(std::move(store)),
          http_(make_http()), judges_(Judges::read(*config_, {})), daemon_(make(config_, judges_)), heartbeat_(config_->heartbeat, *http_) {
        service::tell_ready(status());
        log::info("running with " + (config_->file.empty() ? "built-in defaults" : config_->file) + ": page on " + config_->listen.page +
                  ", webhooks on " + config_->listen.hooks);
    }

    int serve(const Signals& signals) {
        while (true) {
            const int signal = signals.wait(turn_length);
            if (signal == SIGTERM || signal == SIGINT) return drain("asked to stop"), 0;
            if (signal == SIGHUP) reload();
            if (const auto trouble = store_->trouble()) return drain(*trouble), 1;
            turn();
        }
    }

private:
    std::unique_ptr<Daemon> make(const std::shared_ptr<const config::Config>& config, const Judges& judges) {
        return std::make_unique<Daemon>(config, *store_, *http_, judges, system_clock());
    }

    std::string status() const {
        return std::to_string(config_->brands.size()) + " brand(s), " + std::to_string(config_->sources.size()) + " source(s), " +
               std::to_string(config_->channels.size()) + " channel(s)";
    }

    void turn() {
        const auto still = daemon_->still();
        if (still.empty()) service::tell_alive();
        for (const auto& name : still)
            if (still_told_ != still) log::error(name + " stands still");
        still_told_ = still;
        heartbeat_.tick(still.empty(), system_clock().now());
    }

    /// A config that is wrong, or names a model that cannot be read, changes nothing. One that is right but cannot start (a port is taken) gives way to the
    /// old one again.
    void reload() {
        service::tell_reloading();
        try {
            auto next = std::make_shared<const config::Config>(invocation_.load());
            if (next->database.url != config_->database.url || config::state_dir(*next) != config::state_dir(*config_))
                throw Error(Error::Kind::config, "database.url and state_dir change with a restart only");
            auto judges = Judges::read(*next, judges_);
            daemon_.reset();
            try {
                daemon_ = make(next, judges);
            } catch (const Error&) {
                daemon_ = make(config_, judges_);
                throw;
            }
            config_ = std::move(next);
            judges_ = std::move(judges);
            heartbeat_ = service::Heartbeat(config_->heartbeat, *http_);
            log::start(config_->log.level, config_->log.format);
            log::info("the config was read again: " + status());
        } catch (const Error& error) {
            log::error(std::string("the config was not taken, the old one goes on: ") + error.what());
        }
        service::tell_ready(status());
    }

    void drain(const std::string& why) {
        service::tell_stopping();
        log::info("draining: " + why);
        daemon_.reset();
        log::info("stopped");
    }

    Invocation invocation_;
    std::shared_ptr<const config::Config> config_;
    std::unique_ptr<store::Store> store_;
    std::unique_ptr<Http> http_;
    Judges judges_;
    std::unique_ptr<Daemon> daemon_;
    service::Heartbeat heartbeat_;
    std::vector<std::string> still_told_;
};

int run(const Invocation& invocation) {
    const Signals signals; // before any thread is born
    auto config = std::make_shared<const config::Config>(invocation.load());
    log::start(config->log.level, config->log.format);
    check_kinds(*config);
    check_models(*config);
    for (const auto& line : beyond_terms(*config)) log::warn(line);
    if (config->second_opinion)
        for (const auto& line : config::warnings(*config->second_opinion)) log::warn(line);
    auto store = wait_for_store(*config, signals);
    if (!store) return 0;
    Service service(invocation, std::move(config), std::move(store));
    return service.serve(signals);
}

} // namespace

void add_run(CLI::App& app, Invocation& invocation) {
    auto* command = app.add_subcommand("run", "The service, in the foreground. SIGTERM drains, SIGHUP reads the config again.");
    command->footer("Example: larum run --config /etc/larum/larum.toml");
    add_config_flag(*command, invocation);
    command->callback([&invocation] { invocation.work = [&invocation] { return run(invocation); }; });
}

} // namespace larum::commands
