#pragma once

#include "connectors/shared/mastodon_post.h"

/// Mastodon's streams of server-sent events.
namespace larum::connectors::mastodon {

/// The streaming server that an instance names (`configuration.urls.streaming`), for server-sent events; empty when it
/// names none that may be told a token: without encryption only where `plain` allows it.
std::string streaming_of(const json::Json& instance, bool plain);

/// What one event says. One that cannot be read is rejected.
Heard hear(const LineEvent& event, const Ground& ground, Time now);

} // namespace larum::connectors::mastodon
