#pragma once

#include "alerts/channel.h"
#include "core/error.h"
#include "support/http_server.h"

#include <cstdlib>
#include <memory>
#include <string>

namespace larum::test {

/// A channel of `kind` from the lines of its table. Secrets are told as env:LARUM_TEST_SECRET and env:LARUM_TEST_URL.
inline std::unique_ptr<alerts::Channel> make_channel(const std::string& kind, const std::string& toml, Http& http) {
    setenv("LARUM_TEST_SECRET", "xoxb-very-secret", 1);
    setenv("LARUM_TEST_URL", "https://chat.example/hook/very-secret-path", 1);
    setenv("LARUM_TEST_SIGN", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", 1);
    const auto* found = alerts::find_kind(kind);
    if (!found) throw Error(Error::Kind::bug, "no channel of kind " + kind);
    config::Problems problems;
    auto channel = found->make(config::parse_toml(toml, "case.toml"), {"kind", "detail", "private_allowed", "per_second"}, problems, {http});
    if (!problems.empty()) throw Error(Error::Kind::config, problems.lines().front());
    return channel;
}

inline alerts::Message small_message() {
    alerts::Message message;
    message.alert_id = "7001";
    message.brand = "acme";
    message.lines = {{alerts::LineRole::headline, "URGENT · attempt 3", ""},
                     {alerts::LineRole::quote, "“I have called three times.”", "https://larum.example/post/acme/1"}};
    message.actions = {{"Mine", "https://larum.example/post/acme/1?do=mine"}};
    return message;
}

} // namespace larum::test
