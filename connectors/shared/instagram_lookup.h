#pragma once

#include "connectors/shared/graph_instagram.h"
#include "connectors/shared/long_token.h"

/// What Instagram's webhooks name without saying it is asked for once, by a stream that then retires.
namespace larum::connectors::graph::instagram {

inline constexpr std::string_view lookup_prefix = "comment:";
inline constexpr std::string_view mention_prefix = "mention:";

/// The comment of a webhook: when it was written, and below which media it stands. An album's own id is nowhere in the
/// webhook.
PollResult look_up(Http& http, const Access& access, const std::string& stream, Time now);

/// The words of a mention, by the page that the account is linked with.
PollResult look_up_mention(Http& http, const Access& access, const std::string& stream, Time now);

/// With Instagram Login no way is documented to read what a mention says: it is counted.
PollResult unreadable_mention(const std::string& stream);

/// What is true of an account's own token (Instagram Login).
Probe probe_itself(Http& http, const Access& access, const LongToken& token, const std::vector<std::string>& scopes,
                   const Call& with);

/// A result with the outcome and the budget of `reply`.
PollResult begin(const Reply& reply);

} // namespace larum::connectors::graph::instagram
