#include "daemon/intake/scheduler.h"

#include "daemon/intake/outcome.h"
#include "daemon/intake/pace.h"
#include "daemon/store/recheck.h"
#include "daemon/store/refresh.h"
#include "daemon/store/upkeep.h"

#include <spdlog/spdlog.h>

#include <algorithm>

namespace larum::intake {

using connectors::Call;
using connectors::Ending;
using connectors::PollResult;
using connectors::RecheckResult;

namespace {

constexpr int calls_per_claim = 16;              ///< then other sources get their turn
constexpr Span time_per_claim = std::chrono::seconds{10}; ///< likewise, where each call takes long
constexpr Span idle_most = std::chrono::seconds{1}; ///< what other processes make due waits no longer
constexpr Span refresh_rest = std::chrono::minutes{5}; ///< after a look that failed, at least
constexpr Span probed_every = std::chrono::hours{24};

} // namespace

/// A lease in hand: the heartbeat extends it as long as this lives.
class Scheduler::Hand {
public:
    Hand(Scheduler& scheduler, const store::Lease& lease) : scheduler_(scheduler), source_(lease.source) {
        const std::lock_guard lock(scheduler_.mutex_);
        scheduler_.held_[source_] = lease;
    }
    ~Hand() {
        const std::lock_guard lock(scheduler_.mutex_);
        scheduler_.held_.erase(source_);
    }
    Hand(const Hand&) = delete;
    Hand& operator=(const Hand&) = delete;

private:
    Scheduler& scheduler_;
    Id source_;
};

Scheduler::Scheduler(store::Store& store, const Clock& clock, const Watch& watch)
    : store_(store), clock_(clock), watch_(watch), caller_(store, clock), random_(static_cast<std::mt19937::result_type>(store.slot() + 1)) {}

bool Scheduler::tick(Time now) {
    const auto& brands = watch_.brands();
    std::size_t first;
    {
        const std::lock_guard lock(mutex_);
        first = turn_++;
    }
    for (std::size_t i = 0; i < brands.size(); ++i) {
        const auto brand = brands[(first + i) % brands.size()];
        if (idle(brand, now)) continue;
        if (read_source(brand, now) || recheck_posts(brand, now) || refresh_posts(brand, now) || probe_source(brand, now)) return true;
        note_idle(brand, now);
    }
    return false;
}

void Scheduler::wake() {
    const std::lock_guard lock(mutex_);
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

bool Scheduler::read_source(BrandId brand, Time now) {
    const auto ids = ready(brand, now);
    if (ids.empty()) return false;
    std::optional<store::Lease> lease;
    store_.pool().with([&](store::Transaction& transaction) {
        lease = store::claim_source(transaction, brand, ids, store_.slot(), now);
    });
    if (!lease) return false;
    const Hand hand(*this, *lease);
    serve(*watch_.find(brand, lease->source), *lease);
    return true;
}

void Scheduler::serve(const Watched& source, store::Lease& lease) {
    if (!lease.credential_dead || revive(source, lease)) {
        const auto until = clock_.now() + time_per_claim;
        for (int calls = 0; calls < calls_per_claim && clock_.now() <= until; ++calls) {
            std::optional<store::StreamRow> row;
            store_.pool().with([&](store::Transaction& transaction) {
                row = store::most_overdue(transaction, source.brand_id, source.id, clock_.now());
            });
            if (!row || !caller_.may_call(source) || !read_stream(source, lease, *row)) break;
        }
    }
    store_.pool().with([&](store::Transaction& transaction) { store::release_source(transaction, lease); });
}

/// Whether the source may be asked on.
bool Scheduler::read_stream(const Watched& source, store::Lease& lease, const store::StreamRow& row) {
    const auto asked_at = clock_.now();
    auto result = caller_.ask<PollResult>(source, lease, [&](Call& call) { return source.connector->poll(row.stream, call); });
    mark_own(*source.brand, result.page);
    const bool go_on = !result.outcome.whole_credential && result.outcome.ending != Ending::reauth;
    try {
        return save(source, lease, row, asked_at, result) && go_on;
    } catch (const store::DatabaseError& error) {
        if (error.sqlstate() != "23505") throw;
        // Another source brought one of these posts between our look and our insert. From here on row by row.
        lease.one_by_one = true;
        return save(source, lease, row, asked_at, result) && go_on;
    }
}

bool Scheduler::save(const Watched& source, const store::Lease& lease, const store::StreamRow& row, Time asked_at, PollResult& result) {
    const auto now = clock_.now();
    const auto spread = chance();
    bool held = false;
    store_.pool().with([&](store::Transaction& transaction) {
        held = store::still_held(transaction, lease);
        if (!held) return;
        if (result.outcome.ok())
            note_page(transaction, store_.ids(), source, lease, row, asked_at, result, spread, now);
        else
            note_failure(transaction, store_.ids(), source, lease, row, result.outcome, spread, now);
    });
    if (!held) spdlog::warn("intake: source {} was taken over; this page is left to the other daemon", source.name);
    if (!result.outcome.ok()) spdlog::warn("intake: source {}: {}", source.name, result.outcome.reason);
    return held && result.page.used.value_or(0) < used_too_much;
}

/// Asks a credential that was dead for an hour whether it lives again.
bool Scheduler::revive(const Watched& source, store::Lease& lease) {
    if (!caller_.may_call(source)) return false;
    const auto probe = caller_.ask<connectors::Probe>(source, lease, [&](Call& call) { return source.connector->probe(call); });
    const bool alive = probe.outcome.ok() && probe.missing.empty();
    store_.pool().with([&](store::Transaction& transaction) {
        if (!store::still_held(transaction, lease)) return;
        if (alive)
            store::revive_credential(transaction, source.credential, clock_.now(), probe.expires_at);
        else
            store::bury_credential(transaction, source.credential, probe.outcome.reason, clock_.now());
    });
    return alive;
}

// ---- what the credential may ---------------------------------------------------------------------------

/// Once a day each source's credential is asked what it may: a permission that was lost, an end that comes near.
bool Scheduler::probe_source(BrandId brand, Time now) {
    std::optional<store::Lease> lease;
    const auto ids = ready(brand, now);
    if (ids.empty()) return false;
    store_.pool().with([&](store::Transaction& transaction) {
        if (const auto source = store::source_to_probe(transaction, brand, ids, now - probed_every))
            lease = store::claim_source(transaction, brand, {}, store_.slot(), now, *source);
    });
    if (!lease) return false;
    const Hand hand(*this, *lease);
    const auto& source = *watch_.find(brand, lease->source);
    if (caller_.may_call(source)) {
        const auto probe = caller_.ask<connectors::Probe>(source, *lease, [&](Call& call) { return source.connector->probe(call); });
        store_.pool().with([&](store::Transaction& transaction) {
            if (store::still_held(transaction, *lease)) note_probe(transaction, store_.ids(), source, probe, chance(), clock_.now());
        });
    }
    store_.pool().with([&](store::Transaction& transaction) { store::release_source(transaction, *lease); });
    return true;
}

// ---- resting --------------------------------------------------------------------------------------------

bool Scheduler::idle(BrandId brand, Time now) {
    const std::lock_guard lock(mutex_);
    const auto until = idle_until_.find(brand);
    return until != idle_until_.end() && now < until->second && now >= until->second - idle_most;
}

/// There was nothing to do for the brand: it is left alone until its next stream is due, though never for long.
void Scheduler::note_idle(BrandId brand, Time now) {
    std::optional<Time> due;
    store_.pool().with([&](store::Transaction& transaction) { due = store::next_due(transaction, brand, watch_.sources(brand)); });
    const std::lock_guard lock(mutex_);
    idle_until_[brand] = std::min<Time>(due.value_or(now + idle_most), now + idle_most);
}

// ---- posts with open escalations ------------------------------------------------------------------------

void Scheduler::save_rechecked(store::Transaction& transaction, const Watched& source, RecheckResult& result, Time now) {
    connectors::Page page;
    page.posts = std::move(result.posts);
    page.deletions = std::move(result.deletions);
    mark_own(*source.brand, page);
    const store::Reading reading{source.brand_id, source.id, now, source.seen_when_posted, false, true, {}};
    store::save_page(transaction, store_.ids(), reading, page, source.name);
}

bool Scheduler::recheck_posts(BrandId brand, Time now) {
    std::vector<Id> able;
    for (const auto id : ready(brand, now))
        if (watch_.find(brand, id)->connector->recheck_most() > 0) able.push_back(id);
    if (able.empty()) return false;
    std::optional<store::Lease> lease;
    store_.pool().with([&](store::Transaction& transaction) {
        if (const auto source = store::source_to_recheck(transaction, brand, able, now))
            lease = store::claim_source(transaction, brand, {}, store_.slot(), now, *source);
    });
    if (!lease) return false;
    const Hand hand(*this, *lease);
    const auto& source = *watch_.find(brand, lease->source);
    store::Recheck work;
    store_.pool().with([&](store::Transaction& transaction) {
        work = store::posts_to_recheck(transaction, brand, source.id, source.connector->recheck_most(), now);
    });
    if (!lease->credential_dead && !work.posts.empty() && caller_.may_call(source)) {
        auto result = caller_.ask<RecheckResult>(source, *lease, [&](Call& call) { return source.connector->recheck(work.posts, call); });
        store_.pool().with([&](store::Transaction& transaction) {
            if (!store::still_held(transaction, *lease)) return;
            const auto at = clock_.now();
            if (result.outcome.ok()) {
                save_rechecked(transaction, source, result, at);
            } else {
                note_credential(transaction, store_.ids(), source, result.outcome, next_try(result.outcome, 1, chance(), at), at);
            }
        });
    }
    store_.pool().with([&](store::Transaction& transaction) {
        if (!store::still_held(transaction, *lease)) return;
        for (auto& one : work.escalations) one.next = next_recheck(one.opened_at, source.interval, clock_.now());
        store::set_rechecks(transaction, brand, work.escalations);
        store::release_source(transaction, *lease);
    });
    return true;
}

// ---- posts whose platform wants them looked at again ------------------------------------------------------

bool Scheduler::refresh_posts(BrandId brand, Time now) {
    std::vector<Id> able;
    for (const auto id : ready(brand, now)) {
        const auto& source = *watch_.find(brand, id);
        if (source.kind->refresh_within > Span{} && source.connector->recheck_most() > 0) able.push_back(id);
    }
    if (able.empty()) return false;
    std::optional<store::Lease> lease;
    store_.pool().with([&](store::Transaction& transaction) {
        if (const auto source = store::source_to_refresh(transaction, brand, able, now))
            lease = store::claim_source(transaction, brand, {}, store_.slot(), now, *source);
    });
    if (!lease) return false;
    const Hand hand(*this, *lease);
    const auto& source = *watch_.find(brand, lease->source);
    store::Sought sought;
    store_.pool().with([&](store::Transaction& transaction) {
        sought = store::posts_to_refresh(transaction, brand, source.id, source.connector->recheck_most(), now);
        if (lease->credential_dead) store::put_off_refresh(transaction, brand, sought.ids, now + refresh_rest);
    });
    if (!lease->credential_dead && !sought.posts.empty() && caller_.may_call(source)) {
        auto result = caller_.ask<RecheckResult>(source, *lease, [&](Call& call) { return source.connector->recheck(sought.posts, call); });
        store_.pool().with([&](store::Transaction& transaction) {
            if (!store::still_held(transaction, *lease)) return;
            const auto at = clock_.now();
            if (result.outcome.ok()) {
                save_rechecked(transaction, source, result, at);
                store::note_refreshed(transaction, brand, sought.ids, source.kind->refresh_within, at);
            } else {
                const auto next = next_try(result.outcome, 1, chance(), at);
                note_credential(transaction, store_.ids(), source, result.outcome, next, at);
                store::put_off_refresh(transaction, brand, sought.ids, std::max<Time>(next, at + refresh_rest));
            }
        });
    }
    store_.pool().with([&](store::Transaction& transaction) { store::release_source(transaction, *lease); });
    return true;
}

} // namespace larum::intake
