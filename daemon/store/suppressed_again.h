#pragma once

#include "daemon/store/backup.h"

namespace larum::store {

/// After a restore, in its transaction, with the store as it was in the schema `larum_before`: takes over what its
/// suppression list has and the backup's has not, and erases or bars those people again; takes the text from posts
/// that had none any more; keeps ids from being given twice.
void suppress_again(Transaction& transaction, const InstallationKey& key, const Clock& clock, RestoreReport& report);

} // namespace larum::store
