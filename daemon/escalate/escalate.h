#pragma once

#include "config/config.h"
#include "core/model.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace larum {

/// Where a playbook sends: «care-desk» or «care-desk:recipient».
struct Address {
    std::string channel;
    std::string recipient;
    bool operator==(const Address&) const = default;
};
Address address_of(std::string_view entry);

enum class EscalationState { open, acknowledged, settled, dismissed, spent };

/// What the playbook needs to know of an escalation.
struct Standing {
    Urgency urgency = Urgency::urgent;
    bool hazard = false;        ///< a hazard is named among the reasons
    bool for_the_desk = true;   ///< urgent for more than the hazard alone
    EscalationState state = EscalationState::open;
    bool answered = false;      ///< the brand's own public reply came after the last post
    bool quiet = false;         ///< shadow mode, or folded into another
    int step = 0;               ///< the step that comes next
    std::optional<Time> next_at; ///< when it comes; nothing: no timer runs
};

/// What is due, and what stands afterwards.
struct Calls {
    struct Call {
        int step = 0;
        Address to; ///< the first of its list; the next is tried when it refuses
    };
    std::vector<Call> due;
    int step = 0;
    std::optional<Time> next_at; ///< never nothing while the escalation waits for a person
    bool spent = false;
};

/// Which alerts of the escalation are due at `now`. Empty when it is acknowledged, answered, quiet, or its time
/// has not come. Asking twice gives the same answer. After the last step it waits a day, then it is spent.
Calls escalate(const Standing& standing, const config::Playbook& playbook, Time now);

/// The lists of recipients that a step calls, each with its fallbacks in order: the service team's, and the
/// hazard recipients' own (those of urgent where none are named).
std::vector<std::vector<Address>> lists_of(const config::Playbook& playbook, Urgency urgency, bool hazard,
                                           bool for_the_desk, int step);

/// Who is next when `refused` has refused; nothing when the list is at its end.
std::optional<Address> next_address(const std::vector<std::vector<Address>>& lists, const Address& refused);

/// How long the timer runs before `step`, counted from the step before it.
Span rest_before(const config::Playbook& playbook, Urgency urgency, int step);

/// When the digest of flags that holds `time` goes out: at the end of its working hour, or when work begins.
Time digest_at(Time time, const config::WorkingTime& working, const std::string& zone);

/// Throws Error::Kind::config unless days are like «mon-fri» or «mon,wed,sat» and hours like «08:00-18:00».
void check_working_time(const config::WorkingTime& working);

} // namespace larum

namespace larum {
template <> struct Words<EscalationState> {
    static constexpr std::string_view list[] = {"open", "acknowledged", "settled", "dismissed", "spent"};
};
} // namespace larum
