#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace larum::match {

/// Whether letters and digits of a folded text are a town of the table.
bool known_city(const std::string& folded);

/// Towns that a folded text names behind «in», «to», «from», inflected too («we Wrocławiu»); at most four, each as the
/// table has it, folded.
std::vector<std::string> cities_in(std::string_view folded);

} // namespace larum::match
