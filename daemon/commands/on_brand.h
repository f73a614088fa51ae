#pragma once

#include "core/time.h"
#include "daemon/commands/command.h"
#include "daemon/store/store.h"

#include <memory>

namespace larum::commands {

/// The store and the one brand that a command works on.
struct OnBrand {
    config::Config config;
    SystemClock clock;
    std::unique_ptr<store::Store> store;
    config::Brand brand;
    BrandId brand_id = 0;
};

/// Opens the configured store and finds the brand: --brand, else the only one configured. Throws
/// Error::Kind::config, naming the brands that there are, before anything is opened.
std::unique_ptr<OnBrand> open_brand(const Invocation& invocation);

} // namespace larum::commands
