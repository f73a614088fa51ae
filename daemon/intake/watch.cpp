#include "daemon/intake/watch.h"

#include "daemon/store/sources.h"

#include <algorithm>

#include <strings.h>

namespace larum::intake {

Watch::Watch(store::Store& store, const config::Config& config, const Assembly& assembly, Time now) {
    std::map<BrandId, std::vector<Id>> declared;
    for (const auto& brand : config.brands) declared[store.brand(brand.name)];
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
        one.webhooks = std::any_of(config.apps.begin(), config.apps.end(), [&](const auto& app) { return app.kind == source.kind; });
        one.seen_when_posted = source.seen == config::Seen::posted;
        store.pool().with([&](store::Transaction& transaction) {
            one.id = store::declare_source(transaction, store.ids(),
                                           {one.brand_id, one.name, source.kind, made.connector->account(), made.credential,
                                            one.kind->burst, made.connector->streams()},
                                           now);
        });
        declared[one.brand_id].push_back(one.id);
        sources_.emplace(one.id, std::move(one));
    }
    for (const auto& [brand, ids] : declared) {
        brands_.push_back(brand);
        store.pool().with([&, brand = brand, &ids = ids](store::Transaction& transaction) { store::rest_others(transaction, brand, ids); });
    }
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
