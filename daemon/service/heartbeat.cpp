#include "daemon/service/heartbeat.h"

#include "core/error.h"
#include "core/log.h"

namespace larum::service {

bool Heartbeat::tick(bool well, Time now) {
    if (settings_.url.empty() || !well || now < due_) return false;
    due_ = now + settings_.interval;
    HttpRequest request;
    request.url = settings_.url;
    request.timeout = std::chrono::seconds{10};
    request.body_bytes_max = 64u << 10;
    request.private_allowed = true; // the operator's own watcher, named by the operator
    std::string trouble;
    try {
        if (const auto answer = http_->send(request); answer.status >= 300) trouble = "status " + std::to_string(answer.status);
    } catch (const Error& error) {
        trouble = error.what();
    }
    if (!trouble.empty() && !failing_) log::warn("heartbeat: " + trouble);
    failing_ = !trouble.empty();
    return true;
}

} // namespace larum::service
