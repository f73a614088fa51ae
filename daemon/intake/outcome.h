#pragma once

#include "daemon/intake/watch.h"
#include "daemon/store/sources.h"

/// What the end of a call means for the source, its stream and its credential.
namespace larum::intake {

/// A failure that a connector threw, as the value that it should have been.
connectors::Outcome outcome_of_exception(const std::string& kind);

/// Writes down a call that brought nothing: when to come back, what people see, whom to tell.
void note_failure(store::Transaction& transaction, IdMaker& ids, const Watched& source, const store::StreamRow& row,
                  const connectors::Outcome& outcome, double chance, Time now);

/// What a failure means for the credential alone: blocked, dead, or nothing. True when people were told.
void note_credential(store::Transaction& transaction, IdMaker& ids, const Watched& source, const connectors::Outcome& outcome,
                     Time until, Time now);

} // namespace larum::intake
