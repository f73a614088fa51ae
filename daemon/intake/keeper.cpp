#include "daemon/intake/keeper.h"

#include <spdlog/spdlog.h>

namespace larum::intake {

Keeper::Keeper(store::Pool& pool, std::function<void()> kept_some, Limits limits)
    : pool_(pool), kept_some_(std::move(kept_some)), limits_(limits), thread_([this] { turn(); }) {}

Keeper::~Keeper() { close(); }

bool Keeper::keep(store::NewWebhook body, Told told) {
    {
        const std::lock_guard lock(mutex_);
        const auto bytes = waiting_bytes_ + body.body.size();
        if (closed_ || stalled() || waiting_.size() >= limits_.waiting_bodies_max || bytes > limits_.waiting_bytes_max) return false;
        waiting_bytes_ = bytes;
        waiting_.push_back({std::move(body), std::move(told)});
    }
    news_.notify_one();
    return true;
}

void Keeper::close() {
    {
        const std::lock_guard lock(mutex_);
        closed_ = true;
    }
    news_.notify_one();
    if (thread_.joinable()) thread_.join();
}

bool Keeper::stalled() const {
    return committing_since_ && std::chrono::steady_clock::now() - *committing_since_ > limits_.stalled_after;
}

void Keeper::turn() {
    for (;;) {
        auto group = take();
        if (group.empty()) return;
        const bool kept = save(group);
        {
            const std::lock_guard lock(mutex_);
            committing_since_.reset();
        }
        for (auto& one : group) tell(one, kept);
        if (kept) kept_some_();
    }
}

/// Who is told may be gone; the others are told all the same.
void Keeper::tell(Waiting& one, bool kept) {
    try {
        one.told(kept);
    } catch (const std::exception& error) {
        spdlog::error("webhooks: an answer was not given: {}", error.what());
    }
}

/// What waits, up to the bounds of a commit; nothing when the keeper is closed.
std::vector<Keeper::Waiting> Keeper::take() {
    std::unique_lock lock(mutex_);
    news_.wait(lock, [this] { return closed_ || !waiting_.empty(); });
    std::vector<Waiting> group;
    for (std::size_t bytes = 0; !waiting_.empty() && group.size() < limits_.bodies_per_commit && bytes < limits_.bytes_per_commit;) {
        bytes += waiting_.front().body.body.size();
        group.push_back(std::move(waiting_.front()));
        waiting_.pop_front();
        waiting_bytes_ -= group.back().body.body.size();
    }
    committing_since_ = std::chrono::steady_clock::now();
    return group;
}

bool Keeper::save(std::vector<Waiting>& group) {
    std::vector<store::NewWebhook> bodies;
    for (auto& one : group) bodies.push_back(std::move(one.body));
    try {
        pool_.with([&](store::Transaction& transaction) { store::keep_webhooks(transaction, bodies); });
    } catch (const std::exception& error) { // whatever it is, those who wait must be told, and the thread lives on
        if (!failing_) spdlog::error("webhooks: {}; answered 503 until it works again", error.what());
        failing_ = true;
        return false;
    }
    if (failing_) spdlog::info("webhooks: they can be kept again");
    failing_ = false;
    return true;
}

} // namespace larum::intake
