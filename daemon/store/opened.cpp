#include "daemon/store/opened.h"

#include "daemon/store/address.h"
#include "daemon/store/migrate.h"
#include "daemon/store/state_folder.h"

#include <cstdio>

namespace larum::store {

namespace {

/// A database remembers the key it was first used with: another one would not know whom it must not match.
void check_key(Pool& pool, const InstallationKey& key) {
    pool.with([&](Transaction& transaction) {
        transaction.run("UPDATE schema SET key_check = $1 WHERE version = 1 AND key_check IS NULL", {key.check()});
        const auto rows = transaction.run("SELECT key_check FROM schema WHERE version = 1");
        if (rows.empty() || rows.at(0, 0).view() == key.check()) return;
        throw Error(Error::Kind::config,
                    "the installation key here is not the one this database was made with: copy the file \"key\" of the "
                    "state folder (or the credential installation_key) from where the database was used before");
    });
}

} // namespace

Opened open_database(const config::Config& config, Migrate wanted, Keep keep) {
    const auto state = config::state_dir(config);
    prepare_state_folder(state);
    std::unique_ptr<Cluster> cluster;
    PoolSettings settings{.url = config.database.url, .connections_max = config.database.connections};
    if (config.database.url == "embedded") {
        cluster = std::make_unique<Cluster>(state, Cluster::Places{.keep = keep});
        settings.url = cluster->url();
    }
    std::fprintf(stderr, "larum: database %s\n",
                 cluster ? ("embedded in " + state.string()).c_str() : address_for_people(settings.url).c_str());
    auto one = settings;
    one.connections_max = 1;
    Opened opened{std::move(cluster), settings, installation_key(state), (state / "key").string(),
                  std::make_unique<Pool>(one)};
    if (wanted == Migrate::yes) {
        migrate(*opened.pool);
        check_key(*opened.pool, opened.key);
    }
    return opened;
}

} // namespace larum::store
