#include "daemon/web/workers.h"

namespace larum::web {

Workers::Workers(int threads, std::size_t waiting_max) : waiting_max_(waiting_max) {
    for (int i = 0; i < threads; ++i) threads_.emplace_back([this] { serve(); });
}

Workers::~Workers() { stop(); }

bool Workers::post(std::function<void()> work) {
    {
        const std::lock_guard lock(mutex_);
        if (stopped_ || waiting_.size() >= waiting_max_) return false;
        waiting_.push_back(std::move(work));
    }
    news_.notify_one();
    return true;
}

void Workers::stop() {
    {
        const std::lock_guard lock(mutex_);
        stopped_ = true;
        waiting_.clear();
    }
    news_.notify_all();
    for (auto& thread : threads_)
        if (thread.joinable()) thread.join();
}

void Workers::serve() {
    for (;;) {
        std::function<void()> work;
        {
            std::unique_lock lock(mutex_);
            news_.wait(lock, [this] { return stopped_ || !waiting_.empty(); });
            if (stopped_) return;
            work = std::move(waiting_.front());
            waiting_.pop_front();
        }
        work();
    }
}

} // namespace larum::web
