#include "daemon/intake/watch.h"

#include "daemon/store/sources.h"

#include <algorithm>

#include <strings.h>

namespace larum::intake {

bool hears(const connectors::Kind& source, const connectors::Kind& app) {
    const auto family = [](const connectors::Kind& kind) { return kind.webhook_family.empty() ? kind.name : kind.webhook_family; };
    return family(source) == family(app);
}

Watch::Watch(store::Store& store, const config::Config& config, const Assembly& assembly, Time now) {
    for (const auto& brand : config.brands) brands_.push_back(store.brand(brand.name));
    std::vector<Watched> sources;
    for (const auto& source : config.sources) {
        const auto& made = assembly.sources.at(source.name);
        Watched one;
        one.brand = config.find_brand(source.brand);
        one.brand_id = store.brand(one.brand->name);
        one.name = source.name;
        one.kind = connectors::find_kind(source.kind);
        one.connector = made.connector.get();
        one.credential = made.credential;
        one.interval = source.interval.value_or(one.kind->interval);
        one.webhooks = std::any_of(assembly.apps.begin(), assembly.apps.end(), [&](const auto& app) { return hears(*one.kind, *app.second.kind); });
        one.alert_since = source.alert_since;
        one.seen_when_posted = source.seen == config::Seen::posted;
        one.private_allowed = source.private_allowed;
        sources.push_back(std::move(one));
    }
    declare(store, std::move(sources), now);
}

Watch::Watch(store::Store& store, std::vector<Watched> sources, Time now) {
    for (const auto& one : sources)
        if (std::find(brands_.begin(), brands_.end(), one.brand_id) == brands_.end()) brands_.push_back(one.brand_id);
    declare(store, std::move(sources), now);
}

void Watch::declare(store::Store& store, std::vector<Watched> sources, Time now) {
    for (auto& one : sources) {
        const store::DeclaredSource row{one.brand_id, one.name, one.kind->name, one.connector->account(), one.credential,
                                        one.kind->burst, one.connector->streams()};
        one.live = std::any_of(row.streams.begin(), row.streams.end(), [](const auto& stream) { return stream.live; });
        one.webhooks = one.webhooks || one.live;
        store.pool().with([&](store::Transaction& transaction) { one.id = store::declare_source(transaction, store.ids(), row, now); });
        sources_.emplace(one.id, std::move(one));
    }
    for (auto& [id, one] : sources_) one.others = others_of(one);
    for (const auto brand : brands_)
        store.pool().with([&](store::Transaction& transaction) { store::rest_others(transaction, brand, Watch::sources(brand)); });
}

/// One of each other brand.
std::vector<const Watched*> Watch::others_of(const Watched& source) const {
    std::map<BrandId, const Watched*> others;
    if (!source.credential.empty())
        for (const auto& [id, one] : sources_)
            if (one.credential == source.credential && one.brand_id != source.brand_id) others.emplace(one.brand_id, &one);
    std::vector<const Watched*> all;
    for (const auto& [brand, one] : others) all.push_back(one);
    return all;
}

std::vector<Id> Watch::sources(BrandId brand) const {
    std::vector<Id> ids;
    for (const auto& [id, source] : sources_)
        if (source.brand_id == brand) ids.push_back(id);
    return ids;
}

const Watched* Watch::find(BrandId brand, Id source) const {
    const auto found = sources_.find(source);
    return found != sources_.end() && found->second.brand_id == brand ? &found->second : nullptr;
}

store::Reading reading_of(const Watched& source, Time now) {
    store::Reading reading;
    reading.brand = source.brand_id;
    reading.source = source.id;
    reading.now = now;
    reading.seen_when_posted = source.seen_when_posted;
    reading.refresh_within = source.kind->refresh_within;
    return reading;
}

void mark_own(const config::Brand& brand, connectors::Page& page) {
    const auto is_own = [&](const Post& post, const std::string& account) {
        const auto colon = account.find(':');
        if (colon == std::string::npos || account.compare(0, colon, post.platform) != 0) return false;
        const auto name = account.substr(colon + 1);
        return name == post.author.id || (!post.author.handle.empty() && strcasecmp(name.c_str(), post.author.handle.c_str()) == 0);
    };
    for (auto& post : page.posts)
        post.own = post.own || std::any_of(brand.handles.begin(), brand.handles.end(), [&](const auto& one) { return is_own(post, one); });
}

} // namespace larum::intake
