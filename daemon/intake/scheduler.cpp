#include "daemon/intake/scheduler.h"

#include "daemon/intake/outcome.h"
#include "daemon/intake/pace.h"

#include <spdlog/spdlog.h>

#include <algorithm>

namespace larum::intake {

using connectors::Call;
using connectors::Ending;
using connectors::PollResult;

namespace {

constexpr int calls_per_claim = 16;              ///< then other sources get their turn
constexpr Span time_per_claim = std::chrono::seconds{10}; ///< likewise, where each call takes long
constexpr std::string_view data_exception = "22";              ///< the class of such SQL states
constexpr Span idle_most = std::chrono::seconds{3};            ///< what other processes make due waits no longer
constexpr Span blocked_rest = std::chrono::milliseconds{500};  ///< something is due and may not be read yet

} // namespace

Scheduler::Hand::Hand(Scheduler& scheduler, const store::Lease& lease) : scheduler_(scheduler), source_(lease.source) {
    const std::lock_guard lock(scheduler_.mutex_);
    scheduler_.held_[source_] = lease;
}

Scheduler::Hand::~Hand() {
    const std::lock_guard lock(scheduler_.mutex_);
    scheduler_.held_.erase(source_);
}

Scheduler::Scheduler(store::Store& store, const Clock& clock, const Watch& watch)
    : store_(store), clock_(clock), watch_(watch), caller_(store, clock), random_(static_cast<std::mt19937::result_type>(store.slot() + 1)) {}

bool Scheduler::tick(Time now) {
    const auto& brands = watch_.brands();
    std::size_t first;
    std::uint64_t wakes;
    {
        const std::lock_guard lock(mutex_);
        first = turn_++;
        wakes = wakes_;
    }
    for (std::size_t i = 0; i < brands.size(); ++i) {
        const auto brand = brands[(first + i) % brands.size()];
        if (idle(brand, now)) continue;
        const auto read = read_source(brand, now);
        if (!read) continue;
        if (*read || make_rounds(brand, now)) return true;
        note_idle(brand, now, wakes);
    }
    return false;
}

void Scheduler::wake() {
    const std::lock_guard lock(mutex_);
    ++wakes_;
    idle_until_.clear();
}

void Scheduler::heartbeat() {
    std::vector<store::Lease> leases;
    {
        const std::lock_guard lock(mutex_);
        for (const auto& [source, lease] : held_) leases.push_back(lease);
    }
    if (!leases.empty()) store_.pool().with([&](store::Transaction& transaction) { store::extend_leases(transaction, leases); });
}

/// The brand's sources that nothing in this process keeps from being read.
std::vector<Id> Scheduler::ready(BrandId brand, Time now) {
    const std::lock_guard lock(mutex_);
    std::vector<Id> ids;
    for (const auto id : watch_.sources(brand)) {
        if (held_.count(id) == 0 && !caller_.rests(*watch_.find(brand, id), now)) ids.push_back(id);
    }
    return ids;
}

double Scheduler::chance() {
    const std::lock_guard lock(mutex_);
    return std::uniform_real_distribution<double>(0, 1)(random_);
}

/// Whether there was one to read; nothing when another thread is looking.
std::optional<bool> Scheduler::read_source(BrandId brand, Time now) {
    const auto ids = ready(brand, now);
    if (ids.empty()) return false;
    std::optional<store::Lease> lease;
    std::optional<store::StreamRow> row;
    {
        const std::unique_lock claiming(claiming_, std::try_to_lock);
        if (!claiming.owns_lock()) return std::nullopt;
        store_.pool().with([&](store::Transaction& transaction) {
            lease = store::claim_source(transaction, brand, ids, store_.slot(), now);
            row.reset();
            if (lease && !lease->credential_dead) row = take_stream(transaction, *watch_.find(brand, lease->source));
        });
    }
    if (!lease) return false;
    const Hand hand(*this, *lease);
    serve(*watch_.find(brand, lease->source), *lease, std::move(row));
    return true;
}

/// The stream to read next, when one is due and there is a token for it.
std::optional<store::StreamRow> Scheduler::take_stream(store::Transaction& transaction, const Watched& source) {
    auto row = store::most_overdue(transaction, source.brand_id, source.id, clock_.now());
    if (row && !caller_.may_call(transaction, source)) row.reset();
    return row;
}

void Scheduler::serve(const Watched& source, store::Lease& lease, std::optional<store::StreamRow> row) {
    const bool revived = lease.credential_dead && revive(source, lease);
    if (!row)
        store_.pool().with([&](store::Transaction& transaction) {
            if (revived) row = take_stream(transaction, source);
            if (!row) store::release_source(transaction, lease);
        });
    const auto until = clock_.now() + time_per_claim;
    for (int calls = 1; row; ++calls) row = read_stream(source, lease, *row, calls >= calls_per_claim || clock_.now() > until);
}

/// Reads one and gives the next, without which the source is released.
std::optional<store::StreamRow> Scheduler::read_stream(const Watched& source, store::Lease& lease, const store::StreamRow& row, bool last) {
    const auto asked_at = clock_.now();
    auto result = caller_.ask<PollResult>(source, lease, [&](Call& call) { return source.connector->poll(row.stream, call); });
    mark_own(*source.brand, result.page);
    const bool go_on = !last && !result.outcome.whole_credential && result.outcome.ending != Ending::reauth &&
                       result.page.used.value_or(0) < used_too_much;
    if (!result.outcome.ok()) spdlog::warn("intake: source {}: {}", source.name, result.outcome.reason);
    try {
        return save(source, lease, row, asked_at, result, go_on);
    } catch (const store::DatabaseError& error) {
        if (error.sqlstate().starts_with(data_exception)) {
            // Read again it would be the same again: it must not be tried for ever without anybody knowing.
            result = {{Ending::broken, source.kind->name + ": what it sent cannot be kept (" + error.sqlstate() + ")", {}, false}, {}};
            return save(source, lease, row, asked_at, result, go_on);
        }
        if (error.sqlstate() != "23505") throw;
        // Another source brought one of these posts between our look and our insert. From here on row by row.
        lease.one_by_one = true;
        return save(source, lease, row, asked_at, result, go_on);
    }
}

std::optional<store::StreamRow> Scheduler::save(const Watched& source, const store::Lease& lease, const store::StreamRow& row, Time asked_at,
                                                const PollResult& result, bool go_on) {
    const auto now = clock_.now();
    const auto spread = chance();
    bool held = false;
    std::optional<store::StreamRow> next;
    store_.pool().with([&](store::Transaction& transaction) {
        next.reset();
        held = store::still_held(transaction, lease);
        if (!held) return;
        if (result.outcome.ok())
            note_page(transaction, store_.ids(), source, lease, row, asked_at, result, spread, now);
        else
            note_failure(transaction, store_.ids(), source, lease, row, result.outcome, spread, now);
        if (result.page.spending && !source.credential.empty()) store::note_spending(transaction, source.credential, *result.page.spending, now);
        if (go_on) next = take_stream(transaction, source);
        if (!next) store::release_source(transaction, lease);
    });
    if (!held) spdlog::warn("intake: source {} was taken over; this page is left to the other daemon", source.name);
    return next;
}

// ---- resting --------------------------------------------------------------------------------------------

bool Scheduler::idle(BrandId brand, Time now) {
    const std::lock_guard lock(mutex_);
    const auto until = idle_until_.find(brand);
    return until != idle_until_.end() && now < until->second && now >= until->second - idle_most;
}

/// There was nothing to do for the brand: it is left alone until its next stream is due, though never for long.
void Scheduler::note_idle(BrandId brand, Time now, std::uint64_t wakes) {
    std::optional<Time> due;
    store_.pool().with([&](store::Transaction& transaction) { due = store::next_due(transaction, brand, watch_.sources(brand)); });
    const std::lock_guard lock(mutex_);
    if (wakes != wakes_) return; // something was made due while we looked
    idle_until_[brand] = due && *due <= now ? now + blocked_rest : std::min<Time>(due.value_or(now + idle_most), now + idle_most);
}

} // namespace larum::intake
