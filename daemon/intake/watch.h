#pragma once

#include "config/config.h"
#include "connectors/connector.h"
#include "core/id.h"
#include "daemon/assembly.h"
#include "daemon/store/posts.h"
#include "daemon/store/store.h"

#include <map>
#include <string>
#include <vector>

namespace larum::intake {

/// Whether sources of the kind `source` take what apps of the kind `app` send.
bool hears(const connectors::Kind& source, const connectors::Kind& app);

/// One configured source with what reads it.
struct Watched {
    BrandId brand_id = 0;
    Id id = 0;
    std::string name;
    const config::Brand* brand = nullptr;
    const connectors::Kind* kind = nullptr;
    connectors::Connector* connector = nullptr;
    std::string credential;
    Span interval{};
    bool seen_when_posted = false;
    Span alert_since{}; ///< posts written longer than this before the source was connected raise no alert
    bool webhooks = false; ///< an app that it hears is configured, or it has a line: what only a poll brings was missed
    bool live = false;     ///< it has a stream that is heard over a line
    bool private_allowed = false;
    std::vector<const Watched*> others; ///< of other brands, one of each, with the same credential: what befalls it befalls them
};

/// All sources of a config, declared in the store. Refers to the config and the assembly it was made of.
class Watch {
public:
    Watch(store::Store& store, const config::Config& config, const Assembly& assembly, Time now);
    /// Of sources described by hand; `id` is filled in.
    Watch(store::Store& store, std::vector<Watched> sources, Time now);
    Watch(const Watch&) = delete; // its sources know each other by address
    Watch& operator=(const Watch&) = delete;

    const std::vector<BrandId>& brands() const { return brands_; }
    std::vector<Id> sources(BrandId brand) const;
    const Watched* find(BrandId brand, Id source) const;
    const std::map<Id, Watched>& all() const { return sources_; }

private:
    void declare(store::Store& store, std::vector<Watched> sources, Time now);
    std::vector<const Watched*> others_of(const Watched& source) const;

    std::vector<BrandId> brands_;
    std::map<Id, Watched> sources_;
};

/// How what a source brings is saved; who calls says the rest.
store::Reading reading_of(const Watched& source, Time now);

/// Marks what the brand itself wrote: its handles are in its own settings.
void mark_own(const config::Brand& brand, connectors::Page& page);

} // namespace larum::intake
