#pragma once

namespace larum {
inline constexpr const char* version = "0.1.0";
}
