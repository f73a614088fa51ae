#pragma once

#include "config/config.h"
#include "core/time.h"
#include "daemon/store/store.h"
#include "support/database.h"

#include <functional>
#include <memory>

namespace larum::bench {

/// How many customers are loaded before anything is measured: LARUM_BENCH_CUSTOMERS, 1,000,000 without it.
int customers_wanted();

double seconds(const std::function<void()>& work);

/// Larum's own private server as it comes (checksums and fsync on) with the brand «bench», gone with the object.
struct PrivateServer {
    explicit PrivateServer(config::Config settings = {});

    test::TemporaryFolder folder;
    SystemClock clock;
    config::Config config;
    std::unique_ptr<store::Store> store;
    BrandId brand = 0;
};

} // namespace larum::bench
