#include "daemon/review/live.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

namespace larum::review {

namespace {

/// Longer than any transaction of ours takes to commit.
constexpr Span overlap = std::chrono::seconds{30};

} // namespace

std::shared_ptr<web::EventStream> Live::open(const std::string& token_hash, const store::Account& account) {
    const std::lock_guard lock(mutex_);
    std::erase_if(listeners_, [](const Listener& one) { return one.stream->ended(); });
    const auto own = std::count_if(listeners_.begin(), listeners_.end(),
                                   [&](const Listener& one) { return one.token_hash == token_hash; });
    if (listeners_.size() >= streams_max || static_cast<std::size_t>(own) >= streams_of_session_max) return nullptr;
    Listener listener{token_hash, {}, std::make_shared<web::EventStream>()};
    for (const auto& grant : account.brands) listener.brands[grant.brand] = grant.name;
    listener.stream->send("hello", "{}");
    listeners_.push_back(listener);
    return listener.stream;
}

std::vector<Live::Listener> Live::alive() {
    const std::lock_guard lock(mutex_);
    std::erase_if(listeners_, [](const Listener& one) { return one.stream->ended(); });
    return listeners_;
}

void Live::end_dead_sessions(store::Transaction& tx, const std::vector<Listener>& listeners, Time now) {
    std::vector<std::string> hashes;
    for (const auto& one : listeners) hashes.push_back(one.token_hash);
    const auto live = store::live_sessions(tx, hashes, now);
    const std::set<std::string> good(live.begin(), live.end());
    for (const auto& one : listeners)
        if (good.count(one.token_hash) == 0) one.stream->end();
}

std::vector<store::Pulse> Live::news(const std::vector<store::Pulse>& pulses, Time now) {
    std::vector<store::Pulse> fresh;
    for (const auto& pulse : pulses) {
        auto& seen = seen_[{pulse.brand, pulse.escalation, pulse.post}];
        if (seen.state != pulse.state) fresh.push_back(pulse);
        seen = {pulse.state, now};
    }
    std::erase_if(seen_, [now](const auto& one) { return one.second.at + 2 * overlap < now; });
    return fresh;
}

bool Live::tick(store::Pool& pool, Time now) {
    const auto listeners = alive();
    if (listeners.empty()) return seen_.clear(), watched_.clear(), false;
    std::set<BrandId> brands;
    for (const auto& one : listeners)
        for (const auto& [brand, name] : one.brands) brands.insert(brand);

    std::vector<store::Pulse> pulses;
    const std::vector<BrandId> wanted(brands.begin(), brands.end());
    pool.with([&](store::Transaction& tx) {
        end_dead_sessions(tx, listeners, now);
        pulses = store::read_pulses(tx, wanted, now - overlap, now);
    });
    const bool first = wanted != watched_;
    watched_ = wanted;
    const auto fresh = news(pulses, now);
    // The first reading only says where things stand: the page has just read them itself.
    if (first) return false;
    for (const auto& pulse : fresh)
        for (const auto& one : listeners)
            if (const auto brand = one.brands.find(pulse.brand); brand != one.brands.end())
                one.stream->send("change", nlohmann::json{{"brand", brand->second},
                                                          {"post", to_text(pulse.post)},
                                                          {"escalation", pulse.escalation == 0 ? "" : to_text(pulse.escalation)}}
                                               .dump());
    return !fresh.empty();
}

void Live::end_all() {
    for (const auto& one : alive()) one.stream->end();
}

std::size_t Live::streams() const {
    const std::lock_guard lock(mutex_);
    return listeners_.size();
}

} // namespace larum::review
