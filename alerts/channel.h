#pragma once

#include "config/option.h"
#include "core/http.h"
#include "core/model.h"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

/// How larum tells people. A channel is one file in this folder that defines `const Kind& NAME_kind()`; the
/// build finds it. It knows core and config/option.h only, tries once, and never sees more of a person than
/// its `detail` allows: the message comes already reduced.
namespace larum::alerts {

enum class LineRole { headline, quote, spread, who, matter, tried, next, note };

/// One line of the message: plain text as a person reads it. Text from outside (a post, a name, a subject)
/// may hold any markup, mention or control: a channel escapes every text that it puts into markup.
struct Line {
    LineRole role = LineRole::note;
    std::string text;
    std::string link; ///< where the whole line leads; may be empty
};

struct Action {
    std::string label;
    std::string url; ///< page of larum
};

enum class MessageKind { alert, digest, stub, notice, test };

struct Message {
    std::string alert_id; ///< idempotency key, constant over retries
    int revision = 1;     ///< grows with each edit
    MessageKind kind = MessageKind::alert;
    Urgency urgency = Urgency::urgent;
    std::string lang = "en"; ///< pl or en
    std::string brand;
    Detail detail = Detail::masked;
    bool repeated = false;   ///< a second try after one without outcome, where the channel has no idempotency key
    std::vector<Line> lines; ///< at most seven for an alert
    std::vector<Action> actions;
};

/// All lines as text, one under another; the fallback of every channel and what `log` and e-mail show.
std::string plain_text(const Message& message);

enum class Ending {
    delivered,
    later,   ///< it did not arrive: try again
    refused, ///< it never will
    unknown, ///< it may have arrived: it was sent and no answer came that could be read
};

struct Outcome {
    Ending ending = Ending::delivered;
    std::string message_id; ///< what `send` needs to edit it; may be empty
    std::string reason;     ///< no secret, no personal data
    std::optional<Time> not_before;

    static Outcome delivered(std::string message_id = {});
    static Outcome later(std::string reason, std::optional<Time> not_before = {});
    static Outcome refused(std::string reason);
    static Outcome unknown(std::string reason);
};

struct Traits {
    bool edits = false;      ///< `send` with a message id changes the sent message in place
    bool idempotent = false; ///< the other side drops a repeated alert id
    std::size_t bytes_max = 20000;
};

class Channel {
public:
    virtual ~Channel() = default;
    virtual Traits traits() const = 0;
    /// One try. `message_id` empty: a new message; else the one to edit. Whatever the other side answers is an
    /// outcome; nothing is thrown but Error::Kind::bug.
    virtual Outcome send(const Message& message, const std::string& recipient, const std::string& message_id,
                         Time now) = 0;
};

struct Services {
    Http& http;
};

struct Kind {
    std::string name;  ///< as in `kind = "slack"`
    std::string about; ///< one line
    std::vector<config::Description> options;
    std::function<std::unique_ptr<Channel>(const config::Value& table,
                                           const std::vector<std::string>& common_keys,
                                           config::Problems&, Services)> make;
};

std::vector<const Kind*> all_kinds();
const Kind* find_kind(std::string_view name);

} // namespace larum::alerts

namespace larum {
template <> struct Words<alerts::Ending> {
    static constexpr std::string_view list[] = {"delivered", "later", "refused", "unknown"};
};
template <> struct Words<alerts::LineRole> {
    static constexpr std::string_view list[] = {"headline", "quote", "spread", "who", "matter", "tried", "next", "note"};
};
template <> struct Words<alerts::MessageKind> {
    static constexpr std::string_view list[] = {"alert", "digest", "stub", "notice", "test"};
};
} // namespace larum
