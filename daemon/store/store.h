#pragma once

#include "config/config.h"
#include "core/id.h"
#include "daemon/store/installation_key.h"
#include "daemon/store/pq.h"

#include <memory>
#include <optional>
#include <string>

namespace larum::store {

class Cluster;

/// The database of one process: its connections, its ids, its place among the daemons.
///
/// Leases and the clock: daemons may disagree about the time, so leases are written and asked in SQL with
/// `larum_now()`, the database's clock. All other times come from Clock. Tests let `larum_now()` follow their
/// clock with `store.pool().follow(clock)`.
class Store {
public:
    Pool& pool();
    /// One more connection, for what must be committed at once whatever the others wait for. Its statements end
    /// after five seconds.
    Pool& reserved();
    IdMaker& ids();

    /// The number of this process among all that use the database: part of its ids, leased with a heartbeat, and
    /// nobody else's while it lives and a minute after. Also what `holder` says in leases.
    int slot() const;

    const InstallationKey& key() const;

    /// The brand's number; its row is made when the name is new.
    BrandId brand(const std::string& name);

    /// «larum at db.example:5432», for a person; without user and password.
    const std::string& address() const;

    /// Why this process must stop working on the database: a newer larum changed its schema, or our slot is another's.
    /// `run` asks at every turn, drains and exits 1. Nothing while all is well, or while the database is away.
    std::optional<std::string> trouble() const;

    ~Store();
    Store(const Store&) = delete;
    Store& operator=(const Store&) = delete;

    struct Impl;
    explicit Store(std::unique_ptr<Impl> impl);

private:
    std::unique_ptr<Impl> impl_;
};

/// Opens the database that `config` names: makes the state folder when it is missing, starts the private server for
/// "embedded", migrates under a lock, leases a slot. Names the database on stderr.
/// Throws Error::Kind::config for what the operator must mend, Error::Kind::database when the server is away.
std::unique_ptr<Store> open_store(const config::Config& config, const Clock& clock);

} // namespace larum::store
