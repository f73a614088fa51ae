#pragma once

#include "daemon/intake/watch.h"
#include "daemon/store/sources.h"

/// What the end of a call means for the source, its stream and its credential, and for the ledger.
namespace larum::intake {

/// A failure that a connector threw, as the value that it should have been.
connectors::Outcome outcome_of_exception(const std::string& kind);

/// Saves a page that was asked for at `asked_at` with everything that follows from it: cursor, streams, budget, what is
/// covered now, the gap that ends. Throws Error::Kind::database as store::save_page does.
void note_page(store::Transaction& transaction, IdMaker& ids, const Watched& source, const store::Lease& lease, const store::StreamRow& row,
               Time asked_at, const connectors::PollResult& result, double chance, Time now);

/// Writes down a call that brought nothing: when to come back, what people see, whom to tell, the gap that begins.
void note_failure(store::Transaction& transaction, IdMaker& ids, const Watched& source, const store::Lease& lease, const store::StreamRow& row,
                  const connectors::Outcome& outcome, double chance, Time now);

/// What a failure means for the credential alone: blocked, dead, or nothing. True when people were told.
bool note_credential(store::Transaction& transaction, IdMaker& ids, const Watched& source, const connectors::Outcome& outcome,
                     Time until, Time now);

/// Counts what came unasked to the credential's day. Not ok: its money is used up; the credential rests, people are told.
connectors::Outcome note_billed(store::Transaction& transaction, IdMaker& ids, const Watched& source, const connectors::Billed& billed, Time now);

/// Counts kinds of events that a line or a list of the source brought and larum does not know, under the source's name.
void note_unknown(store::Transaction& transaction, const Watched& source, const std::vector<std::string>& names, Time now);

/// What was found of the credential: permissions that went missing are told at once.
void note_probe(store::Transaction& transaction, IdMaker& ids, const Watched& source, const connectors::Probe& probe, double chance, Time now);

} // namespace larum::intake
