#include "daemon/service/manager.h"

#include <systemd/sd-daemon.h>

#include <ctime>

namespace larum::service {

namespace {
std::string clean(std::string status) {
    for (char& c : status)
        if (c == '\n') c = ' ';
    return status;
}
} // namespace

void tell_ready(const std::string& status) { sd_notify(0, ("READY=1\nSTATUS=" + clean(status)).c_str()); }
void tell_status(const std::string& status) { sd_notify(0, ("STATUS=" + clean(status)).c_str()); }

void tell_reloading() {
    timespec now{};
    clock_gettime(CLOCK_MONOTONIC, &now);
    const auto microseconds = static_cast<long long>(now.tv_sec) * 1'000'000 + now.tv_nsec / 1000;
    sd_notify(0, ("RELOADING=1\nMONOTONIC_USEC=" + std::to_string(microseconds)).c_str());
}

void tell_stopping() { sd_notify(0, "STOPPING=1"); }
void tell_alive() { sd_notify(0, "WATCHDOG=1"); }

std::optional<Span> watchdog_interval() {
    std::uint64_t microseconds = 0;
    if (sd_watchdog_enabled(0, &microseconds) <= 0) return {};
    return Span{static_cast<std::int64_t>(microseconds / 2)};
}

} // namespace larum::service
