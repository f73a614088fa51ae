#include "daemon/intake/scheduler.h"

#include "daemon/intake/outcome.h"
#include "daemon/intake/pace.h"
#include "daemon/store/recheck.h"

#include <spdlog/spdlog.h>

#include <algorithm>

namespace larum::intake {

using connectors::Call;
using connectors::Ending;
using connectors::PollResult;
using connectors::RecheckResult;

namespace {

constexpr int calls_per_claim = 16; ///< then other sources get their turn

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
        if (read_source(brand, now) || recheck_posts(brand, now)) return true;
    }
    return false;
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
        for (int calls = 0; calls < calls_per_claim; ++calls) {
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
    auto result = caller_.ask<PollResult>(source, lease, [&](Call& call) { return source.connector->poll(row.stream, call); });
    mark_own(*source.brand, result.page);
    const bool go_on = !result.outcome.whole_credential && result.outcome.ending != Ending::reauth;
    try {
        return save(source, lease, row, result) && go_on;
    } catch (const store::DatabaseError& error) {
        if (error.sqlstate() != "23505") throw;
        // Another source brought one of these posts between our look and our insert. From here on row by row.
        lease.one_by_one = true;
        return save(source, lease, row, result) && go_on;
    }
}

bool Scheduler::save(const Watched& source, const store::Lease& lease, const store::StreamRow& row, PollResult& result) {
    const auto now = clock_.now();
    const auto spread = chance();
    bool held = false;
    store::Saved saved;
    auto page = result.page;
    store::Reading reading{source.brand_id, source.id, now, source.seen_when_posted, false, lease.one_by_one, {}};
    if (lease.last_ok && now - *lease.last_ok > gap_after(source.interval) && result.outcome.ok()) {
        reading.unread_since = *lease.last_ok - source.interval;
        page.gaps.push_back({*lease.last_ok, now, "the source was not read"});
    }
    store_.pool().with([&](store::Transaction& transaction) {
        held = store::still_held(transaction, lease);
        if (!held) return;
        if (!result.outcome.ok())
            return note_failure(transaction, store_.ids(), source, row, result.outcome, spread, now);
        saved = store::save_page(transaction, store_.ids(), reading, page, source.name);
        std::optional<Time> newest;
        for (const auto& post : page.posts) newest = std::max(newest.value_or(post.posted_at), post.posted_at);
        // What a poll brings that a webhook should have brought; the first reading of a source brings the past.
        const auto missed = source.webhooks && lease.last_ok ? saved.fresh.size() : 0;
        const auto wait = row.interval.value_or(source.interval);
        store::save_stream(transaction, source.brand_id, source.id,
                           {row.stream.name, page.cursor, next_reading(page, wait, spread, now), 0, newest});
        store::change_streams(transaction, source.brand_id, source.id, page.streams, now);
        store::note_source(transaction, source.brand_id, source.id, {true, {}, saved.fresh.size(), newest, missed}, now);
        // A good answer may say that the next would not be one.
        if (result.outcome.whole_credential && result.outcome.not_before && !source.credential.empty())
            store::block_credential(transaction, source.credential, *result.outcome.not_before, "the platform's budget is used up");
        if (page.used && !source.credential.empty()) {
            store::note_used(transaction, source.credential, *page.used);
            if (*page.used >= used_too_much)
                store::block_credential(transaction, source.credential, now + used_rest, "the platform's budget is nearly used up");
        }
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

// ---- posts with open escalations ------------------------------------------------------------------------

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
                connectors::Page page;
                page.posts = std::move(result.posts);
                page.deletions = std::move(result.deletions);
                mark_own(*source.brand, page);
                store::save_page(transaction, store_.ids(), {brand, source.id, at, source.seen_when_posted, false, true, {}}, page, source.name);
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

} // namespace larum::intake
