#pragma once

#include "daemon/store/raw_webhooks.h"

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>

namespace larum::intake {

/// Keeps verified webhook bodies. While one commit is under way others gather, and the next commit holds them all:
/// a disk that takes two milliseconds to be sure then takes hundreds of thousands of bodies a minute.
class Keeper {
public:
    struct Limits {
        std::size_t bodies_per_commit = 500;
        std::size_t bytes_per_commit = 8u << 20;
        std::size_t waiting_bodies_max = 2000;
        std::size_t waiting_bytes_max = 64u << 20;
        Span stalled_after = std::chrono::seconds{2}; ///< a commit that lasts longer: nothing more is taken
    };
    /// Called once: whether the body is now sure to be there, whatever happens. From the keeper's thread.
    using Told = std::function<void(bool kept)>;

    /// `kept_some` is called after each commit. The pool needs one connection.
    Keeper(store::Pool& pool, std::function<void()> kept_some) : Keeper(pool, std::move(kept_some), Limits()) {}
    Keeper(store::Pool& pool, std::function<void()> kept_some, Limits limits);
    ~Keeper(); ///< closes
    Keeper(const Keeper&) = delete;
    Keeper& operator=(const Keeper&) = delete;

    /// False at once when too much waits, the database stands still, or the keeper is closed; `told` is then not called.
    bool keep(store::NewWebhook body, Told told);

    /// Takes nothing more, and ends when all that waits was told.
    void close();

private:
    struct Waiting {
        store::NewWebhook body;
        Told told;
    };
    void turn();
    std::vector<Waiting> take();
    static void tell(Waiting& one, bool kept);
    bool save(std::vector<Waiting>& group);
    bool stalled() const;

    store::Pool& pool_;
    const std::function<void()> kept_some_;
    const Limits limits_;
    mutable std::mutex mutex_;
    std::condition_variable news_;
    std::deque<Waiting> waiting_;
    std::size_t waiting_bytes_ = 0;
    std::optional<std::chrono::steady_clock::time_point> committing_since_;
    bool closed_ = false;
    bool failing_ = false; ///< of the thread: a failure is logged once
    std::thread thread_;
};

} // namespace larum::intake
