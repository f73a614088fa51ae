#include "daemon/intake/outcome.h"

#include "core/error.h"
#include "daemon/intake/pace.h"
#include "daemon/store/escalations.h"

#include <nlohmann/json.hpp>

namespace larum::intake {

using connectors::Ending;
using connectors::Outcome;

Outcome outcome_of_exception(const std::string& kind) {
    try {
        throw;
    } catch (const Error& error) {
        const bool passing = error.kind() == Error::Kind::unreachable || error.kind() == Error::Kind::refused;
        return {passing ? Ending::later : Ending::broken, kind + ": " + error.what(), {}, false};
    } catch (const std::exception&) {
        // Its text may quote what the platform sent.
        return {Ending::broken, kind + ": the answer made no sense", {}, false};
    }
}

namespace {

std::string day_of(Time now) { return format_time(now).substr(0, 10); }

void tell(store::Transaction& transaction, IdMaker& ids, const Watched& source, const std::string& code, const std::string& reason,
          const std::string& once, Time now) {
    store::notice(transaction, source.brand_id, *source.brand, code, {{"source", source.name}, {"reason", reason}}, once, ids, now);
}

} // namespace

void note_credential(store::Transaction& transaction, IdMaker& ids, const Watched& source, const Outcome& outcome, Time until, Time now) {
    if (outcome.ending == Ending::reauth) {
        // A permission that one stream lacks leaves the others alone.
        if (!source.credential.empty() && outcome.whole_credential) store::bury_credential(transaction, source.credential, outcome.reason, now);
        tell(transaction, ids, source, "credential_dead", outcome.reason, "credential:" + source.name + ":" + day_of(now), now);
    } else if (outcome.whole_credential && !source.credential.empty()) {
        store::block_credential(transaction, source.credential, until, outcome.reason);
    }
}

void note_failure(store::Transaction& transaction, IdMaker& ids, const Watched& source, const store::StreamRow& row,
                  const Outcome& outcome, double chance, Time now) {
    store::note_source(transaction, source.brand_id, source.id, {false, outcome.reason, 0, {}, 0}, now);
    if (outcome.ending == Ending::gone) {
        store::retire_stream(transaction, source.brand_id, source.id, row.stream.name);
        return;
    }
    const auto again = outcome.ending == Ending::reauth ? now + silence_after(source.interval)
                                                        : next_try(outcome, row.failures + 1, chance, now);
    store::save_stream(transaction, source.brand_id, source.id, {row.stream.name, {}, again, row.failures + 1, {}});
    note_credential(transaction, ids, source, outcome, again, now);
    if (outcome.ending != Ending::reauth &&
        store::silence_to_tell(transaction, source.brand_id, source.id, now - silence_after(source.interval), now))
        tell(transaction, ids, source, "source_silent", outcome.reason, "source:" + source.name + ":" + format_time(now), now);
}

} // namespace larum::intake
