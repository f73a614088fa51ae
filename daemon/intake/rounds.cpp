// What a scheduler does beside reading: it looks again at posts, and asks credentials what they may.
#include "daemon/intake/outcome.h"
#include "daemon/intake/pace.h"
#include "daemon/intake/scheduler.h"
#include "daemon/store/posts.h"
#include "daemon/store/recheck.h"
#include "daemon/store/refresh.h"
#include "daemon/store/upkeep.h"

#include <algorithm>

namespace larum::intake {

using connectors::Call;
using connectors::RecheckResult;

namespace {

constexpr Span rounds_every = std::chrono::seconds{10}; ///< where the last found nothing
constexpr Span refresh_rest = std::chrono::minutes{5};  ///< after a look that failed, at least
constexpr Span probed_every = std::chrono::hours{24};

} // namespace

bool Scheduler::make_rounds(BrandId brand, Time now) {
    {
        const std::lock_guard lock(mutex_);
        auto& next = rounds_at_[brand];
        if (now < next && now >= next - rounds_every) return false;
        next = now + rounds_every;
    }
    if (!recheck_posts(brand, now) && !refresh_posts(brand, now) && !probe_source(brand, now)) return false;
    const std::lock_guard lock(mutex_);
    rounds_at_[brand] = now; // there may be more
    return true;
}

/// Asks a credential that is dead whether it lives again.
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

// ---- posts with open escalations ------------------------------------------------------------------------

void Scheduler::save_rechecked(store::Transaction& transaction, const Watched& source, RecheckResult& result, Time now) {
    connectors::Page page;
    page.posts = std::move(result.posts);
    page.deletions = std::move(result.deletions);
    mark_own(*source.brand, page);
    auto reading = reading_of(source, now);
    reading.one_by_one = true;
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
            if (result.spending && !source.credential.empty()) store::note_spending(transaction, source.credential, *result.spending, at);
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

namespace {

/// Of those asked for, the ones that the platform said something of.
std::vector<Id> ids_seen(const store::Sought& sought, const RecheckResult& result) {
    std::vector<Id> seen;
    for (std::size_t i = 0; i < sought.posts.size(); ++i) {
        const auto& id = sought.posts[i].id;
        const auto same = [&](const auto& one) { return one.id == id; };
        if (std::any_of(result.posts.begin(), result.posts.end(), same) || std::any_of(result.deletions.begin(), result.deletions.end(), same))
            seen.push_back(sought.ids[i]);
    }
    return seen;
}

std::vector<Id> others(std::vector<Id> all, const std::vector<Id>& without) {
    std::erase_if(all, [&](Id id) { return std::find(without.begin(), without.end(), id) != without.end(); });
    return all;
}

} // namespace

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
            if (result.spending && !source.credential.empty()) store::note_spending(transaction, source.credential, *result.spending, at);
            if (result.outcome.ok()) {
                const auto seen = ids_seen(sought, result);
                save_rechecked(transaction, source, result, at);
                store::note_refreshed(transaction, brand, seen, source.kind->refresh_within, at);
                store::put_off_refresh(transaction, brand, others(sought.ids, seen), at + refresh_rest);
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
