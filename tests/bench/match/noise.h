#pragma once

#include "bench/match/world.h"

namespace larum::bench {

/// Writes the three CSV files of `from` into `to`, and the posts of `world`, as `noise` says. The same every time.
void tell_harder(const std::filesystem::path& from, const std::filesystem::path& to, const Noise& noise, World& world);

} // namespace larum::bench
