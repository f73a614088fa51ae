#pragma once

#include "core/line_client.h"
#include "daemon/intake/live.h"
#include "intake/fakes.h"

#include <condition_variable>

/// Lines that a test speaks on.
namespace larum::test {

/// The network: what `say` was told waits on the line that is open.
class FakeLines final : public LineClient {
public:
    std::unique_ptr<OpenLine> open(const LineRequest& request, std::stop_token) override {
        const std::lock_guard lock(mutex);
        requests.push_back(request);
        if (refusal) throw LineRefused("fake.example: status " + std::to_string(refusal->status), *refusal);
        if (strange) throw std::runtime_error("no Error of ours");
        if (unreachable) throw Error(Error::Kind::unreachable, "fake.example: no route");
        lost = false;
        return std::make_unique<Line>(*this);
    }
    void say(const std::string& event) {
        const std::lock_guard lock(mutex);
        waiting.push_back(event);
        came.notify_all();
    }
    void lose() {
        const std::lock_guard lock(mutex);
        lost = true;
        came.notify_all();
    }
    std::size_t opened() const {
        const std::lock_guard lock(mutex);
        return requests.size();
    }
    std::size_t unread() const {
        const std::lock_guard lock(mutex);
        return waiting.size();
    }

    std::vector<LineRequest> requests;
    std::optional<HttpAnswer> refusal;
    bool unreachable = false;
    bool strange = false; ///< what it throws is no Error
    bool patient = false; ///< wait for what comes, as the real one does

private:
    struct Line final : OpenLine {
        explicit Line(FakeLines& given) : all(given) {}
        std::optional<LineFrame> next(Span wait) override {
            std::unique_lock lock(all.mutex);
            if (all.patient) all.came.wait_for(lock, wait, [&] { return all.lost || !all.waiting.empty(); });
            if (!all.waiting.empty()) {
                LineFrame frame{"", all.waiting.front()};
                all.waiting.pop_front();
                return frame;
            }
            if (all.lost) throw Error(Error::Kind::unreachable, "fake.example: the other side ended the line");
            return {};
        }
        FakeLines& all;
    };
    mutable std::mutex mutex;
    std::condition_variable came;
    std::deque<std::string> waiting;
    bool lost = false;
};

/// A daemon's line of its one source, in hand.
struct LineInHand {
    LineInHand(Daemon& given, FakeLines& on) : daemon(given), lines(on), caller(*given.store, given.clock) {}

    const intake::Watched& source() const { return daemon.watch->all().begin()->second; }
    std::optional<store::LineLease> claim() {
        std::vector<store::LineLease> leases;
        daemon.store->pool().with([&](store::Transaction& transaction) {
            leases = store::claim_lines(transaction, source().brand_id, {source().id}, daemon.store->slot(), 9, daemon.clock.now());
        });
        return leases.empty() ? std::nullopt : std::optional(leases.front());
    }
    /// Takes the line; false when it is another's.
    bool take() {
        const auto lease = claim();
        if (lease) listener = std::make_unique<intake::Listener>(intake::Listener::Ground{*daemon.store, daemon.clock, source(), lines, caller}, *lease);
        if (lease) listener->saved = [this] { daemon.scheduler().wake(); };
        return lease.has_value();
    }
    std::optional<Time> step() { return listener->step({}); }

    Daemon& daemon;
    FakeLines& lines;
    intake::Caller caller;
    std::unique_ptr<intake::Listener> listener;
};

} // namespace larum::test
