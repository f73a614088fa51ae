#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace larum::web {

/// A few threads with a bounded queue.
class Workers {
public:
    Workers(int threads, std::size_t waiting_max);
    ~Workers();
    Workers(const Workers&) = delete;
    Workers& operator=(const Workers&) = delete;

    /// False when too much waits already, or the workers have stopped. `work` must not throw.
    bool post(std::function<void()> work);

    /// Drops what waits and joins what runs.
    void stop();

private:
    void serve();

    std::size_t waiting_max_;
    std::mutex mutex_;
    std::condition_variable news_;
    std::deque<std::function<void()>> waiting_;
    bool stopped_ = false;
    std::vector<std::thread> threads_;
};

} // namespace larum::web
