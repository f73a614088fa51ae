#include "daemon/web/event_stream.h"

namespace larum::web {

bool EventStream::send(std::string_view event, std::string_view data) {
    bool alive = true;
    {
        const std::lock_guard lock(mutex_);
        if (ended_) return false;
        if (waiting_.size() >= waiting_max) {
            waiting_.clear();
            ended_ = true;
            alive = false;
        } else {
            waiting_.push_back("event: " + std::string(event) + "\ndata: " + std::string(data) + "\n\n");
        }
    }
    wake();
    return alive;
}

void EventStream::end() {
    {
        const std::lock_guard lock(mutex_);
        ended_ = true;
    }
    wake();
}

bool EventStream::ended() const {
    const std::lock_guard lock(mutex_);
    return ended_;
}

void EventStream::on_news(std::function<void()> wake) {
    const std::lock_guard lock(mutex_);
    wake_ = std::move(wake);
}

std::string EventStream::take() {
    const std::lock_guard lock(mutex_);
    std::string all;
    for (const auto& one : waiting_) all += one;
    waiting_.clear();
    return all;
}

void EventStream::wake() {
    // Under the lock: once `on_news(nullptr)` has returned, nobody calls the old one any more.
    const std::lock_guard lock(mutex_);
    if (wake_) wake_();
}

} // namespace larum::web
