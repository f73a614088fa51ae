#pragma once

#include "daemon/store/raising.h"

#include <string>
#include <vector>

/// Rows of alerts: how they come to be.
namespace larum::store {

/// Writes the alerts of escalations. What passes the brand's budget for one recipient (`burst_alerts` within
/// `burst_window`, by the alerts' own clock) ends at once as folded into a message that counts.
void insert_alerts(Transaction& transaction, BrandId brand_id, const config::Brand& brand,
                   std::vector<NewAlert> alerts, IdMaker& ids, Time now);

/// A message that belongs to no escalation.
struct Standalone {
    const char* kind = "notice"; ///< digest or notice
    Address to;
    std::string body;            ///< JSON with its `code`
    std::string once;            ///< empty: none
    Time due_at{};
};
/// Writes nothing for a `once` that was used before. The id of the first one written; 0 when there was none.
Id insert_standalone(Transaction& transaction, BrandId brand_id, const std::vector<Standalone>& messages, IdMaker& ids,
                     Time now);

/// Where larum reports on itself: `service`, else the first step of urgent.
std::vector<Address> service_addresses(const config::Playbook& playbook);

} // namespace larum::store
