#pragma once

#include "core/time.h"

#include <atomic>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

/// What the simulators of the soak know to be true, to be compared with what larum kept and wrote into its ledger.
namespace larum::soak {

/// Simulated time, moved by the soak and read by many threads.
class SoakClock final : public Clock {
public:
    explicit SoakClock(Time start) { set(start); }
    Time now() const override { return Time(Span(micros_.load())); }
    void set(Time time) { micros_ = time.time_since_epoch().count(); }

private:
    std::atomic<std::int64_t> micros_{0};
};

/// One piece of writing on a simulated platform.
struct Written {
    std::string platform; ///< as in the table post
    std::string source;   ///< of the soak's config
    std::string stream;   ///< which brings it; «comments» for those below any post
    std::string id;
    std::string text; ///< as it stands now
    Time at{};
    std::optional<Time> told_at;    ///< when a daemon first took a webhook with its text
    std::optional<Time> deleted_at;
    bool deletion_told = false;     ///< a daemon took the webhook of its deletion
    bool beyond_reach = false;      ///< older than what the source is told to read: it may be there
    bool before_larum = false;      ///< it was there when the source was connected
    int edits = 0;
};

/// An answer to a reading of a stream, as the platform gave it.
struct Served {
    std::string stream; ///< «page/feed»
    Time at{};
    bool good = false;
};

/// Thread-safe.
class Truth {
public:
    void add(Written one);
    void edit(const std::string& id, const std::string& text);
    void remove(const std::string& id, Time at);
    /// A daemon answered 200 to a webhook about this writing.
    void told(const std::string& id, const std::string& verb, Time at);
    void served(Served one);

    std::map<std::string, Written> writings() const;
    std::vector<Served> servings() const;

private:
    mutable std::mutex mutex_;
    std::map<std::string, Written> writings_;
    std::vector<Served> servings_;
};

} // namespace larum::soak
