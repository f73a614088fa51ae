#pragma once

#include "alerts/channel.h"
#include "config/config.h"
#include "core/model.h"
#include "daemon/escalate/escalate.h"

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

/// The words of messages, reduced to what a channel's `detail` allows (DESIGN I12). Pure.
namespace larum::dispatch {

/// One try of the customer that the records tell of.
struct Tried {
    ContactChannel channel = ContactChannel::phone;
    Time at{};
};

/// Everything that an alert could say.
struct Facts {
    Id alert = 0;
    Id escalation = 0;
    Id post = 0;
    int revision = 1;
    Urgency urgency = Urgency::urgent;
    EscalationState state = EscalationState::open;
    std::string acknowledged_by;
    std::optional<Time> answered_at;
    std::optional<Time> answer_by; ///< by which the platform or the law wants an answer
    int posts = 1;   ///< of this escalation
    int similar = 0; ///< escalations folded into it

    bool text_gone = false; ///< deleted on the platform, erased or past retention
    std::string text;
    std::string post_url;
    Time posted_at{};
    std::string author_name, author_handle;
    std::int64_t reactions = 0, comments = 0;

    std::vector<std::string> codes; ///< of the reasons
    Topic topic = Topic::other;
    bool sensitive = false; ///< touches on health, belief, politics, sexuality, union or minors
    std::vector<WordSpan> spans;
    std::optional<int> stated_contacts;
    std::vector<ContactChannel> stated_channels;
    int attempts = 0; ///< recorded before the post
    std::optional<Time> promise_broken_at;

    double probability = 0; ///< of the best customer
    bool confirmed = false;
    std::string customer_name;
    std::vector<std::string> other_names; ///< further candidates

    std::string case_ref, case_owner, case_team;
    std::optional<Time> case_opened_at, promised_at;
    std::vector<Tried> tried; ///< oldest first
};

/// Where the page is and how it names things.
struct Pages {
    std::string root; ///< without a slash at the end
    std::string post(const std::string& brand, Id post) const;
    std::string queue() const;
};

/// The seven lines of an alert. A stub when the text is gone. Hazards, and posts that touch on what is most private, are links
/// only, whatever `detail` says.
alerts::Message word_alert(const Facts& facts, const config::Brand& brand, Detail detail, const Pages& pages, Time now);

/// The one short message that follows on channels which cannot edit; nothing unless it was settled or its text
/// is gone.
std::optional<alerts::Message> word_follow_up(const Facts& facts, const config::Brand& brand, Detail detail,
                                              const Pages& pages, Time now);

/// Flags of the last working hour, by topic.
struct Digest {
    Id alert = 0;
    std::vector<std::pair<Topic, int>> topics;
    int count = 0;
};
alerts::Message word_digest(const Digest& digest, const config::Brand& brand, Detail detail, const Pages& pages);

/// «12 more urgent posts within 10 minutes».
alerts::Message word_burst(Id alert, int count, int revision, const config::Brand& brand, Detail detail, const Pages& pages);

/// What larum says of itself; `body.code` is quiet, alert_refused, source_failing, credential_dead,
/// credential_expires, dead_letters, source_gap, ...; unknown codes are shown as they are.
alerts::Message word_notice(Id alert, const nlohmann::json& body, const config::Brand& brand, Detail detail,
                            const Pages& pages);

alerts::Message word_test(Id alert, const config::Brand& brand, const std::string& channel, Detail detail, Time now);

/// «a repeat: it is not known whether the first try arrived».
void mark_repeated(alerts::Message& message);

bool names_hazard(const std::vector<std::string>& codes);

} // namespace larum::dispatch
