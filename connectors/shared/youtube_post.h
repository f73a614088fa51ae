#pragma once

#include "connectors/shared/json.h"
#include "core/model.h"

#include <string>

namespace larum::connectors::youtube {

/// A comment resource as a post. `video` is what it stands below, `own_channel` whose comments are the brand's own.
/// Throws Error::Kind::input when it has no id or time.
Post read_comment(const json::Json& comment, const std::string& video, const std::string& own_channel);

/// One result of a search as a post: a mention, or the brand's own video. Throws Error::Kind::input.
Post read_found_video(const json::Json& result, const std::string& own_channel);

/// A known comment as it is now. Replies do not tell their video again, so what is known of its place stays.
Post refreshed_comment(const Post& known, const json::Json& comment);

/// A known video with its counts of now. Its words stay: a search had shortened them, which is no edit.
Post refreshed_video(const Post& known, const json::Json& video);

} // namespace larum::connectors::youtube
