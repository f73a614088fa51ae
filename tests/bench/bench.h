#pragma once

/// What `./dev bench` measures; each prints its lines on stdout. A bench is one file in this folder and a line in
/// larum_bench.cpp.
namespace larum::bench {

void triage_throughput(); ///< LARUM_BENCH_CUSTOMERS: how many customers to load, 1,000,000 without it
void import_speed();      ///< the same
void lookup_speed();      ///< the same

void alert_latency();
void quiet();             ///< CPU of 200 sources that bring nothing
void hook_latency();
void memory();            ///< LARUM_BENCH_POSTS: how many posts, 1,000,000 without it

} // namespace larum::bench
