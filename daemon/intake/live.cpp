#include "daemon/intake/live.h"

#include "core/error.h"

#include <spdlog/spdlog.h>

namespace larum::intake {

using namespace std::chrono_literals;

namespace {

constexpr std::size_t lines_max = 400; ///< of one daemon: each has a thread
constexpr Span rest_without_database = 1s;
constexpr Span rest_max = 1min; ///< so that a stop or a changed clock is never missed for long

} // namespace

struct Live::Held {
    Held(const Listener::Ground& ground, store::LineLease lease) : listener(ground, std::move(lease)) {}

    Listener listener;
    std::atomic<bool> ended = false;
    std::mutex mutex;
    std::condition_variable_any changed;
    std::jthread thread; ///< last: it uses what stands above
};

Live::Live(store::Store& store, const Clock& clock, const Watch& watch, LineClient& lines)
    : store_(store), clock_(clock), watch_(watch), lines_(lines), caller_(store, clock) {}

Live::~Live() { stop(); }

bool Live::tick(Time now) {
    forget_ended();
    bool any = false;
    for (const auto brand : watch_.brands()) {
        auto ids = watch_.sources(brand);
        std::erase_if(ids, [&](Id id) { return !watch_.find(brand, id)->live; });
        const auto room = lines_max - std::min(lines_max, held());
        if (ids.empty() || room == 0) continue;
        std::vector<store::LineLease> leases;
        store_.pool().with([&](store::Transaction& transaction) {
            leases = store::claim_lines(transaction, brand, ids, store_.slot(), room, now);
        });
        for (auto& lease : leases) take(*watch_.find(brand, lease.source), std::move(lease));
        any = any || !leases.empty();
    }
    return any;
}

void Live::take(const Watched& source, store::LineLease lease) {
    auto held = std::make_unique<Held>(Listener::Ground{store_, clock_, source, lines_, caller_}, std::move(lease));
    held->listener.saved = saved;
    const std::lock_guard lock(mutex_);
    if (stopped_) return; // its lease runs out
    held->thread = std::jthread([this, one = held.get()](std::stop_token stop) { turn(*one, stop); });
    held_.push_back(std::move(held));
}

void Live::turn(Held& held, std::stop_token stop) {
    bool told = false;
    while (!stop.stop_requested()) {
        Span wait = rest_without_database;
        try {
            const auto next = held.listener.step(stop);
            if (!next) break;
            wait = std::min(*next - clock_.now(), rest_max);
            told = false;
        } catch (const std::exception& error) {
            if (!told) spdlog::error("intake: a line rests: {}; trying again", error.what());
            told = true;
        }
        std::unique_lock lock(held.mutex);
        if (wait > Span{}) held.changed.wait_for(lock, stop, wait, [] { return false; });
    }
    try {
        held.listener.let_go();
    } catch (const std::exception& error) {
        spdlog::warn("intake: a line was given up without a word to the database: {}", error.what());
    }
    held.ended = true;
}

void Live::heartbeat() {
    std::vector<store::LineLease> lines;
    std::vector<store::Lease> sources;
    {
        const std::lock_guard lock(mutex_);
        for (const auto& held : held_) {
            if (held->ended) continue;
            lines.push_back(held->listener.line_lease());
            if (const auto asking = held->listener.source_lease()) sources.push_back(*asking);
        }
    }
    if (lines.empty()) return;
    store_.pool().with([&](store::Transaction& transaction) {
        store::extend_leases(transaction, lines);
        if (!sources.empty()) store::extend_leases(transaction, sources);
    });
}

void Live::forget_ended() {
    const std::lock_guard lock(mutex_);
    held_.remove_if([](const auto& held) { return held->ended.load(); });
}

void Live::stop() {
    std::list<std::unique_ptr<Held>> all;
    {
        const std::lock_guard lock(mutex_);
        stopped_ = true;
        all.swap(held_);
    }
    for (auto& held : all) held->thread.request_stop();
    all.clear(); // waits for each
}

std::size_t Live::held() const {
    const std::lock_guard lock(mutex_);
    return held_.size();
}

} // namespace larum::intake
