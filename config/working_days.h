#pragma once

#include "config/config.h"

#include <array>

namespace larum::config {

/// Monday to Sunday. Throws Error::Kind::config unless `days` is like «mon-fri» or «mon,wed,sat».
std::array<bool, 7> working_days(const WorkingTime& working);

} // namespace larum::config
