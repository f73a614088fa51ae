#pragma once

#include "core/time.h"

#include <atomic>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace larum::soak {

/// One daemon as a real process (intake_process.h), led over pipes. Killed with the object.
class Hand {
public:
    Hand(const std::filesystem::path& config, const std::filesystem::path& log, Time now);
    ~Hand();
    Hand(const Hand&) = delete;
    Hand& operator=(const Hand&) = delete;

    void order(const std::string& line);
    /// What it answered; nothing when it is dead. Throws when it says nothing for a minute.
    std::optional<std::string> answer();
    void kill(); ///< SIGKILL, from any thread
    bool killed() const { return killed_; }
    int port() const { return port_; }

private:
    int pid_ = -1;
    int to_ = -1, from_ = -1;
    int port_ = 0;
    std::string buffer_;
    std::atomic<bool> killed_ = false;
};

} // namespace larum::soak
