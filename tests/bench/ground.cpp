#include "bench/ground.h"

#include <chrono>
#include <cstdlib>

namespace larum::bench {

int customers_wanted() {
    const char* given = std::getenv("LARUM_BENCH_CUSTOMERS");
    return given ? std::atoi(given) : 1'000'000;
}

double seconds(const std::function<void()>& work) {
    const auto start = std::chrono::steady_clock::now();
    work();
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

PrivateServer::PrivateServer(config::Config settings) : config(std::move(settings)) {
    // The server runs as an account of its own, which must get there.
    std::filesystem::permissions(folder.path(), std::filesystem::perms::others_exec, std::filesystem::perm_options::add);
    config.state_dir = folder.path() / "state";
    store = store::open_store(config, clock);
    brand = store->brand("bench");
}

} // namespace larum::bench
