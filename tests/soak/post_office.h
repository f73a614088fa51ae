#pragma once

#include "soak/door.h"

#include <set>

namespace larum::soak {

/// Brings the platform's webhooks to the daemons the way the internet does: late, twice, out of order, or never. What a
/// daemon does not answer by 200 is brought again.
class PostOffice {
public:
    PostOffice(const Clock& clock, Door& door, Truth& truth, std::uint64_t seed) : clock_(clock), door_(door), truth_(truth), random_(seed) {}

    /// The webhooks of this app are lost.
    void be_deaf(const std::string& app, bool deaf) { deaf ? (void)deaf_.insert(app) : (void)deaf_.erase(app); }
    /// Letters about comments below this post are never lost: no poll reads it before one came.
    void keep_safe(const std::string& post) { safe_ = post.substr(post.find('_') + 1) + "_"; }

    /// Brings what is due to one of these ports, each letter to another. `calm`: nothing is held back any more.
    void deliver(const std::vector<int>& ports, bool calm);
    /// Requests that nobody signed, one for each app; gives the status it was answered with, 0 for none.
    int forge(int port);

    struct Counts {
        int sent = 0, lost = 0, doubled = 0, late = 0, taken = 0;
    };
    const Counts& counts() const { return counts_; }
    std::size_t waiting() const { return waiting_.size(); }

private:
    struct Waiting {
        Letter letter;
        Time due{};
    };
    void sort_in(Letter letter, bool calm);
    bool bring(const Waiting& one, int port);

    const Clock& clock_;
    Door& door_;
    Truth& truth_;
    Random random_;
    std::set<std::string> deaf_;
    std::string safe_;
    std::vector<Waiting> waiting_;
    Counts counts_;
};

} // namespace larum::soak
