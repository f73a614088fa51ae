#pragma once

#include "daemon/store/vitals.h"

#include <string>

namespace larum::service {

/// The vitals in Prometheus' text format. Names begin with larum_, units stand last.
std::string metrics_text(const store::Vitals& vitals);

} // namespace larum::service
