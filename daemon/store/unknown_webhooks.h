#pragma once

#include "daemon/store/pq.h"

#include <string>
#include <vector>

/// Kinds of events that larum does not know: counted by app (or source, where no webhook brought them) and name, so that
/// people see what they miss.
namespace larum::store {

/// Names kept for an app; what comes beyond is counted as `other_names`.
inline constexpr int unknown_names_max = 100;
inline constexpr std::string_view other_names = "(others)";

struct UnknownWebhook {
    std::string app;
    std::string name;
    std::int64_t count = 0;
    Time last_at{};
};

/// Adds `seen.count` and says whether an example should be kept: at most once a day for a name.
bool count_unknown(Transaction& transaction, const UnknownWebhook& seen);

/// All of them, the latest first.
std::vector<UnknownWebhook> unknown_webhooks(Transaction& transaction);

} // namespace larum::store
