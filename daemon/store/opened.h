#pragma once

#include "config/config.h"
#include "daemon/store/cluster.h"
#include "daemon/store/installation_key.h"
#include "daemon/store/pq.h"
#include "daemon/store/store.h"

#include <memory>
#include <string>

namespace larum::store {

/// A database that is reached, before a process takes its place in it.
struct Opened {
    std::unique_ptr<Cluster> cluster; ///< goes after the pool
    PoolSettings settings;
    InstallationKey key;
    std::string key_place; ///< for a person: where the key lies
    std::unique_ptr<Pool> pool; ///< of one connection
};

enum class Migrate { no, yes };

/// Makes the state folder and the private server where they are missing, names the database on stderr, and with
/// Migrate::yes brings its schema forward and checks that the installation key is the database's own.
Opened open_database(const config::Config& config, Migrate migrate, Keep keep = Keep::forever);

/// `open_store` for a store that is thrown away afterwards (demo, tests) with Keep::for_now: its private server saves
/// itself the disk.
std::unique_ptr<Store> open_store(const config::Config& config, const Clock& clock, Keep keep);

} // namespace larum::store
