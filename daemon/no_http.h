#pragma once

#include "core/http.h"

namespace larum {

/// For settings that are only checked: whoever calls out with it has a bug, and is told so.
Http& no_http();

} // namespace larum
