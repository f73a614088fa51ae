#include "daemon/store/store.h"

#include "daemon/match/keys.h"
#include "daemon/store/address.h"
#include "daemon/store/migrate.h"
#include "daemon/store/opened.h"
#include "daemon/store/slot.h"

#include <atomic>
#include <condition_variable>
#include <map>
#include <mutex>
#include <thread>

namespace larum::store {

namespace {

constexpr auto heartbeat_every = std::chrono::seconds{2};

/// Two brands made at once must not get one number.
constexpr long long brand_lock = 0x6272616e64;

PoolSettings one_of(PoolSettings settings) {
    settings.connections_max = 1;
    settings.statement_max = std::chrono::seconds{5};
    return settings;
}

} // namespace

struct Store::Impl {
    Opened opened; ///< its pool of one is for heartbeats, which must not wait for work
    std::string address;
    const Clock& clock;
    Pool pool;
    Pool reserved;
    Slot slot;
    IdMaker ids;

    mutable std::mutex mutex;
    std::map<std::string, BrandId> brands;
    std::optional<std::string> trouble;
    std::condition_variable_any leaving;
    std::jthread heart;

    Impl(Opened its_opened, const Clock& its_clock)
        : opened(std::move(its_opened)), address(address_for_people(opened.settings.url)), clock(its_clock),
          pool(opened.settings), reserved(one_of(opened.settings)), slot(lease_slot(*opened.pool)), ids(clock, slot.number, slot.not_below) {
        renew_slot(*opened.pool, slot, ids.next()); // before the first id is used
    }

    void beat();
    void keep_beating(std::stop_token stop);
};

void Store::Impl::beat() {
    std::optional<std::string> found;
    try {
        if (!renew_slot(*opened.pool, slot, ids.next()))
            found = "another process took this one's place in the database after it was away for more than a minute";
        check_allowed(schema_state(*opened.pool), all_migrations().back().version);
    } catch (const DatabaseError&) {
        try {
            if (opened.cluster) opened.cluster->revive(); // killed: nobody but us starts it again
        } catch (const Error&) {
            // It is still away. Whoever works with it says so, and the next beat tries again.
        }
        return;
    } catch (const Error& error) {
        found = error.what();
    }
    const std::lock_guard lock(mutex);
    if (found) trouble = found;
}

void Store::Impl::keep_beating(std::stop_token stop) {
    std::mutex resting;
    std::unique_lock lock(resting);
    while (!leaving.wait_for(lock, stop, heartbeat_every, [&] { return stop.stop_requested(); })) beat();
}

Store::Store(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {
    impl_->heart = std::jthread([this](std::stop_token stop) { impl_->keep_beating(stop); });
}

Store::~Store() {
    impl_->heart.request_stop();
    impl_->heart.join();
    try {
        give_up_slot(*impl_->opened.pool, impl_->slot, impl_->ids.next());
    } catch (const std::exception&) {
        // The database is away: the lease ends by itself.
    }
}

Pool& Store::pool() { return impl_->pool; }
Pool& Store::reserved() { return impl_->reserved; }
IdMaker& Store::ids() { return impl_->ids; }
int Store::slot() const { return impl_->slot.number; }
const InstallationKey& Store::key() const { return impl_->opened.key; }
const std::string& Store::address() const { return impl_->address; }

std::optional<std::string> Store::trouble() const {
    const std::lock_guard lock(impl_->mutex);
    return impl_->trouble;
}

BrandId Store::brand(const std::string& name) {
    {
        const std::lock_guard lock(impl_->mutex);
        if (const auto known = impl_->brands.find(name); known != impl_->brands.end()) return known->second;
    }
    BrandId number = 0;
    impl_->pool.with([&](Transaction& transaction) {
        transaction.run("SELECT pg_advisory_xact_lock($1)", {brand_lock});
        transaction.run("INSERT INTO brand (brand_id, name, folding_version, created_at) "
                        "SELECT coalesce(max(brand_id), 0) + 1, $1, $3::integer, $2::timestamptz FROM brand "
                        "ON CONFLICT (name) DO NOTHING",
                        {name, impl_->clock.now(), match::folding_version});
        number = static_cast<BrandId>(
            transaction.run("SELECT brand_id FROM brand WHERE name = $1", {name}).at(0, 0).integer());
    });
    const std::lock_guard lock(impl_->mutex);
    return impl_->brands[name] = number;
}

std::unique_ptr<Store> open_store(const config::Config& config, const Clock& clock) {
    return open_store(config, clock, Keep::forever);
}

std::unique_ptr<Store> open_store(const config::Config& config, const Clock& clock, Keep keep) {
    auto opened = open_database(config, Migrate::yes, keep);
    return std::make_unique<Store>(std::make_unique<Store::Impl>(std::move(opened), clock));
}

} // namespace larum::store
