#pragma once

#include "connectors/connector.h"
#include "connectors/shared/json.h"
#include "connectors/shared/youtube_settings.h"

#include <string_view>
#include <vector>

namespace larum::connectors::youtube {

/// Streams that come and go: «replies:VIDEO:THREAD» and «video:VIDEO».
inline constexpr std::string_view replies_prefix = "replies:", video_prefix = "video:";

/// How often replies and comments of something this old are worth a unit.
Span rhythm(Span age);

/// Adds the threads and the replies that came with them, and a stream where not all replies came. Returns
/// when the threads were written; that is how the list is sorted.
std::vector<Time> read_threads(const json::Json& body, const Settings& settings, Time now, Page& page);

/// Streams for the comments below videos that were found, where they are wanted and the video is young.
std::vector<StreamChange> video_streams(const std::vector<Post>& videos, const Settings& settings, Time now);

} // namespace larum::connectors::youtube
