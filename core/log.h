#pragma once

#include "core/words.h"

#include <string>

/// What larum says about itself: to journald or stderr. No secret and no personal data, ever: texts name
/// sources, channels, ids and codes.
namespace larum::log {

enum class Level { debug, info, warn, error };

/// `format`: auto (journald's levels under the service manager, else readable text), text or json. Before the
/// first call everything from `info` on goes to stderr as text.
void start(Level level, const std::string& format);

void debug(const std::string& text);
void info(const std::string& text);
void warn(const std::string& text);
void error(const std::string& text);

} // namespace larum::log

namespace larum {
template <> struct Words<log::Level> { static constexpr std::string_view list[] = {"debug", "info", "warn", "error"}; };
} // namespace larum
