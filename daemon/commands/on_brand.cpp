#include "daemon/commands/on_brand.h"

#include "core/error.h"

namespace larum::commands {

namespace {

config::Brand pick(const config::Config& config, const std::string& name) {
    if (name.empty() && config.brands.size() == 1) return config.brands.front();
    if (const auto* found = name.empty() ? nullptr : config.find_brand(name)) return *found;
    std::string names;
    for (const auto& brand : config.brands) names += (names.empty() ? "" : ", ") + brand.name;
    throw Error(Error::Kind::config, (name.empty() ? "several brands are configured" : "no brand \"" + name + "\" is configured") +
                                         std::string("; expected --brand with one of: ") + names);
}

} // namespace

std::unique_ptr<OnBrand> open_brand(const Invocation& invocation) {
    auto opened = std::make_unique<OnBrand>();
    opened->config = invocation.load();
    opened->brand = pick(opened->config, invocation.brand);
    opened->store = store::open_store(opened->config, opened->clock);
    opened->brand_id = opened->store->brand(opened->brand.name);
    return opened;
}

} // namespace larum::commands
