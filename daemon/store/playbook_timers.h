#pragma once

#include "config/config.h"
#include "core/id.h"
#include "daemon/escalate/escalate.h"
#include "daemon/store/pq.h"

/// What comes due by itself, brand by brand. Each is one short transaction of the caller's; all can be repeated.
namespace larum::store {

/// Asks the playbook of every escalation whose timer has run out, at most 100, and writes the alerts that are due.
bool turn_playbooks(Transaction& transaction, BrandId brand_id, const config::Brand& brand, IdMaker& ids, Time now);

/// Folds the flags whose hour is over into one digest for each recipient, at most one an hour.
bool gather_digests(Transaction& transaction, BrandId brand_id, IdMaker& ids, Time now);

/// The line of the day, within the hour after `quiet_line_at`: counts of the last 24 hours, and in shadow mode how
/// often larum would have woken somebody. Once a day.
bool write_quiet_line(Transaction& transaction, BrandId brand_id, const config::Brand& brand, IdMaker& ids, Time now);

/// Messages whose post went without anybody saying so (retention, erasure) are given news, so that they end as stubs.
bool find_gone(Transaction& transaction, BrandId brand_id, Time now);

} // namespace larum::store
