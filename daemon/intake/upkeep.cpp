#include "daemon/intake/upkeep.h"

#include "daemon/intake/silence.h"
#include "daemon/store/escalations.h"
#include "daemon/store/retention_steps.h"
#include "daemon/store/sources.h"
#include "daemon/store/upkeep.h"

#include <nlohmann/json.hpp>

#include <array>
#include <cmath>

namespace larum::intake {

namespace {

using namespace std::chrono_literals;

constexpr Span late_every = 1min;
constexpr Span rest_every = 10min;
constexpr Span pause = 1h; ///< shorter silences are nobody's business

constexpr int unrefreshed_most = 2000; ///< in one step

/// Days before a credential ends at which people are told.
constexpr std::array told_days = {1, 7, 14};

} // namespace

bool Upkeep::tick(Time now) {
    const bool late = now >= late_at_ || now < late_at_ - late_every;
    const bool rest = now >= rest_at_ || now < rest_at_ - rest_every; // a clock that went back
    for (const auto brand : watch_.brands()) {
        if (late) look_at_late(brand, now);
        if (!rest) continue;
        look_at_silent(brand, now);
        look_at_credentials(brand, now);
        store_.pool().with([&](store::Transaction& transaction) { store::end_unrefreshed(transaction, brand, now, unrefreshed_most); });
    }
    if (late) late_at_ = now + late_every;
    if (rest) rest_at_ = now + rest_every;
    return false;
}

void Upkeep::look_at_late(BrandId brand, Time now) {
    store_.pool().with([&](store::Transaction& transaction) {
        store::heed_clock(transaction, brand, now);
        store::retire_ended(transaction, brand, now);
        for (const auto& behind : store::behind_sources(transaction, brand, now)) {
            const auto* source = watch_.find(brand, behind.id);
            if (!source || !store::behind_to_tell(transaction, brand, behind.id, now)) continue;
            const auto minutes = std::chrono::duration_cast<std::chrono::minutes>(now - behind.due).count();
            store::notice(transaction, brand, *source->brand, "source_behind", {{"source", source->name}, {"minutes", minutes}},
                          source->name + ":" + format_time(behind.due), store_.ids(), now);
        }
    });
}

void Upkeep::look_at_silent(BrandId brand, Time now) {
    store_.pool().with([&](store::Transaction& transaction) {
        for (const auto& quiet : store::quiet_sources(transaction, brand, now - pause, now - silence_looks_back)) {
            const auto* source = watch_.find(brand, quiet.id);
            if (!source) continue;
            const Hours hours{quiet.first_hour, std::chrono::floor<std::chrono::hours>(quiet.since), quiet.hours};
            if (chance_of_silence(hours, quiet.since, now, source->brand->zone) > silence_unlikely) continue;
            if (!store::quiet_to_tell(transaction, brand, quiet.id, now)) continue;
            store::notice(transaction, brand, *source->brand, "source_quiet",
                          {{"source", source->name}, {"hours", std::chrono::duration_cast<std::chrono::hours>(now - quiet.since).count()}},
                          source->name + ":" + format_time(quiet.since), store_.ids(), now);
        }
    });
}

void Upkeep::look_at_credentials(BrandId brand, Time now) {
    store_.pool().with([&](store::Transaction& transaction) {
        for (const auto& expiry : store::expiries(transaction, brand, now + told_days.back() * 24h)) {
            const auto* source = watch_.find(brand, expiry.source);
            if (!source) continue;
            for (const int days : told_days) {
                if (expiry.at > now + days * 24h) continue;
                store::notice(transaction, brand, *source->brand, "credential_expires", {{"source", source->name}, {"at", format_time(expiry.at)}},
                              source->name + ":" + format_time(expiry.at) + ":" + std::to_string(days), store_.ids(), now);
                break;
            }
        }
    });
}

} // namespace larum::intake
