#include "alerts/channel.h"
#include "alerts/shared/tame.h"
#include "config/option.h"
#include "core/log.h"

namespace larum::alerts {

namespace {

struct Settings {};
const config::Options<Settings> options = {};

class Log final : public Channel {
public:
    Traits traits() const override { return {.edits = false, .idempotent = false, .bytes_max = 4000}; }

    /// One entry per message. A log is read by many and kept for long, so it takes links only.
    Outcome send(const Message& message, const std::string&, const std::string&, Time) override {
        if (message.detail != Detail::link) return Outcome::refused("log: the log carries links only");
        std::string text = std::string(word(message.kind)) + ' ' + message.alert_id + " of " + tame(message.brand, 60) + ':';
        for (const auto& line : message.lines) {
            text += ' ' + tame(line.text, 300) + (line.link.empty() ? "" : ' ' + line.link) + " |";
        }
        text.resize(text.size() - 1);
        if (message.urgency == Urgency::urgent)
            log::warn(text);
        else
            log::info(text);
        return Outcome::delivered();
    }
};

std::unique_ptr<Channel> make(const config::Value& table, const std::vector<std::string>& common_keys,
                              config::Problems& problems, Services) {
    config::read(options, table, problems, common_keys);
    return std::make_unique<Log>();
}

} // namespace

const Kind& log_kind() {
    static const Kind kind{"log", "larum's own log (journald or stderr): urgency, topic, age and a link, nothing of a person.",
                           config::describe(options), make};
    return kind;
}

} // namespace larum::alerts
