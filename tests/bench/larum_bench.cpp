#include "bench/bench.h"

#include <cctype>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <exception>

namespace {

struct Named {
    const char* name;
    void (*run)();
};
constexpr Named benches[] = {{"triage", larum::bench::triage_throughput}, {"import", larum::bench::import_speed},
                             {"lookup", larum::bench::lookup_speed},      {"alert", larum::bench::alert_latency},
                             {"quiet", larum::bench::quiet},
                             {"hooks", larum::bench::hook_latency},
                             {"memory", larum::bench::memory}};

} // namespace

/// larum_bench [NAME…] [CUSTOMERS]: all of them without a name, with a million customers without a number.
int main(int argc, char** argv) {
    if (argc > 1 && std::isdigit(static_cast<unsigned char>(argv[argc - 1][0]))) setenv("LARUM_BENCH_CUSTOMERS", argv[--argc], 1);
    int ran = 0;
    for (const auto& one : benches) {
        bool named = argc < 2;
        for (int i = 1; i < argc; ++i) named = named || std::strcmp(argv[i], one.name) == 0;
        if (!named) continue;
        ++ran;
        try {
            one.run();
        } catch (const std::exception& error) {
            std::fprintf(stderr, "%s: %s\n", one.name, error.what());
            return 1;
        }
    }
    if (ran == 0) std::fprintf(stderr, "no such bench; there are: triage, import, lookup, alert, quiet, hooks, memory\n");
    return ran ? 0 : 2;
}
