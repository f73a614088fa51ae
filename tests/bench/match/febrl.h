#pragma once

#include "bench/match/world.h"

#include <filesystem>

namespace larum::bench {

/// Names and suburbs of FEBRL's duplicates, to be found among the originals, a fifth of which is not in the table.
World read_febrl(const std::filesystem::path& file);

/// Prints F1 of the own decision and the recall at 99 % precision.
void measure_febrl4(const std::filesystem::path& file);

} // namespace larum::bench
