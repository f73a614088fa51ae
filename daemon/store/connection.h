#pragma once

#include "daemon/store/pq.h"

namespace larum::store {

/// One session with the server. Not for two threads at once. Throws DatabaseError only (and Error::Kind::config
/// for an address that is none). What the pool is made of; others use Pool and Transaction.
class Connection {
public:
    explicit Connection(const PoolSettings& settings);
    ~Connection();
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;

    /// Nothing has arrived unasked and the last failure, if any, was not the connection's: fit for another
    /// transaction. Costs no round trip: a server that went away has left a mark on the socket.
    bool usable() const;

    void begin();
    Rows run(std::string_view sql, const std::vector<Param>& parameters);
    Rows run_prepared(const char* sql, const std::vector<Param>& parameters);
    void script(const std::string& sql);
    std::unique_ptr<CopyIn> copy_into(std::string_view table, const std::vector<std::string>& columns);
    void commit();
    void roll_back() noexcept;

    Time told_time{}; ///< what larum.now was last set to, for Pool::follow

    struct Impl;

private:
    std::unique_ptr<Impl> impl_;
};

} // namespace larum::store
