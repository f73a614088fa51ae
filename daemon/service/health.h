#pragma once

#include "daemon/service/pulse.h"
#include "daemon/store/store.h"
#include "daemon/web/server.h"

#include <atomic>

namespace larum::service {

/// Adds /healthz (every part turns), /readyz (the database answers and we are not draining) and /metrics to the
/// inner listener. All it refers to must outlive the server.
void add_health_routes(web::Server& server, const Pulse& pulse, store::Store& store, const Clock& clock,
                       const std::atomic<bool>& draining);

} // namespace larum::service
