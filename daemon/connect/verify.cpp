#include "daemon/connect/verify.h"

#include "daemon/intake/outcome.h"

namespace larum::connect {

namespace {

constexpr int calls_max = 4; ///< opening and refreshing a session takes two

using Sign = Finding::Sign;

} // namespace

connectors::Probe verify(connectors::Connector& connector, std::string state, const std::string& kind,
                         const Clock& clock, const Keep& keep) {
    connectors::Session session{std::move(state), false};
    connectors::Probe probe;
    for (int calls = 0; calls < calls_max; ++calls) {
        session.changed = false;
        connectors::Call call{clock.now(), session};
        try {
            probe = connector.probe(call);
        } catch (const std::exception&) {
            probe.outcome = intake::outcome_of_exception(kind);
        }
        if (session.changed) keep(session.state);
        if (probe.outcome.ending != connectors::Ending::again) break;
    }
    return probe;
}

bool is_good(const connectors::Probe& probe) { return probe.outcome.ok() && probe.missing.empty(); }

std::string expiry_text(const connectors::Probe& probe, Time now) {
    if (!probe.expires_at) return {};
    const auto day = format_time(*probe.expires_at).substr(0, 10);
    if (*probe.expires_at <= now) return "expired " + day;
    const auto days = std::chrono::duration_cast<std::chrono::hours>(*probe.expires_at - now).count() / 24;
    return "expires " + day + ", in " + std::to_string(days) + (days == 1 ? " day" : " days");
}

bool expires_soon(const connectors::Probe& probe, Time now) {
    return probe.expires_at && *probe.expires_at < now + expiry_warned;
}

std::vector<Finding> findings(const connectors::Probe& probe, Time now) {
    std::vector<Finding> all;
    if (!probe.type.empty()) all.push_back({Sign::good, "type: " + probe.type});
    if (!probe.account.empty()) all.push_back({Sign::good, "speaks for " + probe.account});
    for (const auto& one : probe.granted) all.push_back({Sign::good, "granted: " + one});
    for (const auto& one : probe.missing) all.push_back({Sign::bad, "missing: " + one});
    if (const auto expiry = expiry_text(probe, now); !expiry.empty())
        all.push_back({expires_soon(probe, now) ? Sign::warning : Sign::good, expiry});
    for (const auto& one : probe.notes) all.push_back({Sign::note, one});
    if (!probe.outcome.reason.empty())
        all.push_back({probe.outcome.ok() ? Sign::note : Sign::bad, probe.outcome.reason});
    if (!probe.outcome.ok() && probe.outcome.reason.empty())
        all.push_back({Sign::bad, "the platform did not say why it refuses"});
    return all;
}

} // namespace larum::connect
