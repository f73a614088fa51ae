#pragma once

#include "config/config.h"
#include "core/http.h"
#include "daemon/judges.h"
#include "daemon/store/store.h"

#include <memory>
#include <string>
#include <vector>

namespace larum {

/// Everything that turns while one config holds: fetchers, triage, dispatch, retention, the two listeners.
/// A reload is a new Daemon after the old one has drained. What it is given must outlive it.
class Daemon {
public:
    /// Puts everything together and starts it. Throws Error::Kind::config when a kind's settings are wrong or a
    /// listener's address cannot be had; nothing is left running then.
    Daemon(std::shared_ptr<const config::Config> config, store::Store& store, Http& http, Judges judges, const Clock& clock);

    /// Drains: takes no new work, ends what is under way, answers what was asked.
    ~Daemon();
    Daemon(const Daemon&) = delete;
    Daemon& operator=(const Daemon&) = delete;

    /// Parts that stand still; empty when all is well.
    std::vector<std::string> still() const;

    int page_port() const;
    int hooks_port() const;

private:
    struct Parts;
    std::unique_ptr<Parts> parts_;
};

} // namespace larum
