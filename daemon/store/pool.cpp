#include "daemon/store/connection.h"

#include <atomic>
#include <condition_variable>
#include <mutex>

namespace larum::store {

struct Pool::Impl {
    PoolSettings settings;
    std::mutex mutex;
    std::condition_variable freed;
    std::vector<std::unique_ptr<Connection>> idle; ///< the last used is last
    int open = 0;                                  ///< idle and lent
    std::atomic<const Clock*> clock{nullptr};

    std::unique_ptr<Connection> take();
    void give_back(std::unique_ptr<Connection> connection) noexcept;
};

namespace {

/// Conflicts that another try from the start may end (serialization failure, deadlock).
bool is_conflict(const DatabaseError& error) { return error.sqlstate() == "40001" || error.sqlstate() == "40P01"; }

} // namespace

/// A connection that is free, or a new one when the bound allows.
std::unique_ptr<Connection> Pool::Impl::take() {
    {
        std::unique_lock lock(mutex);
        const auto in_time = freed.wait_for(lock, settings.wait_max,
                                            [&] { return !idle.empty() || open < settings.connections_max; });
        if (!in_time)
            throw DatabaseError("database: all " + std::to_string(settings.connections_max) +
                                    " connections are busy for longer than " +
                                    std::to_string(settings.wait_max / std::chrono::seconds{1}) + " s",
                                "");
        while (!idle.empty()) {
            auto connection = std::move(idle.back());
            idle.pop_back();
            if (connection->usable()) return connection;
            --open;
        }
        ++open;
    }
    try {
        return std::make_unique<Connection>(settings);
    } catch (...) {
        give_back(nullptr);
        throw;
    }
}

void Pool::Impl::give_back(std::unique_ptr<Connection> connection) noexcept {
    {
        const std::lock_guard lock(mutex);
        if (connection && connection->usable())
            idle.push_back(std::move(connection));
        else
            --open;
    }
    freed.notify_one();
}

namespace {

class PooledTransaction final : public Transaction {
public:
    PooledTransaction(std::shared_ptr<Pool::Impl> pool, std::unique_ptr<Connection> connection)
        : pool_(std::move(pool)), connection_(std::move(connection)) {}

    ~PooledTransaction() override {
        connection_->roll_back();
        pool_->give_back(std::move(connection_));
    }

    Rows run(std::string_view sql, const std::vector<Param>& parameters) override {
        return connection_->run(sql, parameters);
    }
    Rows run_prepared(const char* sql, const std::vector<Param>& parameters) override {
        return connection_->run_prepared(sql, parameters);
    }
    void script(const std::string& sql) override { connection_->script(sql); }
    std::unique_ptr<CopyIn> copy_into(std::string_view table, const std::vector<std::string>& columns) override {
        return connection_->copy_into(table, columns);
    }
    void commit() override {
        commit_sent = true;
        connection_->commit();
    }

    bool commit_sent = false;

private:
    std::shared_ptr<Pool::Impl> pool_;
    std::unique_ptr<Connection> connection_;
};

std::unique_ptr<PooledTransaction> begin_on(const std::shared_ptr<Pool::Impl>& pool) {
    auto made = pool->take();
    auto& connection = *made;
    auto transaction = std::make_unique<PooledTransaction>(pool, std::move(made));
    const Clock* clock = pool->clock;
    if (clock != nullptr && connection.told_time != clock->now()) {
        connection.told_time = clock->now();
        connection.begin();
        connection.run("SELECT set_config('larum.now', $1, false)", {connection.told_time});
        connection.commit();
    }
    connection.begin();
    return transaction;
}

} // namespace

Pool::Pool(PoolSettings settings) : impl_(std::make_shared<Impl>()) { impl_->settings = std::move(settings); }

Pool::~Pool() = default;

std::unique_ptr<Transaction> Pool::begin() { return begin_on(impl_); }

void Pool::with(const std::function<void(Transaction&)>& work) {
    for (int tries = 1;; ++tries) {
        bool commit_sent = false;
        try {
            const auto transaction = begin_on(impl_);
            try {
                work(*transaction);
                transaction->commit();
                return;
            } catch (...) {
                commit_sent = transaction->commit_sent;
                throw;
            }
        } catch (const DatabaseError& error) {
            const bool again = is_conflict(error) || (error.broken() && !commit_sent);
            if (!again || tries >= 2) throw;
        }
    }
}

void Pool::rest() {
    std::vector<std::unique_ptr<Connection>> resting;
    const std::lock_guard lock(impl_->mutex);
    resting.swap(impl_->idle);
    impl_->open -= static_cast<int>(resting.size());
}

void Pool::follow(const Clock& clock) { impl_->clock = &clock; }

} // namespace larum::store
