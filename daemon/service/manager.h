#pragma once

#include "core/time.h"

#include <optional>
#include <string>

/// Talks to the service manager (sd_notify); does nothing when larum was started by hand.
namespace larum::service {

void tell_ready(const std::string& status);
void tell_status(const std::string& status);
void tell_reloading();
void tell_stopping();
void tell_alive(); ///< feeds the watchdog

/// How often the watchdog wants to be fed at most; nothing when there is none.
std::optional<Span> watchdog_interval();

} // namespace larum::service
