#include "daemon/escalate/escalate.h"

#include <algorithm>

namespace larum {

namespace {

using namespace std::chrono_literals;

// A person who came in the next morning still finds it open; after that it is history.
constexpr Span urgent_rest = 24h;
constexpr Span flag_rest = 24h * 7;

std::vector<Address> addresses(const std::vector<std::string>& entries) {
    std::vector<Address> all;
    for (const auto& one : entries) all.push_back(address_of(one));
    return all;
}

int last_step(const config::Playbook& playbook) { return std::max<int>(1, static_cast<int>(playbook.urgent.size())); }

Span after(const config::Playbook& playbook, int step) {
    return step < static_cast<int>(playbook.urgent.size()) ? playbook.urgent[step].after : Span{};
}

} // namespace

Address address_of(std::string_view entry) {
    const auto colon = entry.find(':');
    if (colon == std::string_view::npos) return {std::string(entry), {}};
    return {std::string(entry.substr(0, colon)), std::string(entry.substr(colon + 1))};
}

std::vector<std::vector<Address>> lists_of(const config::Playbook& playbook, Urgency urgency, bool hazard,
                                           bool for_the_desk, int step) {
    std::vector<std::vector<Address>> lists;
    const auto add = [&](const std::vector<std::string>& entries) {
        if (!entries.empty()) lists.push_back(addresses(entries));
    };
    if (urgency == Urgency::flag) {
        if (step == 0) add(playbook.flag_digest);
        return lists;
    }
    const bool own_recipients = hazard && !playbook.hazard.empty();
    if (own_recipients && step == 0) add(playbook.hazard);
    if (!own_recipients || for_the_desk)
        if (step < static_cast<int>(playbook.urgent.size())) add(playbook.urgent[step].channels);
    return lists;
}

std::optional<Address> next_address(const std::vector<std::vector<Address>>& lists, const Address& refused) {
    for (const auto& list : lists) {
        const auto found = std::find(list.begin(), list.end(), refused);
        if (found != list.end() && std::next(found) != list.end()) return *std::next(found);
    }
    return std::nullopt;
}

Span rest_before(const config::Playbook& playbook, Urgency urgency, int step) {
    if (urgency == Urgency::flag) return flag_rest;
    if (step >= last_step(playbook)) return urgent_rest;
    return step == 0 ? after(playbook, 0) : std::max<Span>(after(playbook, step) - after(playbook, step - 1), 0s);
}

Calls escalate(const Standing& standing, const config::Playbook& playbook, Time now) {
    Calls calls;
    calls.step = standing.step;
    const bool waits = standing.state == EscalationState::open && !standing.answered && !standing.quiet;
    if (!waits || !standing.next_at) return calls;
    calls.next_at = standing.next_at;
    if (now < *standing.next_at) return calls;

    const int steps = standing.urgency == Urgency::flag ? 1 : last_step(playbook);
    if (standing.step >= steps) {
        calls.spent = true;
        calls.next_at.reset();
        return calls;
    }
    for (const auto& list : lists_of(playbook, standing.urgency, standing.hazard, standing.for_the_desk, standing.step))
        calls.due.push_back({standing.step, list.front()});
    calls.step = standing.step + 1;
    // From now, not from the planned time: after an outage of ours people get their quarter of an hour all the same.
    calls.next_at = now + rest_before(playbook, standing.urgency, calls.step);
    return calls;
}

} // namespace larum
