#pragma once

#include <string>

namespace larum::bench {

/// Prints «name value» for each row of the quality table that the sets under `data` allow; sets that are absent are
/// left out. `model`: a file to judge with, empty for the built-in weights.
int measure(const std::string& data, const std::string& model);

} // namespace larum::bench
